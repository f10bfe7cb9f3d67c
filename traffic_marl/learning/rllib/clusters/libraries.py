"""Libraries that the processes of a training need on every machine of a cluster."""

from collections.abc import Sequence
from importlib.util import find_spec

import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from traffic_marl.errors import UsageError

NEEDED = ("gymnasium", "networkx", "numba", "pettingzoo", "pydantic", "scipy", "torch")  # by ray's processes
PATIENCE = 60.0  # [s] for the answers of all machines. One that does not answer is told when it is used.


def ensure_libraries(needed: Sequence[str] = NEEDED) -> None:
    """Checks that all machines of the cluster that this process uses have the libraries.

    Raises:
        UsageError: one lacks some.
    """
    asked = {
        str(node["NodeManagerAddress"]): ray.remote(missing)
        .options(num_cpus=0, scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False))
        .remote(tuple(needed))
        for node in ray.nodes()
        if node["Alive"]
    }
    answers = list(asked.values())
    answered, _ = ray.wait(answers, num_returns=len(answers), timeout=PATIENCE) if answers else ([], [])
    for address, answer in asked.items():
        if answer not in answered:  # it is busy, which is told when it is used
            continue
        try:
            lacking = ray.get(answer)
        except RayError:  # it is lost
            continue
        if lacking:
            what = f"the machine {address} of the cluster lacks {' and '.join(lacking)}"
            raise UsageError("address", what, "install traffic-marl[learning] there, in the environment that ray uses")


def missing(names: Sequence[str]) -> tuple[str, ...]:
    """The libraries that are not installed here."""
    return tuple(name for name in names if find_spec(name) is None)
