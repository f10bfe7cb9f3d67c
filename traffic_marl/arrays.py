"""Names for the arrays that travel through the package."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Singles: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int32]
Bytes: TypeAlias = NDArray[np.uint8]
Bits: TypeAlias = NDArray[np.uint64]
Bools: TypeAlias = NDArray[np.bool_]
StructuredArray: TypeAlias = NDArray[Any]  # one record a row
Record: TypeAlias = (
    Any  # a row of a StructuredArray. In kernels it is a reference, so that setting a field changes the array.
)
