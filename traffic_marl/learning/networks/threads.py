"""How many threads torch computes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.simulation import usable_cpus

WORTH_SHARING = 1024  # [agent-steps] of a minibatch; with less, waiting for each other takes longer than it saves
ASYNCHRONOUS = ("appo", "impala")  # sample and learn at the same time
MOST = 2  # up to here our sums are cut the same way as on one thread: a run gives the same numbers, bit for bit


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """While it lasts, torch computes on so many threads; a decision is too small a work to be shared out, so give 1."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def threads_for_learning(settings: TrainingSettings) -> int:
    """Threads of a learner: several where it works in this process, on much, and nobody samples meanwhile."""
    is_alone = settings.algorithm not in ASYNCHRONOUS and settings.learners == 0
    return min(MOST, usable_cpus()) if is_alone and settings.minibatch >= WORTH_SHARING else 1
