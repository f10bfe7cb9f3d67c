"""The strategies by name, and their descriptions."""

from dataclasses import MISSING, dataclass, fields
from typing import Any

from traffic_marl.errors import StrategyError, suggest
from traffic_marl.strategies.classical.actuated import Actuated
from traffic_marl.strategies.classical.efficient_max_pressure import EfficientMaxPressure
from traffic_marl.strategies.classical.fixed_time import FixedTime
from traffic_marl.strategies.classical.green_wave import GreenWave
from traffic_marl.strategies.classical.longest_queue import LongestQueue
from traffic_marl.strategies.classical.max_pressure import MaxPressure
from traffic_marl.strategies.classical.random import Random
from traffic_marl.strategies.classical.sotl import Sotl
from traffic_marl.strategies.classical.webster import Webster
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.notation import EveryStrategy, read_values, split_list
from traffic_marl.strategies.parameters import Parameter, parameters_of
from traffic_marl.strategies.strategy import BaseStrategy

__all__ = ["STRATEGIES", "Described", "Description", "NamedStrategy", "describe", "parse", "split_list"]

STRATEGIES: dict[str, type[BaseStrategy]] = {
    strategy.name: strategy
    for strategy in (
        FixedTime,
        Webster,
        GreenWave,
        Actuated,
        Sotl,
        MaxPressure,
        EfficientMaxPressure,
        LongestQueue,
        Random,
    )
}


@dataclass(frozen=True)
class Described:
    """One parameter of a strategy, for a listing."""

    name: str
    default: int | float | str | None  # None: worked out at the start
    unit: str
    range: str  # the allowed values
    meaning: str


@dataclass(frozen=True)
class Description:
    """A strategy in one line, and its parameters."""

    name: str
    line: str
    parameters: tuple[Described, ...]


def describe(name: str) -> Description:
    """The strategy of this name in one line, and its parameters.

    Raises:
        StrategyError: if there is no such strategy.
    """
    strategy = class_of(name)
    line = (strategy.__doc__ or "").partition("\n")[0]
    return Description(name, line, (*_described(strategy), *_described(EveryStrategy)))


def parse(text: str) -> NamedStrategy:
    """The strategy of the catalogue written as `name` or `name:key=value,key=value`.

    Raises:
        StrategyError: for an unknown name or key, or a wrong value.
    """
    name, colon, rest = (part.strip() for part in text.partition(":"))
    strategy = class_of(name)
    values, interval = read_values(name, rest, parameters_of(strategy)) if colon else ({}, None)
    return NamedStrategy(text.strip(), strategy(**values), interval)


def class_of(name: str) -> type[BaseStrategy]:
    """The class of the strategy of this name.

    Raises:
        StrategyError: if there is no such strategy.
    """
    if name not in STRATEGIES:
        raise StrategyError("strategy", f"unknown strategy {name!r}", suggest(name, STRATEGIES))
    return STRATEGIES[name]


def _described(owner: type[Any]) -> tuple[Described, ...]:
    described = []
    for item in fields(owner):
        assert item.default is not MISSING
        parameter: Parameter = item.metadata["parameter"]
        described.append(Described(item.name, item.default, parameter.unit, parameter.range, parameter.meaning))
    return tuple(described)
