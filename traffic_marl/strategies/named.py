"""A strategy with its label, as tables show it, and checks of the phases that it asks for."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.checks import at_least_one, check_call, shown
from traffic_marl.errors import StrategyError, UsageError
from traffic_marl.remarks import warn_of
from traffic_marl.simulation import Readings
from traffic_marl.strategies.strategy import Conditions, Controller, Decide, Strategy


@dataclass(frozen=True)
class NamedStrategy:
    """A strategy as the user asked for it.

    Raises:
        UsageError: a field has a wrong type.
    """

    label: str  # as written, or made from its name and parameters
    strategy: Strategy
    interval: int | None = None  # [s] between decisions, before the strategy's own; None if not given

    def __post_init__(self) -> None:
        if not isinstance(self.label, str) or not self.label:
            raise UsageError("label", f"{shown(self.label)} is not a name", "give a text, as tables are to show it")
        if isinstance(self.strategy, type) or not callable(getattr(self.strategy, "start", None)):
            raise UsageError("strategy", f"{shown(self.strategy)} is not a strategy", "give one with start(conditions)")
        if self.interval is not None:
            at_least_one("interval", self.interval)

    @property
    def own_interval(self) -> int | None:
        """[s] between decisions that comes with the strategy; None leaves it to the user and the scenario."""
        own: int | None = getattr(self.strategy, "interval", None)
        return own if self.interval is None else self.interval

    @property
    def default_interval(self) -> int | None:
        """[s] between decisions that suits the strategy, where neither user nor scenario give one."""
        usual: int | None = getattr(self.strategy, "default_interval", None)
        return usual

    @property
    def longest_wait(self) -> int | None:
        """[s] bound of the wait of a call that the strategy keeps by itself. None if it has none."""
        bound: int | None = getattr(self.strategy, "longest_wait", None)
        return bound

    def start(self, conditions: Conditions) -> "CheckedController":
        """A controller for a new run, whose decisions are checked.

        Raises:
            StrategyError: the strategy cannot be used under these conditions, or starts nothing that decides.
            UsageError: what it starts cannot be called with readings.
        """
        started = self.strategy.start(conditions)
        if not callable(decision_function(started)):
            what = f"start gives {shown(started)}, which cannot decide"
            raise StrategyError(self.label, what, "return an object with decide(readings), or a function of readings")
        check_call(decision_function(started), self.label, "decide", ("readings",))
        warn_of(getattr(started, "remarks", ()))
        return CheckedController(self.label, started, conditions)


class CheckedController:
    """Decides as a strategy does, and refuses phases that cannot be asked for.

    Args:
        label: names the strategy in messages.
        started: the strategy at work.
        conditions: under which it was started.
    """

    def __init__(self, label: str, started: Controller | Decide, conditions: Conditions) -> None:
        self.label = label
        self.started = started
        self.network = conditions.network
        self._decide = decision_function(started)
        self._phase_count = conditions.network.tables.phase_count

    def decide(self, readings: Readings) -> Ints:
        """Phases asked for, (B, N).

        Raises:
            StrategyError: the strategy gives no whole numbers of this shape, or a phase that its intersection lacks.
        """
        given = self._decide(readings)
        asked = _array(given)
        if asked is None or asked.dtype.kind not in "iu":
            what = f"decide gives {_described(given)}"
            raise StrategyError(self.label, what, "give the numbers of phases as an array of whole numbers")
        if asked.shape != readings.phase.shape:
            what = f"decide gives an array of shape {asked.shape}"
            raise StrategyError(self.label, what, f"give one phase per copy and intersection: {readings.phase.shape}")
        lacking = (asked < 0) | (asked >= self._phase_count)
        if lacking.any():
            raise self._unknown_phase(asked, lacking)
        phases: Ints = asked.astype(np.int32, copy=False)
        return phases

    def _unknown_phase(self, asked: Ints, lacking: Any) -> StrategyError:
        """The error for the first phase that its intersection lacks."""
        copy, place = np.argwhere(lacking)[0]
        what = f"asks for phase {asked[copy, place]} at {self.network.intersections[place]}"
        return StrategyError(self.label, what, f"this intersection has the phases 0 to {self._phase_count[place] - 1}")


def decision_function(started: Controller | Decide) -> Decide:
    """The method of a controller that decides, or the function that a strategy started."""
    decide: Decide = getattr(started, "decide", started)  # type: ignore[arg-type]
    return decide


def _array(given: Any) -> Any:
    """The array that was given or stands in lists; None for rows of different lengths."""
    try:
        return np.asarray(given)
    except ValueError:
        return None


def _described(given: Any) -> str:
    """The name that a message gives to a value that is no array of whole numbers."""
    return f"an array of {given.dtype}" if isinstance(given, np.ndarray) else shown(given)
