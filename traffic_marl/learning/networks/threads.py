"""The number of threads that torch computes on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from traffic_marl.learning.networks.sums import sums_are_the_same
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.simulation import usable_cpus

VARIABLE = "OMP_NUM_THREADS"  # by which users and ray bound the threads of a process
WORTH_SHARING = 1024  # [agent-steps] of a minibatch. In smaller ones several threads are slower than one.
SUMMED_ALIKE = 32_768  # [agent-steps] of a minibatch. More numbers are summed in parts, one for each thread.
LOAD = "/proc/loadavg"  # of Linux: its fourth field begins with the number of threads that run
MOST = 2  # with up to 2 threads, sums are cut as with 1, so that a run gives the same numbers bit for bit


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Sets the number of torch's threads within a `with` block. A decision is too small for more than one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def threads_for_learning(settings: TrainingSettings) -> int:
    """Threads of a learner: several if it is alone in this process, its minibatches suit them, and it may."""
    is_alone = not settings.traits.is_asynchronous and settings.learners == 0
    gains = is_alone and WORTH_SHARING <= settings.minibatch <= SUMMED_ALIKE
    return min(MOST, usable_cpus(), _allowed()) if gains else 1


def free_threads(most: int) -> int:
    """Threads, up to `most`, that find a CPU now, while others of this machine compute. At least 1.

    Where two threads would give other numbers than one, there is one.

    Threads without a CPU of their own are costly: those whose part of a sum is done wait for the others in a loop, so
    that two trainings of two threads on two CPUs take nearly three times as long as two of one thread.
    """
    if most > 1 and not sums_are_the_same():
        return 1
    running = _running()
    return most if running is None else max(1, min(most, usable_cpus() + 1 - running))  # this thread runs, too


def _running() -> int | None:
    """Threads of this machine that compute or wait for a CPU. None where the system does not tell."""
    try:
        with open(LOAD) as file:
            return int(file.read().split()[3].partition("/")[0])
    except (OSError, ValueError, IndexError):
        return None


def _allowed() -> int:
    """Threads that OMP_NUM_THREADS allows. Ray sets it in its processes, so that several of them share a machine."""
    first = os.environ.get(VARIABLE, "").partition(",")[0].strip()
    return int(first) if first.isdecimal() and int(first) > 0 else MOST
