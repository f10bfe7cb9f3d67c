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
    return StrategyDescription(name, line, method.strip(), senses, limits, source, parameters)


def _described(owner: type[Any]) -> tuple[ParameterDescription, ...]:
    described = []
    for item in fields(owner):
        assert item.default is not MISSING
        parameter: Parameter = item.metadata["parameter"]
        described.append(
            ParameterDescription(item.name, item.default, parameter.unit, parameter.range, parameter.meaning)
        )
    return tuple(described)
