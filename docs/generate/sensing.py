"""What a strategy looks at: it is watched while it decides on a small network."""

from functools import lru_cache
from typing import Any

from traffic_marl import load_scenario, run
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.strategy import Conditions, Controller, Strategy

SECONDS = 120  # that it is watched
NOT_SENSED = ("span", "blind")  # belong to the readings themselves


class Watched:
    """Something whose attributes are noted when they are read."""

    def __init__(self, what: Any, noted: set[str]) -> None:
        self._what = what
        self._noted = noted

    def __getattr__(self, name: str) -> Any:
        """The attribute, noted."""
        self._noted.add(name)
        return getattr(self._what, name)


class WatchedStrategy:
    """A strategy that notes what it looks at: readings, and the expected flow at the start."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.readings: set[str] = set()
        self.setting: set[str] = set()

    @property
    def interval(self) -> int | None:
        """[s] between decisions, as the strategy says."""
        return self.strategy.interval

    def start(self, setting: Conditions) -> "WatchedStrategy":
        """Starts the strategy on a watched setting."""
        self.controller: Controller = self.strategy.start(Watched(setting, self.setting))
        return self

    def decide(self, readings: Any) -> Any:
        """The strategy's decision from watched readings."""
        return self.controller.decide(Watched(readings, self.readings))


@lru_cache(maxsize=64)
def sensed(name: str) -> frozenset[str]:
    """Names of the readings that a strategy uses; `expected flow` where it reads that before the run."""
    watched = WatchedStrategy(parse(name).strategy)
    run(load_scenario("grid_2x2_smoke"), NamedStrategy(name, watched), seeds=(0,), until=SECONDS)
    flow = {"expected flow"} if "flow" in watched.setting else set()
    return frozenset((watched.readings | flow).difference(NOT_SENSED))
