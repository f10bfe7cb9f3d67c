"""Outcomes: delays of policies under faults beside those of the undisturbed training."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.chaos.course import Course
from traffic_marl.chaos.plan import Line
from traffic_marl.comparison.statistics import Estimate, estimate, paired
from traffic_marl.scenario import Scenario


class Survival(StrEnum):
    """What became of what was learnt."""

    WITHIN = "within"  # the mean lies within the interval of the undisturbed training
    WORSE = "worse"
    BETTER = "better"
    ENDED = "ended"  # a training did not go on
    UNKNOWN = "-"  # one training has no interval, and traffic without vehicles no delay


@dataclass(frozen=True, eq=False)
class Outcome:
    """A line of the table."""

    line: Line
    delays: Floats  # [s/veh] (trainings,) mean over the validation seeds with vehicles; nan where a training has failed
    beside: float  # [s/veh] of the classical strategy in the same traffic, nan without vehicles
    courses: tuple[Course, ...]  # of the trainings

    @cached_property
    def delay(self) -> Estimate:
        """[s/veh] mean over the trainings, with its interval."""
        return estimate(self.delays)


@dataclass(frozen=True, eq=False)
class Study:
    """All outcomes. The first one is the undisturbed training in undisturbed traffic."""

    scenario: Scenario
    seeds: tuple[int, ...]  # of the trainings
    validation_seeds: tuple[int, ...]
    beside: str  # label of the classical strategy
    outcomes: tuple[Outcome, ...]

    @property
    def undisturbed(self) -> Outcome:
        """What all others are compared with."""
        return self.outcomes[0]

    def change(self, outcome: Outcome) -> Estimate:
        """[s/veh] mean difference from the undisturbed training, training by training, with its interval."""
        return paired(outcome.delays, self.undisturbed.delays)

    def survival(self, outcome: Outcome) -> Survival:
        """Whether the mean delay lies within the interval of the undisturbed training over its seeds."""
        if any(course.failure is not None for course in outcome.courses):
            return Survival.ENDED
        low, high = self.undisturbed.delay.low, self.undisturbed.delay.high
        if low is None or high is None or np.isnan(outcome.delay.mean):
            return Survival.UNKNOWN
        if outcome.delay.mean > high:
            return Survival.WORSE
        return Survival.BETTER if outcome.delay.mean < low else Survival.WITHIN
