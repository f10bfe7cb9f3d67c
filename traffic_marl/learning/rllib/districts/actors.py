"""Districts as actors of ray. In a cluster each is bound to the machine of its district by a custom resource."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayActorError, RayError, RayTaskError
from ray.util.placement_group import placement_group, remove_placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

from traffic_marl.errors import TrafficError, UsageError
from traffic_marl.learning.federated.district import DistrictTask, DistrictTraining
from traffic_marl.learning.federated.federation import District
from traffic_marl.learning.iterations import LostProcessError
from traffic_marl.learning.placing.placement import HERE, Placement
from traffic_marl.learning.rllib.cluster import harmless_lines_dropped, start_ray

HELD = 0.001  # of the resource of a machine, which several trainings may use
PATIENCE = 60.0  # [s] for room on the machine of a district
GRACE = 10.0  # [s] for a district to end by itself


class DistrictActors:
    """The districts of a training, each an actor.

    Args:
        tasks: of the districts.
        placement: where ray runs. In a cluster each district has a machine of its own, otherwise all work on this one.

    Raises:
        UsageError: the cluster has no such machine, or no room there.
        LostProcessError: ray does not start.
        TrafficError: a district refuses.
    """

    def __init__(self, tasks: Sequence[DistrictTask], placement: Placement = HERE) -> None:
        self._names = [task.district.name for task in tasks]
        self._groups: list[Any] = []
        self._actors: list[Any] = []
        start_ray(sum(task.settings.runners * task.cpus_per_runner for task in tasks), placement)
        try:
            options = [{"num_cpus": 0} if placement.is_local else self._placed(task) for task in tasks]
            with harmless_lines_dropped():
                self._actors = [_Actor.options(**each).remote(task) for each, task in zip(options, tasks, strict=True)]
            self.each("sizes")
        except BaseException:
            self.close()
            raise

    def each(self, method: str, *arguments: Any, **named: Any) -> list[Any]:
        """Calls a method of every district at the same time, and gives the results in their order."""
        stored = [ray.put(each) for each in arguments]  # sent to each machine once
        calls = [actor.call.remote(method, named, *stored) for actor in self._actors]
        return [self._result(name, call) for name, call in zip(self._names, calls, strict=True)]

    def _result(self, name: str, call: Any) -> Any:
        """The result of a call.

        Raises:
            LostProcessError: the district has died.
            TrafficError: the district refuses.
        """
        try:
            return ray.get(call)
        except RayTaskError as error:
            cause = error.cause
            if isinstance(cause, TrafficError):
                raise _named(cause, name) from None
            if isinstance(cause, LostProcessError):
                raise LostProcessError(f"{cause} in the district {name}") from error
            raise
        except RayActorError as error:
            cause = getattr(error, "cause", None)  # of a constructor that failed
            if isinstance(cause, TrafficError):
                raise _named(cause, name) from None
            raise LostProcessError(f"the district {name} has died") from error
        except RayError as error:
            raise LostProcessError(f"the district {name} cannot be reached") from error

    def _placed(self, task: DistrictTask) -> dict[str, Any]:
        """The options that bind the actor of a district, and the runners that it starts, to its machine.

        Raises:
            UsageError: there is no such machine, or no room on it.
        """
        district, runners = task.district, task.settings.runners
        _ensure_machine(district)
        own = {"CPU": 1.0, district.resource: HELD}
        bundles = [own, *({"CPU": float(task.cpus_per_runner)} for _ in range(runners))]
        group = placement_group(bundles, strategy="STRICT_PACK")
        self._groups.append(group)
        try:
            ray.get(group.ready(), timeout=PATIENCE)
        except GetTimeoutError:
            needed = sum(bundle["CPU"] for bundle in bundles)
            what = f"the machine of {district.name} has no room for {len(bundles)} processes with {needed:g} CPUs"
            raise UsageError("districts", what, "give fewer runners, or a machine with more CPUs") from None
        strategy = PlacementGroupSchedulingStrategy(
            group, placement_group_bundle_index=0, placement_group_capture_child_tasks=True
        )
        return {"num_cpus": 1, "resources": {district.resource: HELD}, "scheduling_strategy": strategy}

    def close(self) -> None:
        """Ends the districts and what they have started."""
        calls = [actor.call.remote("close", {}) for actor in self._actors]
        with suppress(RayError):
            ray.wait(calls, num_returns=len(calls), timeout=GRACE) if calls else None
        for actor in self._actors:
            with suppress(RayError):
                ray.kill(actor)
        for group in self._groups:
            with suppress(RayError):
                remove_placement_group(group)
        self._actors, self._groups = [], []


class _District:
    """A district in a process of its own."""

    def __init__(self, task: DistrictTask) -> None:
        self._task = task
        self._training: DistrictTraining | None = None

    def call(self, method: str, named: dict[str, Any], *arguments: Any) -> Any:
        """Calls a method of the training, which the first call begins. So its errors reach the caller whole."""
        if self._training is None:
            if method == "close":
                return None
            self._training = DistrictTraining(self._task)
        function: Callable[..., Any] = getattr(self._training, method)
        return function(*arguments, **named)


_Actor: Any = ray.remote(_District)


def _ensure_machine(district: District) -> None:
    """Checks that a machine of the cluster stands for a district.

    Raises:
        UsageError: none does.
    """
    offered = {name for node in ray.nodes() if node["Alive"] for name in node["Resources"]}
    if district.resource in offered:
        return
    others = sorted(name for name in offered if name.startswith("district_"))
    what = f"no machine of the cluster has the resource {district.resource}"
    what += f", only {', '.join(others)}" if others else ""
    remedy = f"""start ray on the machine of {district.name} with --resources '{{"{district.resource}": 1}}'"""
    raise UsageError("districts", what, remedy)


def _named(error: TrafficError, district: str) -> TrafficError:
    """The error of a district, which says which one it is."""
    if error.where == "districts":
        return error
    return type(error)(f"{district}: {error.where}", error.what, error.remedy)
