"""Demand: the CPUs and GPUs that the processes of a training ask for, and the nodes on which they find them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from traffic_marl.errors import UsageError

EXACT = 1e-6  # of shares of a GPU, which add up in binary


@dataclass(frozen=True)
class Node:
    """A machine of a cluster, as ray counts it. Its number of CPUs is what it was started with."""

    name: str  # its address
    machine: str  # on which it runs, perhaps beside other nodes
    cpus: float
    gpus: float
    free_cpus: float  # that no other process has asked for
    free_gpus: float

    def holds(self, cpus: float, gpus: float) -> bool:
        """Whether a process with this demand finds room."""
        return self.free_cpus + EXACT >= cpus and self.free_gpus + EXACT >= gpus

    @property
    def emptied(self) -> "Node":
        """The node as if nobody else used it."""
        return replace(self, free_cpus=self.cpus, free_gpus=self.gpus)

    def less(self, cpus: float, gpus: float) -> "Node":
        """The node once the process is there."""
        return replace(self, free_cpus=self.free_cpus - cpus, free_gpus=self.free_gpus - gpus)


@dataclass(frozen=True)
class Demand:
    """The processes of a training besides the main one."""

    runners: int
    learners: int
    cpus_per_runner: int = 1
    gpus_per_learner: float = 0.0

    @property
    def cpus_per_learner(self) -> int:
        """CPUs of each learner. Ray asks for none beside a GPU."""
        return 0 if self.gpus_per_learner else 1

    @property
    def cpus(self) -> int:
        """CPUs of all processes."""
        return self.runners * self.cpus_per_runner + self.learners * self.cpus_per_learner

    @property
    def gpus(self) -> float:
        """GPUs of all processes."""
        return self.learners * self.gpus_per_learner

    def __str__(self) -> str:
        runners = f"{_count(self.runners, 'runner')} of {_count(self.cpus_per_runner, 'CPU')}"
        each = [_count(self.cpus_per_learner, "CPU")] if self.cpus_per_learner else []
        each += [f"{self.gpus_per_learner:g} GPU"] if self.gpus_per_learner else []
        learners = f"{_count(self.learners, 'learner')} of {' and '.join(each)}"
        return " and ".join(text for count, text in ((self.runners, runners), (self.learners, learners)) if count)


@dataclass(frozen=True)
class Share:
    """The processes that a node gets."""

    node: Node
    runners: int = 0
    learners: int = 0


def shares(demand: Demand, nodes: Sequence[Node]) -> tuple[Share, ...]:
    """The processes that each node gets: learners where the fewest GPUs fit them, runners where most CPUs are free.

    Args:
        demand: of the training.
        nodes: of the cluster, in their order.

    Raises:
        UsageError: they do not find room.
    """
    left = {node.name: Share(node) for node in nodes}
    for _ in range(demand.learners):
        fit = [each for each in left.values() if each.node.holds(demand.cpus_per_learner, demand.gpus_per_learner)]
        if not fit:
            raise _refusal("learners", demand, nodes, 0)
        share = min(fit, key=lambda each: (each.node.free_gpus, -each.node.free_cpus))
        node = share.node.less(demand.cpus_per_learner, demand.gpus_per_learner)
        left[node.name] = replace(share, node=node, learners=share.learners + 1)
    for placed in range(demand.runners):
        fit = [each for each in left.values() if each.node.holds(demand.cpus_per_runner, 0.0)]
        if not fit:
            raise _refusal("runners", demand, nodes, placed)
        share = max(fit, key=lambda each: each.node.free_cpus)
        node = share.node.less(demand.cpus_per_runner, 0.0)
        left[node.name] = replace(share, node=node, runners=share.runners + 1)
    return tuple(replace(left[node.name], node=node) for node in nodes)


def most_runners(demand: Demand, nodes: Sequence[Node]) -> int:
    """The largest number of runners that find room beside the learners."""
    learners = shares(replace(demand, runners=0), nodes)
    free = (
        share.node.less(share.learners * demand.cpus_per_learner, share.learners * demand.gpus_per_learner)
        for share in learners
    )
    return sum(int((node.free_cpus + EXACT) // demand.cpus_per_runner) for node in free)


def _refusal(where: str, demand: Demand, nodes: Sequence[Node], placed: int) -> UsageError:
    """The error for a demand that finds no room, with the numbers on both sides.

    Args:
        where: "runners" or "learners", of which one finds none.
        demand: of the training.
        nodes: of the cluster.
        placed: runners that find room.
    """
    kind = "GPU" if where == "learners" and demand.gpus_per_learner else "CPU"
    needed = demand.gpus if kind == "GPU" else demand.cpus
    free = [node.free_gpus if kind == "GPU" else node.free_cpus for node in nodes]
    held = sum(node.gpus if kind == "GPU" else node.cpus for node in nodes)
    verb = "needs" if demand.runners + demand.learners == 1 else "need"
    each = "" if len(nodes) == 1 else f" ({', '.join(f'{number:g}' for number in free)} on its {len(nodes)} nodes)"
    there = f"of the {held:g} here {sum(free):g} are free{each}" if held else "there are none here"
    what = f"{demand} {verb} {needed:g} {kind}{'' if needed == 1 else 's'}, and {there}"
    if where == "learners":
        return UsageError(where, what, "give fewer learners, or less to each, or add machines to the cluster")
    if not placed:
        return UsageError(where, what, "give fewer CPUs to each runner, or add machines to the cluster")
    return UsageError(where, what, f"give at most {placed} runners, or add machines to the cluster")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
