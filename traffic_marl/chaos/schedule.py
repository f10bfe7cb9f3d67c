"""Schedules of faults: what strikes the processes of a training and when, and what fails at the roadside."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.checks import finite_number, shown
from traffic_marl.comparison.robustness.notation import perturbations_of
from traffic_marl.comparison.robustness.perturbations import KINDS, Perturbation
from traffic_marl.errors import UsageError, suggest
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario

TARGETS: dict[str, str] = {
    "runner": "a sampling process is killed",
    "learner": "a learning process is killed",
    "driver": "the main process is killed, and the training is resumed",
    "hang": "a sampling process stops answering for some seconds",
    "node": "a machine with its processes is lost, and another one joins some seconds later",
}
PROCESSES = {  # setting that counts the processes that have to be there
    "runner": "runners",
    "hang": "runners",
    "node": "runners",
    "learner": "learners",
}
MOST_STRIKES = 100  # of one kind at random moments
STREAM = 0xC4A05  # keeps these draws apart from others made from the same seed
AT, TIMES = "@", "*"
EXAMPLE = "driver@0.5 or blind=0.1,lost=0.3"


@dataclass(frozen=True)
class Strike:
    """A fault of a process of a training."""

    target: str  # one of TARGETS
    share: float  # of the budget, at which it strikes

    def __str__(self) -> str:
        return f"{self.target}{AT}{self.share:g}"


@dataclass(frozen=True)
class Schedule:
    """Faults that belong together. A training under them meets all of them."""

    name: str  # as the user wrote it
    strikes: tuple[Strike, ...] = ()
    at_random: tuple[tuple[str, int], ...] = ()  # targets, and how often they are struck at random moments
    perturbations: tuple[Perturbation, ...] = ()  # of the roadside, at their last value

    @property
    def strikes_processes(self) -> bool:
        """Whether processes are struck."""
        return bool(self.strikes or self.at_random)

    @property
    def targets(self) -> frozenset[str]:
        """The processes that are struck."""
        return frozenset((*(strike.target for strike in self.strikes), *(target for target, _ in self.at_random)))

    def strikes_for(self, seed: int) -> tuple[Strike, ...]:
        """The strikes on the training with a seed, in the order of time. The seed draws those at random moments."""
        generator = np.random.default_rng((seed, STREAM))
        drawn = [
            Strike(target, round(float(share), 4))
            for target, count in self.at_random
            for share in generator.uniform(size=count)
        ]
        return tuple(sorted((*self.strikes, *drawn), key=lambda strike: strike.share))

    def applied_to(self, scenario: Scenario) -> Scenario:
        """The scenario in which the roadside fails."""
        for each in self.perturbations:
            scenario = each.kind.apply(scenario, each.last)
        return scenario


def schedule_of(text: str, where: str = "faults") -> Schedule:
    """The schedule in a text such as `runner@0.3,driver@0.7`, `driver*5` or `blind=0.1,lost=0.3`.

    Args:
        text: faults with commas between them. `TARGET@SHARE` strikes at a share of the budget, `TARGET*N` at N random
            moments, and `NAME=VALUE` is a fault of the roadside, as for `compare --degrade`.
        where: the argument or flag, for messages.

    Raises:
        UsageError: it is no such text.
    """
    parts = [part.strip() for part in text.split(",")]
    strikes, at_random, roadside = [], [], []
    for part in parts:
        if AT in part and "=" not in part:
            strikes.append(_strike(part, where))
        elif TIMES in part and "=" not in part:
            at_random.append(_at_random(part, where))
        else:
            roadside.append(part)
    perturbations = _perturbations(roadside, where)
    return Schedule(",".join(parts), tuple(strikes), tuple(at_random), perturbations)


def default_schedules(settings: TrainingSettings) -> tuple[Schedule, ...]:
    """The schedules where the user names none: each process that the training has, and faults of the roadside."""
    struck = [target for target in TARGETS if _has(settings, target)]
    texts = (
        *(f"{target}{AT}0.5" for target in struck),
        "detectors=0.2",
        "blind=0.1",
        "controller=0.25",
        "lost=0.5",
        "late=10",
        "false=0.25",
    )
    return tuple(schedule_of(text) for text in texts)


def ensure_strikable(schedules: Sequence[Schedule], settings: TrainingSettings, where: str = "faults") -> None:
    """Checks that a training has the processes that schedules strike, and that no schedule is there twice.

    Raises:
        UsageError: it lacks one.
    """
    names = [each.name for each in schedules]
    for schedule in schedules:
        if names.count(schedule.name) > 1:
            raise UsageError(where, f"{schedule.name} is given twice", "give it once")
        for target in sorted(schedule.targets):
            if not _has(settings, target):
                what = f"{schedule.name}: a training with {settings.algorithm} and {PROCESSES[target]} 0 has none"
                raise UsageError(where, what, f"give {PROCESSES[target]} of at least 1, or leave {target} out")


def _has(settings: TrainingSettings, target: str) -> bool:
    """Whether a training has a process of this kind."""
    return target not in PROCESSES or getattr(settings, PROCESSES[target]) > 0


def _strike(part: str, where: str) -> Strike:
    """A strike at a share of the budget."""
    target, _, share = (each.strip() for each in part.partition(AT))
    remedy = f"give a share of the budget from 0 to below 1, such as {_known(target, where)}{AT}0.5"
    try:
        number = finite_number(where, float(share), remedy)
    except ValueError:
        raise UsageError(where, f"{shown(part)} names no moment", remedy) from None
    if not 0.0 <= number < 1.0:
        raise UsageError(where, f"{shown(part)} is not within the training", remedy)
    return Strike(target, number)


def _at_random(part: str, where: str) -> tuple[str, int]:
    """A target, and how often it is struck."""
    target, _, count = (each.strip() for each in part.partition(TIMES))
    known = _known(target, where)
    if not (count.isascii() and count.isdigit() and 1 <= int(count[:9]) <= MOST_STRIKES):
        raise UsageError(where, f"{shown(part)} names no number of strikes", f"give 1 to {MOST_STRIKES}")
    return known, int(count)


def _known(target: str, where: str) -> str:
    """The target, if there is such a one."""
    if target not in TARGETS:
        raise UsageError(where, f"unknown process {shown(target)}", suggest(target, TARGETS))
    return target


def _perturbations(parts: Sequence[str], where: str) -> tuple[Perturbation, ...]:
    """The faults of the roadside."""
    if not parts:
        return ()
    for part in parts:
        name = part.partition("=")[0].strip()
        if "=" not in part and name not in KINDS:
            remedy = f"give some, such as {EXAMPLE}"
            raise UsageError(where, f"{shown(part)} is no fault", remedy)
    found = perturbations_of(",".join(parts), where)
    for each in found:
        if each.first is not None:
            raise UsageError(where, f"{each.name} has two values", f"give the one of its fault, {each.name}=VALUE")
    return found
