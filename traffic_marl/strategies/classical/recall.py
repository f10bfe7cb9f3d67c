"""Recall: phases of lanes whose detectors fail are served in turn, whatever a strategy would do."""

from functools import cached_property
from typing import Any

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.detection import DetectorWatch
from traffic_marl.kernels.tables import GREEN
from traffic_marl.messages import Channel
from traffic_marl.simulation import Readings
from traffic_marl.strategies.classical.incidence import needs_green, phase_lanes, phase_scores
from traffic_marl.strategies.named import decision_function
from traffic_marl.strategies.strategy import Conditions, Controller, Decide

LONGEST_RED = 150  # [s] after which a blind lane is served next
SET_GREEN = 5  # [s] shortest green of a phase that serves a blind lane


class Recall:
    """Keeps blind lanes served. It follows one run.

    A blind lane holds the queue that is expected there, so that its phase has a call and a weight like any other. If it
    has not been green for the longest red nevertheless, it comes next. A green of a blind lane lasts the set green at
    least. Without blind lanes it changes nothing.

    Args:
        conditions: of the run.
    """

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions

    @cached_property
    def _watch(self) -> DetectorWatch:
        """The watch over the detectors, made when one of them may fail."""
        return DetectorWatch(self._conditions.network, self._conditions.flow, self._conditions.unnoticed)

    @cached_property
    def _channel(self) -> Channel:
        """The messages between intersections, made when one of them may fail."""
        return Channel(self._conditions.network, self._conditions.messages, self._conditions.seeds)

    @cached_property
    def _phases(self) -> Any:
        """Sparse (N P, K): 1 where a phase serves a lane that waits for it."""
        return phase_lanes(self._conditions.network, needs_green(self._conditions.network))

    def seen(self, readings: Readings) -> Readings:
        """The readings with failing detectors marked in `blind`, and the expected queue in place of what they report.

        Where messages between intersections fail, `neighbours` of the readings holds what came of them.

        Args:
            readings: of a decision, as the detectors report them.
        """
        if self._conditions.unnoticed or readings.blind.any():
            readings = self._watch(readings)
        return self._channel(readings) if self._conditions.messages.any else readings

    def served(self, asked: Ints, seen: Readings) -> Ints:
        """(B, N) phases to ask for: those that a strategy asks for, changed where a blind lane has to be served.

        Args:
            asked: (B, N) by the strategy.
            seen: readings of the decision, from `seen`.
        """
        if not seen.blind.any():
            return asked
        lanes, network = self._watch.lanes, self._conditions.network
        blind = seen.blind & lanes.waits
        overdue = phase_scores(self._phases, blind & (lanes.unserved(seen) >= LONGEST_RED), network)
        own = np.take_along_axis(phase_scores(self._phases, blind, network), seen.phase[:, :, None], axis=2)[:, :, 0]
        holds = (own > 0.0) & (seen.interval == GREEN) & (seen.age < SET_GREEN)
        following = np.where(overdue.any(axis=2), overdue.argmax(axis=2), asked)
        return np.where(holds, seen.phase, following).astype(np.int32)


class RecallController:
    """Decides as a controller does, and keeps blind lanes served.

    Args:
        controller: decides, or is a function that does.
        conditions: of the run.
    """

    def __init__(self, controller: Controller | Decide, conditions: Conditions) -> None:
        self.controller = controller
        self._decide = decision_function(controller)
        self._recall = Recall(conditions)

    def decide(self, readings: Readings) -> Ints:
        """Phases asked for, (B, N)."""
        seen = self._recall.seen(readings)
        return self._recall.served(self._decide(seen), seen)
