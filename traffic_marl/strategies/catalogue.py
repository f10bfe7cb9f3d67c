"""The strategies that are shipped, by name."""

from traffic_marl.errors import StrategyError, suggest
from traffic_marl.strategies.classical.actuated import Actuated
from traffic_marl.strategies.classical.actuated_longest_queue import ActuatedLongestQueue
from traffic_marl.strategies.classical.efficient_max_pressure import EfficientMaxPressure
from traffic_marl.strategies.classical.fixed_time import FixedTime
from traffic_marl.strategies.classical.green_wave import GreenWave
from traffic_marl.strategies.classical.longest_queue import LongestQueue
from traffic_marl.strategies.classical.max_pressure import MaxPressure
from traffic_marl.strategies.classical.random import Random
from traffic_marl.strategies.classical.rolling_horizon import RollingHorizon
from traffic_marl.strategies.classical.sotl import Sotl
from traffic_marl.strategies.classical.webster import Webster
from traffic_marl.strategies.description import StrategyDescription, description_of
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.notation import read_values
from traffic_marl.strategies.parameters import parameters_of
from traffic_marl.strategies.plans.plan import Plan
from traffic_marl.strategies.strategy import BaseStrategy

STRATEGIES: dict[str, type[BaseStrategy]] = {
    strategy.name: strategy
    for strategy in (
        FixedTime,
        Webster,
        GreenWave,
        Actuated,
        ActuatedLongestQueue,
        RollingHorizon,
        Sotl,
        MaxPressure,
        EfficientMaxPressure,
        LongestQueue,
        Random,
        Plan,
    )
}
COMPARED = tuple(name for name in STRATEGIES if name != Plan.name)  # where none is named: a plan is given by a user


def describe(name: str) -> StrategyDescription:
    """The description of the strategy of this name.

    Raises:
        StrategyError: there is no such strategy.
    """
    return description_of(_class_of(name), name)


def parse(text: str, where: str = "strategy") -> NamedStrategy:
    """The strategy of the catalogue written as `name` or `name:key=value,key=value`.

    Args:
        text: name and parameters.
        where: the argument or flag that holds an unknown name, for messages.

    Raises:
        StrategyError: for an unknown name or key, or a wrong value.
    """
    name = text.partition(":")[0].strip()
    return parse_as(_class_of(name, where), text)


def parse_as(strategy: type[BaseStrategy], text: str) -> NamedStrategy:
    """The strategy of this class, with the parameters written in `name:key=value,key=value`.

    Raises:
        StrategyError: for an unknown key or a wrong value.
    """
    name, colon, rest = (part.strip() for part in text.partition(":"))
    values, interval = read_values(name, rest, parameters_of(strategy)) if colon else ({}, None)
    return NamedStrategy(text.strip(), strategy(**values), interval)


def _class_of(name: str, where: str = "strategy") -> type[BaseStrategy]:
    """The class of the strategy of this name.

    Raises:
        StrategyError: there is no such strategy.
    """
    if name not in STRATEGIES:
        raise StrategyError(where, f"unknown strategy {name!r}", suggest(name, STRATEGIES))
    return STRATEGIES[name]
