"""The machine the simulation runs on: its CPUs, and whether it has compiled the kernels before."""

import os
from typing import Any

from traffic_marl.kernels.advance import advance
from traffic_marl.kernels.caching import is_on_disk


def kernels_are_cached() -> bool:
    """Whether the kernels are compiled already, in this process or on disk. If not, the first run takes longer."""
    kernel: Any = advance
    return bool(kernel.overloads) or is_on_disk(kernel)


def usable_cpus() -> int:
    """CPUs that this process may use, or all CPUs where the system does not tell."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
