"""The origin of a strategy's parameters: what it senses, how they were found, and the simulation that this took."""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from traffic_marl.strategies.description import section_of
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.strategy import BaseStrategy

DEFAULTS = "defaults of the program"
GIVEN = "given by the user"
UNKNOWN = "not stated"


@dataclass(frozen=True)
class Origin:
    """What a strategy senses, its parameters, and how they were found."""

    senses: str
    parameters: str  # such as `gap_s=2, longest_green_s=45`; empty if it has none
    found: str  # how the parameters were found
    hours: float | None = 0.0  # [h] of simulation for it, times intersections. None if nobody knows
    trials: int | None = None  # of a search for the parameters, if there was one


def origin_of(named: NamedStrategy) -> Origin:
    """The origin of a strategy. One that knows more than its class says has a method `origin()`."""
    strategy = named.strategy
    if callable(getattr(strategy, "origin", None)):
        told: Origin = strategy.origin()  # type: ignore[attr-defined]
        return told
    if not isinstance(strategy, BaseStrategy) or not type(strategy).__module__.startswith("traffic_marl."):
        return Origin(UNKNOWN, named.label.partition(".py:")[2].partition(":")[2], "by its author", None)
    return Origin(senses_of(strategy), parameters_of(strategy), DEFAULTS if is_default(named) else GIVEN)


def senses_of(strategy: BaseStrategy) -> str:
    """What a strategy of the catalogue senses, in one line."""
    return section_of(type(strategy), "Senses") or UNKNOWN


def parameters_of(strategy: Any) -> str:
    """All parameters of a strategy with their values."""
    values = [(each.name, getattr(strategy, each.name)) for each in fields(strategy)] if is_dataclass(strategy) else []
    return ", ".join(f"{name}={value}" for name, value in values if value is not None)


def is_default(named: NamedStrategy) -> bool:
    """Whether all parameters of a strategy have their default values."""
    return named.interval is None and named.strategy == type(named.strategy)()
