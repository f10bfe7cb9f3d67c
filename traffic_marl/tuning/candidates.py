"""Candidates: what a search asks for next, and the strategy that parameters make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from traffic_marl.scenario import Scenario
from traffic_marl.strategies.classical.timing_plan import PlanController
from traffic_marl.strategies.conversion import named_strategy
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.plans.design import named_phases, planned_greens
from traffic_marl.strategies.plans.fitting import fitted
from traffic_marl.strategies.plans.plan import Plan
from traffic_marl.strategies.plans.sheet import Green, Sheet
from traffic_marl.strategies.strategy import BaseStrategy, Conditions
from traffic_marl.tuning import asking, climbing
from traffic_marl.tuning.settings import SETTINGS
from traffic_marl.tuning.spaces import Range, Words, narrowed, rounded, space_of, split, written
from traffic_marl.tuning.trials import Parameters, Trial


class Candidates(Protocol):
    """The side of a search that knows the strategy."""

    @property
    def method(self) -> str:
        """How the next parameters are chosen."""
        ...

    def ranges(self) -> dict[str, str]:
        """The values that are tried, in words, by parameter."""
        ...

    def ask(self, trials: Sequence[Trial]) -> Parameters:
        """The parameters to try next. The first ones leave the strategy as it was given."""
        ...

    def strategy(self, parameters: Parameters) -> NamedStrategy:
        """The strategy with these parameters.

        Raises:
            TrafficError: there is none.
        """
        ...

    def plan(self, parameters: Parameters) -> tuple[Green, ...] | None:
        """The plan of these parameters, if they make one."""
        ...


@dataclass(frozen=True)
class Parametrised:
    """A strategy with parameters, tuned by Optuna. Its defaults and a few settings are tried first."""

    text: str  # as it was given
    space: Mapping[str, Range | Words]
    defaults: Parameters = field(default_factory=dict)  # of its parameters, as far as they are in the space

    method: ClassVar[str] = asking.METHOD

    def ranges(self) -> dict[str, str]:
        """The values that are tried, in words."""
        return {name: _in_words(kind) for name, kind in self.space.items()}

    def ask(self, trials: Sequence[Trial]) -> Parameters:
        """The defaults, then the settings known to be good elsewhere, then what Optuna suggests."""
        first = [{}, *_known_settings(self.text, self.space)]
        return first[len(trials)] if len(trials) < len(first) else asking.ask(self.space, trials, self.defaults)

    def strategy(self, parameters: Parameters) -> NamedStrategy:
        """The strategy with these parameters."""
        return named_strategy(written(self.text, parameters))

    def plan(self, parameters: Parameters) -> None:
        """No plan: the parameters say all."""
        return


@dataclass(frozen=True)
class GivenPlan(BaseStrategy):
    """A timing plan that is kept in memory.

    Senses:
        Nothing but the time.
    """

    name: ClassVar[str] = "plan"
    interval: ClassVar[int | None] = 1  # a plan is kept to the second

    greens: tuple[Green, ...] = ()

    def start(self, conditions: Conditions) -> PlanController:
        """A controller that follows the plan.

        Raises:
            StrategyError: the plan does not fit the network, or the signals would not show it.
        """
        return fitted(Sheet(self.name, self.greens), conditions)


@dataclass(frozen=True)
class Planned:
    """A timing plan whose cycle, splits and offsets are tuned."""

    scenario: Scenario
    text: str  # as it was given
    greens: tuple[Green, ...]  # with all times

    method: ClassVar[str] = climbing.METHOD

    def ranges(self) -> dict[str, str]:
        """The values that are tried, in words."""
        low, high = climbing.CYCLES
        return {
            climbing.CYCLE: f"{low:g} to {high:g} times",
            climbing.COMMON: "0, 1",
            "splits": "any",
            "offsets": "any",
        }

    def ask(self, trials: Sequence[Trial]) -> Parameters:
        """The plan itself, and then changes of the best one so far."""
        return climbing.ask(self.greens, trials) if trials else {}

    def strategy(self, parameters: Parameters) -> NamedStrategy:
        """The strategy that runs the changed plan."""
        return NamedStrategy(self.text, GivenPlan(self.plan(parameters)))

    def plan(self, parameters: Parameters) -> tuple[Green, ...]:
        """The plan with its changes, and with the names of its phases."""
        changed = climbing.changed(self.greens, parameters, self.scenario.timing())
        return named_phases(changed, self.scenario.build_network())


def candidates_for(
    scenario: Scenario, text: str, ranges: tuple[str, ...] = (), names: tuple[str, str] = ("strategy", "ranges")
) -> Candidates:
    """The candidates of a search.

    Args:
        scenario: of the search.
        text: the strategy, with values of the parameters that stay as they are.
        ranges: of the user's own, each as `parameter=low:high`.
        names: of the arguments or flags with the strategy and the ranges, for messages.

    Raises:
        TrafficError: the strategy cannot be used or has nothing to tune, or a range is wrong.
    """
    given = named_strategy(text, names[0])
    if isinstance(given.strategy, Plan):
        narrowed({}, ranges, names[1])
        return Planned(scenario, text, planned_greens(scenario, given))
    space = narrowed(space_of(text, names[0]), ranges, names[1])
    return Parametrised(text, space, _defaults(given, space))


def _defaults(given: NamedStrategy, space: Mapping[str, Range | Words]) -> Parameters:
    """The parameters that a strategy has if a text does not state them, as far as they are known and in the space."""
    values = {name: getattr(given.strategy, name, None) for name in space}
    if values.get("interval_s", 0) is None:
        values["interval_s"] = given.default_interval
    return {name: value for name, value in values.items() if value is not None and _is_in(value, space[name])}


def _known_settings(text: str, space: Mapping[str, Range | Words]) -> list[Parameters]:
    """The settings that `settings.tuned` tries, as far as they lie in the space."""
    found = []
    for setting in SETTINGS.get(split(text)[0], ()):
        pairs = split(f"any:{setting}")[1]
        if pairs.keys() <= space.keys():
            found.append({name: _read(value, space[name]) for name, value in pairs.items()})
    return [each for each in found if all(_is_in(value, space[name]) for name, value in each.items())]


def _read(text: str, kind: Range | Words) -> int | float | str:
    if isinstance(kind, Words):
        return next((value for value in kind.values if str(value) == text), text)
    return rounded(float(text), kind)


def _is_in(value: int | float | str, kind: Range | Words) -> bool:
    if isinstance(kind, Words):
        return value in kind.values
    return isinstance(value, int | float) and kind.low <= value <= kind.high


def _in_words(kind: Range | Words) -> str:
    if isinstance(kind, Words):
        return ", ".join(map(str, kind.values))
    return f"{kind.low:g} to {kind.high:g}"
