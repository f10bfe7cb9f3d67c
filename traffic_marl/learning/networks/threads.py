"""The number of threads that torch computes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.simulation import usable_cpus

WORTH_SHARING = 1024  # [agent-steps] of a minibatch. In smaller ones several threads are slower than one.
MOST = 2  # with up to 2 threads, torch cuts our sums as with 1, so that a run gives the same numbers bit for bit


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
    """Threads of a learner: several if it is alone in this process and its minibatches are large."""
    is_alone = not settings.traits.is_asynchronous and settings.learners == 0
    return min(MOST, usable_cpus()) if is_alone and settings.minibatch >= WORTH_SHARING else 1
