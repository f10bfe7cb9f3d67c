"""Calls of a function as tasks of ray, on this machine or a cluster."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import ray
from ray.exceptions import RayError, RayTaskError

from traffic_marl.errors import ProcessError, TrafficError, UsageError
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.rllib.cluster import start_ray
from traffic_marl.remarks import silence_warnings

Result = TypeVar("Result")

TRIES = 3  # times that a call begins again after its process, or its machine, has died
PAUSE = 1.0  # [s] between two looks for Ctrl-C
CPU = "CPU"  # resource of ray
LOST = "a process of the comparison has died again and again"


class RayTasks:
    """Runs calls in processes of ray. It starts ray, or joins the cluster at the address.

    Args:
        placement: where ray runs.
        threads: of each call, which takes as many CPUs.

    Raises:
        UsageError: no machine has so many CPUs, or there is no such cluster.
    """

    def __init__(self, placement: Placement, threads: int = 1) -> None:
        start_ray(0, placement)
        machines = [int(each["Resources"].get(CPU, 0)) for each in ray.nodes() if each["Alive"]]
        if max(machines, default=0) < threads:
            what = f"{threads} are more than the {max(machines, default=0)} CPUs of the largest machine"
            raise UsageError("threads", what, "give fewer, which share out the seeds all the same")
        self.threads = threads
        self.slots = sum(cpus // threads for cpus in machines)

    def results(
        self, function: Callable[..., Result], calls: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Result]]:
        """The result of each call with its place, in the order in which they are finished. See `Tasks`."""
        call = ray.remote(_called).options(num_cpus=self.threads, max_retries=TRIES)
        places = {call.remote(function, arguments): place for place, arguments in enumerate(calls)}
        try:
            while places:
                for ready in ray.wait(list(places), timeout=PAUSE)[0]:
                    yield places.pop(ready), _value(ready)
        finally:
            for left in places:
                ray.cancel(left, force=True)


def _called(function: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
    """The result of a call, made in a process of ray."""
    silence_warnings()  # because the process that asks has told the remarks
    return function(*arguments)


def _value(reference: Any) -> Any:
    """The result of a task.

    Raises:
        TrafficError: the call has raised it.
        ProcessError: its process has died too often.
    """
    try:
        return ray.get(reference)
    except RayTaskError as error:
        if isinstance(error.cause, TrafficError):
            raise error.cause from None
        raise
    except RayError as error:
        raise ProcessError("cluster", LOST, "run the command again; finished runs are kept with --results") from error
