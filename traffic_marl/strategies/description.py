"""Descriptions of strategies: idea, method, limits and source from the docstring, and the parameters.

The docstring has one form: a sentence, paragraphs, and the sections `Senses:`, `Limits:` and `Source:`.
"""

import inspect
import re
from dataclasses import MISSING, dataclass, fields
from typing import Any

from traffic_marl.strategies.notation import EveryStrategy
from traffic_marl.strategies.parameters import Parameter

SECTIONS = ("Senses", "Limits", "Source")
HEAD = re.compile(r"^(\w+):\n(?= )", re.MULTILINE)


@dataclass(frozen=True)
class ParameterDescription:
    """One parameter of a strategy."""

    name: str
    default: int | float | str | None  # None if it is worked out at the start
    unit: str
    range: str  # the allowed values
    meaning: str


@dataclass(frozen=True)
class StrategyDescription:
    """A strategy for readers. Empty lines separate paragraphs, and a missing section is empty."""

    name: str
    line: str  # its idea in a sentence
    method: str
    senses: str
    limits: str
    source: str
    parameters: tuple[ParameterDescription, ...]  # with those of every strategy last
    decides: str  # when it does, such as "every second"


def description_of(strategy: type[Any], name: str) -> StrategyDescription:
    """The description of a class of strategies.

    Args:
        strategy: a dataclass whose fields are all made by the functions of `strategies.parameters`.
        name: under which users know it.
    """
    pieces = HEAD.split(inspect.getdoc(strategy) or "")
    line, _, method = pieces[0].partition("\n")
    sections = {head: inspect.cleandoc(text) for head, text in zip(pieces[1::2], pieces[2::2], strict=True)}
    senses, limits, source = (sections.get(section, "") for section in SECTIONS)
    parameters = (*_described(strategy), *_described(EveryStrategy))
    decides = moments(strategy.interval, strategy.default_interval)
    return StrategyDescription(name, line, method.strip(), senses, limits, source, parameters, decides)


def section_of(strategy: type[Any], section: str) -> str:
    """One of the SECTIONS of a class's docstring, in one line. Empty if it is missing."""
    pieces = HEAD.split(inspect.getdoc(strategy) or "")
    return " ".join(dict(zip(pieces[1::2], pieces[2::2], strict=True)).get(section, "").split())


def moments(interval: int | None, default: int | None) -> str:
    """The moments of a strategy's decisions, in words.

    Args:
        interval: [s] that it needs, None if it needs no certain one.
        default: [s] where neither user nor scenario give one, None if it leaves that to the scenario.
    """
    if interval is not None:
        return "every second" if interval == 1 else f"every {interval} s"
    if default is not None:
        return f"every {default} s, unless the scenario or the user gives another interval"
    return "at the scenario's interval"


def _described(owner: type[Any]) -> tuple[ParameterDescription, ...]:
    described = []
    for item in fields(owner):
        assert item.default is not MISSING
        parameter: Parameter = item.metadata["parameter"]
        described.append(
            ParameterDescription(item.name, item.default, parameter.unit, parameter.range, parameter.meaning)
        )
    return tuple(described)
