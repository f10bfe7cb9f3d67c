"""Ranges of random scenarios in the notation of the command line: `load=0.4:1.1`, `tide=0.5`, `phases=two,four`."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from traffic_marl.checks import shown
from traffic_marl.errors import UsageError, suggest
from traffic_marl.scenario.random.ranges import PAIRS, SHARES, Ranges

NONE = "none"  # a maximum that is not there
EXAMPLE = "load=0.4:1.1"


def ranges_of(texts: Sequence[str], where: str = "ranges") -> Ranges:
    """The ranges of which some are given as texts. The others are the defaults.

    A pair is written `NAME=LEAST:MOST`, or `NAME=NUMBER` if both are equal. A share is `NAME=NUMBER`. Choices are
    separated by commas.

    Args:
        texts: one for each range.
        where: the argument or flag that messages name.

    Raises:
        UsageError: a text is no range, or two are of the same one.
    """
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise UsageError(where, f"{shown(texts)} is not a list of ranges", f'give a list of texts, such as "{EXAMPLE}"')
    known = [field.name for field in fields(Ranges)]
    given: dict[str, str] = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if not name or not value:
            raise UsageError(where, f"{shown(text)} is not a range", f"give a name and its bounds, such as {EXAMPLE}")
        if name not in known:
            raise UsageError(where, f"random scenarios have no range {shown(name)}", suggest(name, known))
        if name in given:
            raise UsageError(where, f"{name} is given twice", "give it once")
        given[name] = value
    return _built(given, where)


def _built(given: dict[str, str], where: str) -> Ranges:
    """The ranges of these values, by name.

    Raises:
        UsageError: a value is wrong.
    """
    values: dict[str, Any] = {name: _value(name, text) for name, text in given.items()}
    try:
        return Ranges(**values)
    except UsageError as error:
        name = error.where.partition("[")[0]
        place = f"in {name}={given[name]}, " if name in given else ""
        raise UsageError(where, place + error.what, error.remedy) from None


def _value(name: str, text: str) -> Any:
    """The value of a range, unchecked."""
    if name in SHARES:
        return _number(text)
    if name in PAIRS:
        parts = [_number(part) for part in text.split(":")]
        return parts * 2 if len(parts) == 1 else parts
    choices = [part.strip() for part in text.split(",")]
    return choices if name == "phases" else [None if choice == NONE else _number(choice) for choice in choices]


def _number(text: str) -> Any:
    """A whole number, another number, or the text itself if it is none."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip()
