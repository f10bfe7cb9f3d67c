"""Strategies from a user's file, written `path/to/file.py:Name` or `path/to/file.py:Name:key=value,key=value`."""

import re
from dataclasses import dataclass
from typing import Any

from traffic_marl.arrays import Ints
from traffic_marl.errors import StrategyError
from traffic_marl.imported import errors_located, load_reference, split_reference
from traffic_marl.reading import content_digest
from traffic_marl.simulation import Readings
from traffic_marl.strategies.named import NamedStrategy, decision_function
from traffic_marl.strategies.notation import read_values
from traffic_marl.strategies.objects import parameters_from, strategy_from
from traffic_marl.strategies.strategy import Conditions, Controller, Decide, Strategy

OPTIONAL = ("interval", "default_interval", "longest_wait", "origin")  # members that a strategy may have
OPTIONAL_AT_WORK = ("probabilities", "remarks")  # members of what it starts: for the viewer, and for the user
FORM = re.compile(r"(?P<object>.*?\.py(?::[^:]*)?)(?::(?P<values>.*))?", re.DOTALL)


@dataclass(frozen=True)
class FromFile:
    """A strategy of a user's file. An error of its code is told in one line, with the line of the file."""

    strategy: Strategy
    name: str  # path/to/file.py:Name

    def __getattr__(self, member: str) -> Any:
        """A member that strategies may have, if the user's has it.

        Raises:
            AttributeError: it has none.
        """
        if member not in OPTIONAL:
            raise AttributeError(member)
        return getattr(self.strategy, member)

    def digest(self) -> bytes:
        """Changes with the content of the file, but not with that of files which it imports."""
        return self.name.encode() + content_digest(split_reference(self.name, "strategy")[0])

    def start(self, conditions: Conditions) -> Controller | Decide:
        """A function that decides as the strategy does."""
        with errors_located(self.name, self.name, StrategyError):
            started = self.strategy.start(conditions)
        decide = decision_function(started)
        if not callable(decide):
            return started  # refused by `NamedStrategy.start`

        def located(readings: Readings) -> Ints:
            with errors_located(self.name, self.name, StrategyError):
                asked: Ints = decide(readings)
            return asked

        for member in OPTIONAL_AT_WORK:
            if hasattr(started, member):
                setattr(located, member, getattr(started, member))
        return located


def from_reference(text: str, where: str) -> NamedStrategy:
    """The strategy that a text names in a Python file.

    Args:
        text: the file's path, a name that it defines, and values of parameters, if any.
        where: the argument or flag, for messages.

    Raises:
        UsageError: the file cannot be loaded, or what it defines is no strategy.
        StrategyError: a parameter is wrong.
    """
    match = FORM.fullmatch(text)
    assert match is not None, "every text that names a Python file has this form"
    name = match["object"]
    given = load_reference(name, where)
    if isinstance(given, NamedStrategy):
        values, interval = _values(name, match["values"], given.strategy)
        own = given.interval if interval is None else interval
        return NamedStrategy(text, FromFile(given.strategy, name), own)
    values, interval = _values(name, match["values"], given)
    with errors_located(name, name, StrategyError):
        strategy = strategy_from(given, where, name, values)
    return NamedStrategy(text, FromFile(strategy, name), interval)


def _values(name: str, text: str | None, given: Any) -> tuple[dict[str, Any], int | None]:
    """The values of parameters written in a reference, and the interval [s]."""
    return ({}, None) if text is None else read_values(name, text, parameters_from(given))
