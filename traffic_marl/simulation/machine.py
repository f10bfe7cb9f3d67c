"""The machine the simulation runs on: its CPUs, and whether it has compiled the kernels before."""

import os
from typing import Any

from traffic_marl.kernels.advance import advance


def kernels_are_cached() -> bool:
    """Whether the kernels are compiled already, in this process or on disk. If not, the first run takes longer."""
    kernel: Any = advance
    if kernel.overloads:
        return True
    cache = kernel._cache  # numba has no public way to ask. A key is signature, processor, digest of the sources
    wanted = cache._index_key(None, kernel.targetctx.codegen())[1:]
    return any(key[1:] == wanted for key in cache._cache_file._load_index())


def usable_cpus() -> int:
    """CPUs that this process may use, or all CPUs where the system does not tell."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
