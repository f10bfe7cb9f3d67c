"""The trainings that schedules need, and the lines of the table that follow from them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from traffic_marl.chaos.schedule import Schedule
from traffic_marl.files import digest_of
from traffic_marl.scenario import Scenario

UNDISTURBED = "undisturbed"
LONGEST_NAME = 60  # [characters] of a folder
DIGITS = 8  # of the digest in a longer name, which is cut


class When(StrEnum):
    """Where faults of the roadside are met."""

    TRAINING = "training"
    USE = "use"
    BOTH = "both"


@dataclass(frozen=True)
class Trained:
    """A training that is made with each of the training seeds."""

    folder: str
    scenario: Scenario
    schedule: Schedule | None  # whose strikes it meets


@dataclass(frozen=True)
class Line:
    """What is compared with the undisturbed training: policies of a training, used in a scenario."""

    name: str  # of the schedule
    when: When | None  # None for the undisturbed training, and for one that meets strikes alone
    trained: Trained
    used_in: Scenario


@dataclass(frozen=True)
class Plan:
    """All trainings and lines. The first of both is undisturbed."""

    scenario: Scenario
    trained: tuple[Trained, ...]
    lines: tuple[Line, ...]


def plan(scenario: Scenario, schedules: Sequence[Schedule], whens: Sequence[When]) -> Plan:
    """The trainings and lines of schedules. Each training is made once.

    Args:
        scenario: without faults.
        schedules: of faults.
        whens: where faults of the roadside are met, at least one.

    Raises:
        TrafficError: a scenario with faults cannot be built.
    """
    undisturbed = Trained(UNDISTURBED, scenario, None)
    lines = [Line(UNDISTURBED, None, undisturbed, scenario)]
    names: dict[str, int] = {}
    for schedule in schedules:
        disturbed = schedule.applied_to(scenario)
        if schedule.perturbations:
            disturbed.build_demand()
            disturbed.disturbances([0])
        lines += _lines(schedule, scenario, disturbed, whens, undisturbed, _folder(schedule.name, names))
    trained = tuple(dict.fromkeys(line.trained.folder for line in lines))
    by_folder = {line.trained.folder: line.trained for line in lines}
    return Plan(scenario, tuple(by_folder[folder] for folder in trained), tuple(lines))


def _lines(
    schedule: Schedule,
    scenario: Scenario,
    disturbed: Scenario,
    whens: Sequence[When],
    undisturbed: Trained,
    folder: str,
) -> list[Line]:
    """The lines of a schedule."""
    struck = schedule if schedule.strikes_processes else None
    plain = undisturbed if struck is None else Trained(folder, scenario, struck)
    if not schedule.perturbations:
        return [Line(schedule.name, None, plain, scenario)]
    under = Trained(f"{folder}_under", disturbed, struck)
    made = {
        When.USE: Line(schedule.name, When.USE, plain, disturbed),
        When.TRAINING: Line(schedule.name, When.TRAINING, under, scenario),
        When.BOTH: Line(schedule.name, When.BOTH, under, disturbed),
    }
    return [made[when] for when in When if when in whens]


def _folder(name: str, names: dict[str, int]) -> str:
    """A folder for a schedule, of plain letters. Two schedules never have the same one.

    The digest of a long name does not depend on the other schedules, so that a later call finds its own training.
    """
    plain = re.sub(r"[^A-Za-z0-9.]+", "_", name.replace("@", "_at_").replace("*", "_times_")).strip("_.")
    if len(plain) > LONGEST_NAME:
        digest = digest_of(name.encode())[:DIGITS]
        plain = f"{plain[: LONGEST_NAME - DIGITS - 1].rstrip('_.')}_{digest}"
    names[plain] = names.get(plain, 0) + 1
    return plain if names[plain] == 1 else f"{plain}_{names[plain]}"
