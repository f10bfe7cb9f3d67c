"""The choice of the number of runners by a measurement, where the user leaves it to the program."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from traffic_marl.checks import ensure_installed
from traffic_marl.errors import ProcessError, UsageError
from traffic_marl.learning.fields import AUTO
from traffic_marl.learning.iterations import LostProcessError
from traffic_marl.learning.placing.placement import HERE, Placement
from traffic_marl.learning.placing.plan import Plan
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario

RUNNERS = "runners"


def is_left_open(choices: dict[str, Any]) -> bool:
    """Whether the choices leave the number of runners to a measurement."""
    found = choices.get(RUNNERS)
    return isinstance(found, str) and found.strip() == AUTO


def without_runners(choices: dict[str, Any]) -> dict[str, Any]:
    """The choices without a number of runners that is left open."""
    return {name: value for name, value in choices.items() if not (name == RUNNERS and is_left_open(choices))}


def make_plan(scenario: Scenario, settings: TrainingSettings, placement: Placement, *, chooses: bool) -> Plan:
    """Where the processes of a training would work, and the pace to expect there.

    Args:
        scenario: the traffic to learn on.
        settings: of the training.
        placement: of the training.
        chooses: whether the number of runners is chosen.

    Raises:
        UsageError: a library is missing, the algorithm uses no other process, or the demand finds no room.
        ProcessError: a process of the measurement was killed.
    """
    ensure_plannable(settings, RUNNERS if chooses else "plan")
    ensure_installed("algorithm", "torch", "ray", "gymnasium")
    from traffic_marl.learning.rllib.clusters.planning import plan_training

    try:
        return plan_training(scenario, settings, placement, chooses=chooses)
    except LostProcessError as error:
        raise ProcessError("plan", f"{error} during the measurement", "try again") from error


def ensure_possible(settings: TrainingSettings, placement: Placement) -> None:
    """Checks that the cluster can be joined and that the demand finds room, before a folder is made for the training.

    Nothing is checked for the default placement, whose processes share the CPUs of this machine.

    Args:
        settings: of the training.
        placement: of the training.

    Raises:
        UsageError: a library is missing, there is no such cluster, or the demand finds no room.
        ProcessError: ray does not start.
    """
    if placement == HERE:
        return
    ensure_installed("algorithm", "torch", "ray", "gymnasium")
    from traffic_marl.learning.rllib.clusters.planning import take_room

    try:
        take_room(settings, placement)
    except LostProcessError as error:
        raise ProcessError("address", str(error), "try again") from error


def ensure_plannable(settings: TrainingSettings, where: str, *, has_districts: bool = False) -> None:
    """Checks that a training has processes whose work is measured.

    Args:
        settings: of the training.
        where: the setting or flag that asks for a measurement.
        has_districts: whether it trains in districts.

    Raises:
        UsageError: it has none.
    """
    if settings.traits.has_tables or settings.traits.learns_from_data:
        raise UsageError(where, f"{settings.algorithm} works in the main process alone", "leave it out")
    if has_districts:
        raise UsageError(where, "each district trains on a machine of its own, and none is measured", "leave it out")
    if settings.stock:
        raise UsageError(where, "the work of RLlib's own sampling is not measured", "leave it out, or stock")


def with_chosen_runners(
    scenario: Scenario, settings: TrainingSettings, placement: Placement, tell: Callable[[str], None]
) -> tuple[TrainingSettings, Placement]:
    """The settings with the number of runners that a measurement finds best, and the placement that then has a use.

    Args:
        scenario: the traffic to learn on.
        settings: of the training. Their number of runners is of no matter.
        placement: of the training.
        tell: called with the reason, in one line.

    Raises:
        UsageError: a library is missing, the algorithm uses no other process, or the demand finds no room.
    """
    plan = make_plan(scenario, settings, placement, chooses=True)
    tell(plan.why)
    chosen = replace(settings, runners=plan.runners)
    return chosen, placement if chosen.runners + chosen.learners else HERE
