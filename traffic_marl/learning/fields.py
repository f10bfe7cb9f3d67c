"""Fields of settings, each with default, help text, range and notation.

The flags of the command line and the checks of values are made from them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from traffic_marl import checks
from traffic_marl.errors import UsageError
from traffic_marl.scenario import ranges_of

Check = Callable[[str, Any], Any]  # name of the setting, value -> plain value, or UsageError

DESCRIPTION = "description"  # key in a field's metadata
SMALLEST, LARGEST = 1e-12, 1e6  # of numbers that enter a loss
AUTO = "auto"  # a number that is to be found
MOST_LAYERS, WIDEST_LAYER = 20, 4096  # of a network


@dataclass(frozen=True)
class Description:
    """The meaning and the notation of a setting."""

    help: str  # one sentence that stands alone
    metavar: str  # placeholder of the value in a help text
    kind: type  # of the value on the command line: int, float, str, bool, or list for a flag that may be repeated
    check: Check
    default: str | None = None  # the default in words, where the value does not say it


def describe(settings: Any) -> dict[str, Description]:
    """The descriptions of all fields of a settings class, by name."""
    return {each.name: each.metadata[DESCRIPTION] for each in fields(settings)}


def check_fields(settings: Any) -> None:
    """Checks every field of new settings and replaces its value by the plain one.

    Raises:
        UsageError: a value is out of its range.
    """
    for name, description in describe(settings).items():
        object.__setattr__(settings, name, description.check(name, getattr(settings, name)))


def described(default: Any, description: Description) -> Any:
    """A field of a dataclass with its description."""
    return field(default=default, metadata={DESCRIPTION: description})


def one_of(default: str, text: str, known: Iterable[str] | Mapping[str, Any]) -> Any:
    """A field for one of several names, which the help text lists."""
    names = tuple(known)

    def check(name: str, value: Any) -> str:
        checks.check_name(name, value, names)
        return str(value)

    return described(default, Description(f"{text}: {', '.join(names)}.", "NAME", str, check))


def own(default: str, text: str, name_of: Callable[[Any, str], str]) -> Any:
    """A field for a name, or for an object of the user's own in a file, which is kept as `file.py:Name`.

    Args:
        default: a name.
        text: help text.
        name_of: gives the text for what was given, checked. It takes the value and the name of the setting.
    """
    return described(default, Description(text, "NAME", str, lambda name, value: name_of(value, name)))


def whole(default: int, text: str, metavar: str, *, least: int = 1, most: int = checks.LARGEST_COUNT) -> Any:
    """A field for a whole number."""

    def check(name: str, value: Any) -> int:
        number = checks.whole_number(name, value, least=least)
        if number > most:
            raise UsageError(name, f"{checks.shown(number)} is too large", f"give at most {most}")
        return number

    return described(default, Description(text, metavar, int, check))


def count_or_auto(default: int, text: str, *, most: int) -> Any:
    """A field for a whole number from 0. On the command line it may be AUTO, and becomes a number before its use."""

    def check(name: str, value: Any) -> int:
        given = value.strip() if isinstance(value, str) else value
        if given == AUTO:
            what = "auto is chosen by a measurement when a training begins"
            raise UsageError(name, what, "give a whole number here")
        is_count = isinstance(given, str) and given.isascii() and given.isdigit()
        return checks.whole_number(name, int(given) if is_count else given, 0, most)

    return described(default, Description(text, "N|auto", str, check, str(default)))


def optional_text(text: str, metavar: str) -> Any:
    """A field for a text that is not empty, or None."""

    def check(name: str, value: Any) -> str | None:
        if value is None or (isinstance(value, str | Path) and str(value).strip()):
            return None if value is None else str(value)
        raise UsageError(name, f"{checks.shown(value)} is not a text", "give one, or leave it out")

    return described(None, Description(text, metavar, str, check, "none"))


def optional_whole(text: str, metavar: str, default: str) -> Any:
    """A field for a whole number, at least 1, or None. `default` says in words what None means."""

    def check(name: str, value: Any) -> int | None:
        return None if value is None else checks.at_least_one(name, value)

    return described(None, Description(text, metavar, int, check, default))


def at_least(default: float, text: str, metavar: str, least: float = 0.0) -> Any:
    """A field for a number from `least` to LARGEST."""
    return _number(default, text, metavar, lambda value: value >= least, f"give a number, at least {least:g}")


def above_zero(default: float, text: str, metavar: str) -> Any:
    """A field for a number above 0, up to LARGEST."""
    return _number(default, text, metavar, lambda value: value >= SMALLEST, "give a number above 0")


def optional_above_zero(text: str, metavar: str, default: str) -> Any:
    """A field for a number above 0, up to LARGEST, or None. `default` says in words what None means."""
    number: Description = above_zero(1.0, text, metavar).metadata[DESCRIPTION]

    def check(name: str, value: Any) -> float | None:
        return None if value is None else float(number.check(name, value))

    return described(None, Description(text, metavar, float, check, default))


def share(default: float, text: str, metavar: str, *, below_one: bool = False) -> Any:
    """A field for a number from 0 to 1, where 1 itself may be excluded."""
    if below_one:
        return _number(default, text, metavar, lambda value: 0.0 <= value < 1.0, "give a number from 0 to below 1")
    return _number(default, text, metavar, lambda value: 0.0 <= value <= 1.0, "give a number from 0 to 1")


def switch(text: str) -> Any:
    """A field that is False unless the user sets it."""
    return described(False, Description(text, "", bool, checks.boolean))


def sizes(default: tuple[int, ...], text: str, metavar: str) -> Any:
    """A field for several whole numbers, at least 1 each, written with commas on the command line."""

    def check(name: str, value: Any) -> tuple[int, ...]:
        try:
            parts = [int(part) for part in value.split(",")] if isinstance(value, str) else list(value)
            numbers = tuple(checks.at_least_one(name, part) for part in parts)
        except (TypeError, ValueError, UsageError):
            numbers = ()
        if len(numbers) > MOST_LAYERS or max(numbers, default=0) > WIDEST_LAYER:
            what = f"{checks.shown(value)} is too large"
            raise UsageError(name, what, f"give at most {MOST_LAYERS} layers of at most {WIDEST_LAYER} units")
        if not numbers:
            remedy = f"give whole numbers, at least 1 each, such as {_listed(default)}"
            raise UsageError(name, f"{checks.shown(value)} is not a list of sizes", remedy)
        return numbers

    return described(default, Description(text, metavar, str, check, _listed(default)))


def several(text: str, metavar: str) -> Any:
    """A field for any number of names. The flag may be repeated."""

    def check(name: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            raise UsageError(name, f"{checks.shown(value)} is not a list of names", "give a list of names")
        return tuple(value)

    return described((), Description(text, metavar, list, check))


def range_texts(text: str, metavar: str) -> Any:
    """A field for any number of ranges of random scenarios. The flag may be repeated, and the order is of no matter."""

    def check(name: str, value: Any) -> tuple[str, ...]:
        ranges_of(value, name)
        return tuple(sorted(value))

    return described((), Description(text, metavar, list, check))


def _number(default: float, text: str, metavar: str, fits: Callable[[float], bool], remedy: str) -> Any:
    def check(name: str, value: Any) -> float:
        number = checks.finite_number(name, value, remedy)
        if not fits(number):
            raise UsageError(name, f"{checks.shown(value)} is out of range", remedy)
        if number > LARGEST:
            raise UsageError(name, f"{checks.shown(value)} is too large", f"give a number, at most {LARGEST:g}")
        return number

    return described(default, Description(text, metavar, float, check))


def _listed(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))
