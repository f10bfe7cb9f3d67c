"""Compilation of kernels: one decorator for the parts, one for the functions that Python enters."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

from traffic_marl.kernels.caching import cache_on_disk

Function = TypeVar("Function", bound=Callable[..., Any])

COMMON: dict[str, Any] = {"_nrt": False, "error_model": "numpy", "no_cfunc_wrapper": True}
PART = COMMON | {"forceinline": True, "no_cpython_wrapper": True}
ENTRY = COMMON | {"nogil": True}


def kernel(function: Function) -> Function:
    """Compiles a part of the engine, to be inlined into its caller.

    It is inlined (`forceinline`) and compiled without reference counts (`_nrt`), because otherwise each call would
    count references to every array of the tables, which is 20 times slower. Arithmetic is IEEE's in the order written
    (no `fastmath`), because results must be bit-identical. A part is not cached on its own: see `entry`.

    The innermost loops index tables with `np.uintp(row)`: for signed rows numba adds a test for negative ones.
    """
    compiled: Function = numba.njit(**PART)(function)
    return compiled


def entry(function: Function) -> Function:
    """Compiles a function that Python enters: releases the interpreter lock and is cached on disk.

    The function must close over `SOURCES`, and over the digest of its own folder where that is another one. Numba's
    cache is keyed by the values that a function closes over, not by the files of the parts that are inlined, so without
    them a change in a part would go unnoticed.
    """
    compiled: Function = numba.njit(**ENTRY)(function)
    cache_on_disk(compiled)
    return compiled


def digest(folder: Path) -> str:
    """A digest of all source files of a folder, those in folders below it included."""
    sources = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        sources.update(path.read_bytes())
    return sources.hexdigest()


SOURCES = digest(Path(__file__).parent)
