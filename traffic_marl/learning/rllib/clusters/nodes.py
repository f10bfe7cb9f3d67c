"""The nodes of the ray in use, and the room on them."""

import os
import time

import ray
from ray._private.state import available_resources_per_node

from traffic_marl.errors import UsageError
from traffic_marl.learning.placing.demand import Demand, Node, shares
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.settings import TrainingSettings

PATIENCE, PAUSE = 5.0, 0.2  # [s] until the CPUs of processes that have just ended count as free


def nodes_in_use() -> tuple[Node, ...]:
    """The nodes of the ray that this process uses, in the order of their addresses, with their free CPUs and GPUs."""
    if ray.util.client.ray.is_connected():  # a process of the cluster can tell them
        told: tuple[Node, ...] = ray.get(ray.remote(num_cpus=0)(_counted).remote())
        return told
    return _counted()


def _counted() -> tuple[Node, ...]:
    """The same, in a process of the cluster."""
    free = available_resources_per_node()
    found = [_node(each, free.get(each["NodeID"], {})) for each in ray.nodes() if each["Alive"]]
    return tuple(sorted(found, key=lambda node: node.name))


def demand_of(settings: TrainingSettings, placement: Placement) -> Demand:
    """The processes of a training besides the main one."""
    return Demand(settings.runners, settings.learners, placement.cpus_per_runner, placement.gpus_per_learner)


def ensure_room(settings: TrainingSettings, placement: Placement) -> None:
    """Checks that all processes of a training find room. Ray would wait for it without end and without a word.

    For a training within a placement group the room is reserved already.

    Raises:
        UsageError: they do not. The error has the numbers.
    """
    if ray.util.get_current_placement_group() is not None:
        return
    demand = demand_of(settings, placement)
    if placement.is_local and placement.cpus_per_runner > 1:
        _ensure_cpus(demand)
    if not demand.runners + demand.learners:
        return
    shares(demand, [node.emptied for node in nodes_in_use()])
    end = time.monotonic() + PATIENCE
    while True:
        try:
            shares(demand, nodes_in_use())
            return
        except UsageError:
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE)


def _ensure_cpus(demand: Demand) -> None:
    """Checks that this machine has as many CPUs as are asked for. Runners of one CPU may share them.

    Raises:
        UsageError: it has fewer.
    """
    cpus = os.cpu_count() or 1
    if demand.runners * demand.cpus_per_runner <= cpus:
        return
    what = f"{demand} need {demand.cpus} CPUs, and this machine has {cpus}"
    most = cpus // demand.cpus_per_runner
    remedy = f"give at most {most} runners" if most else f"give at most {cpus} CPUs to each runner"
    raise UsageError("runners" if most else "cpus_per_runner", what, remedy)


def _node(found: dict[str, object], free: dict[str, float]) -> Node:
    """A node of ray's list."""
    resources: dict[str, float] = found["Resources"]  # type: ignore[assignment]
    return Node(
        name=f"{found['NodeManagerAddress']}:{found['NodeManagerPort']}",
        machine=str(found["NodeManagerHostname"]),
        cpus=resources.get("CPU", 0.0),
        gpus=resources.get("GPU", 0.0),
        free_cpus=free.get("CPU", 0.0),
        free_gpus=free.get("GPU", 0.0),
    )
