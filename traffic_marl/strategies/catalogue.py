"""The strategies by name, and how a user writes them: `name:key=value,key=value`."""

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
from traffic_marl.strategies.parameters import Parameter, parameters_of, seconds
from traffic_marl.strategies.strategy import Strategy

STRATEGIES: dict[str, type[Any]] = {
    "fixed_time": FixedTime,
    "webster": Webster,
    "green_wave": GreenWave,
    "actuated": Actuated,
    "sotl": Sotl,
    "max_pressure": MaxPressure,
    "efficient_max_pressure": EfficientMaxPressure,
    "longest_queue": LongestQueue,
    "random": Random,
}


@dataclass(frozen=True)
class NamedStrategy:
    """A strategy as the user asked for it."""

    label: str  # as written
    strategy: Strategy
    interval: int | None = None  # [s] between decisions, whatever strategy and scenario say; None leaves it to them


@dataclass(frozen=True)
class Described:
    """One parameter of a strategy, for a listing."""

    name: str
    default: int | float | str | None  # None: worked out at the start
    unit: str
    meaning: str


@dataclass(frozen=True)
class Description:
    """What a strategy does in one line, and its parameters."""

    name: str
    line: str
    parameters: tuple[Described, ...]


@dataclass(frozen=True)
class _Generic:
    """Keys that every strategy takes."""

    interval_s: int | None = seconds(None, "time between decisions; the strategy's or the scenario's if not given")


def describe(name: str) -> Description:
    """What the strategy of this name does, and its parameters.

    Raises:
        StrategyError: if there is no such strategy.
    """
    strategy = _class_of(name)
    line = (strategy.__doc__ or "").partition("\n")[0]
    return Description(name, line, (*_described(strategy), *_described(_Generic)))


def parse(text: str) -> NamedStrategy:
    """The strategy written as `name` or `name:key=value,key=value`.

    Raises:
        StrategyError: for a name, key or value that is none.
    """
    text = text.strip()
    name, colon, rest = text.partition(":")
    strategy = _class_of(name.strip())
    values = _values(text, name.strip(), rest) if colon else {}
    interval = values.pop("interval_s", None)
    return NamedStrategy(text, strategy(**values), interval)


def split_list(text: str) -> list[str]:
    """The strategies of a comma list, whose parameters may contain commas.

    `a:k=1,l=2,b` holds `a:k=1,l=2` and `b`: a piece with `=` and no `:` before it continues the one before.

    Raises:
        StrategyError: for an empty list or an empty place in it.
    """
    found: list[str] = []
    for piece in (part.strip() for part in text.split(",")):
        if not piece:
            raise StrategyError(f"strategies {text!r}", "there is an empty place in the list", _known_strategies())
        continues = "=" in piece and ":" not in piece.partition("=")[0]
        if continues and found:
            found[-1] += f",{piece}"
        else:
            found.append(piece)
    return found


def _class_of(name: str) -> type[Any]:
    if name not in STRATEGIES:
        raise StrategyError("strategy", f"unknown strategy {name!r}", suggest(name, STRATEGIES))
    return STRATEGIES[name]


def _values(text: str, name: str, rest: str) -> dict[str, Any]:
    """The values of `key=value,key=value`, read and checked."""
    known = {**parameters_of(STRATEGIES[name]), **parameters_of(_Generic)}
    values: dict[str, Any] = {}
    for pair in rest.split(","):
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not key or not value:
            raise StrategyError(text, f"{pair.strip()!r} is not key=value", f"write {name}:key=value,key=value")
        if key in values:
            raise StrategyError(text, f"{key} is given twice", "give it once")
        values[key] = _value(name, key, value, known)
    return values


def _value(name: str, key: str, text: str, known: dict[str, Parameter]) -> int | float | str:
    if key not in known:
        raise StrategyError(name, f"unknown parameter {key!r}", suggest(key, known))
    where = f"{name}:{key}"
    value = known[key].read(where, text)
    known[key].check(where, value)
    return value


def _described(owner: type[Any]) -> tuple[Described, ...]:
    described = []
    for item in fields(owner):
        assert item.default is not MISSING
        parameter: Parameter = item.metadata["parameter"]
        described.append(Described(item.name, item.default, parameter.unit, parameter.meaning))
    return tuple(described)


def _known_strategies() -> str:
    return f"available: {', '.join(STRATEGIES)}"
