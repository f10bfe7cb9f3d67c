"""Names and axes in pictures."""

from typing import Any

import numpy as np


def plain(text: str) -> str:
    r"""The text as matplotlib draws it letter by letter. What stands between two `$` would be taken as mathematics."""
    return text.replace("$", r"\$")


def lies_above_zero(axes: Any) -> bool:
    """Whether all values that the lines of axes have are above 0, as a logarithmic axis needs. False without any."""
    values = [np.asarray(line.get_ydata(), np.float64) for line in axes.get_lines()]
    known = np.concatenate([np.zeros(0), *(each[~np.isnan(each)] for each in values)])
    return bool(len(known) and known.min() > 0.0)
