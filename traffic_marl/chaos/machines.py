"""The machines on which the trainings of a study run: this one, a cluster of its own, or a cluster of the user's."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from traffic_marl.chaos.schedule import Schedule
from traffic_marl.errors import UsageError
from traffic_marl.learning.placing.placement import HERE, Placement, flags_of
from traffic_marl.learning.settings import TrainingSettings

NODE = "node"  # target of a strike
WITHOUT = 5.0  # [s] from the loss of a node until another one joins
LEAST_NODES = 2


class Machines(Protocol):
    """Where a training runs."""

    @property
    def flags(self) -> tuple[str, ...]:
        """The words of the command line that send a training there."""
        ...

    def root(self, driver: int) -> int:
        """The process from which all processes of the training descend."""
        ...

    def lose_node(self, draw: float) -> None:
        """Loses a node, drawn by a number of 0 to below 1, and gains another one some seconds later."""
        ...


@dataclass(frozen=True)
class ThisMachine:
    """Ray starts with each training, on this machine, or the training joins a cluster that nobody strikes."""

    placement: Placement = HERE

    @property
    def flags(self) -> tuple[str, ...]:
        """Those of the placement."""
        return tuple(word for flag in flags_of(self.placement) for word in flag.split())

    def root(self, driver: int) -> int:
        """The main process."""
        return driver

    def lose_node(self, draw: float) -> None:
        """Nothing: there is none."""


THIS_MACHINE = ThisMachine()


@dataclass(frozen=True)
class Nodes:
    """A cluster of several nodes, whose processes are started by this process."""

    cluster: Any  # an OwnCluster
    placement: Placement = HERE

    @property
    def flags(self) -> tuple[str, ...]:
        """The address of its head, and what runners and learners take."""
        there = Placement(self.cluster.address, self.placement.cpus_per_runner, self.placement.gpus_per_learner)
        return tuple(word for flag in flags_of(there) for word in flag.split())

    def root(self, driver: int) -> int:
        """The present process, which has started the nodes and the main process."""
        return os.getpid()

    def lose_node(self, draw: float) -> None:
        """Loses a node and gains another one after WITHOUT."""
        self.cluster.lose(int(draw * self.cluster.count))
        time.sleep(WITHOUT)
        self.cluster.gain(self.placement.cpus_per_runner)


@contextmanager
def machines_for(schedule: Schedule | None, settings: TrainingSettings, placement: Placement) -> Iterator[Machines]:
    """In a `with` block, the machines for a training. It is a cluster of this machine if nodes are struck.

    Raises:
        ProcessError: the cluster does not start.
    """
    if schedule is None or NODE not in schedule.targets:
        yield ThisMachine(placement)
        return
    from traffic_marl.learning.rllib.clusters.own import own_cluster

    count = max(LEAST_NODES, settings.runners + settings.learners)
    with own_cluster(count, placement.cpus_per_runner) as cluster:
        yield Nodes(cluster, placement)


def ensure_reachable(schedule: Schedule, placement: Placement, where: str) -> None:
    """Checks that the processes that a schedule strikes are on this machine.

    Raises:
        UsageError: they are not.
    """
    afar = sorted(schedule.targets - {"driver"})
    if afar and not placement.is_local:
        what = f"{schedule.name}: {afar[0]} is struck on this machine alone, not at {placement.address}"
        raise UsageError(where, what, "leave --address out, or strike the driver")
