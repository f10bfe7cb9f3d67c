"""Dimensions of a sweep: settings of a training with the values that are tried, written `learning_rate=3e-4,7e-4`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeAlias

from traffic_marl.checks import shown
from traffic_marl.errors import UsageError, suggest
from traffic_marl.imported import is_reference, split_reference
from traffic_marl.learning.fields import describe
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.tuning.spaces import Range, Words

FLAG = "over"  # name of the argument, for messages
MOST_VALUES = 1000  # of one setting
TIMES = 10.0  # a range whose ends differ by this factor is drawn by ratios
SETTINGS = describe(TrainingSettings)
APART = {  # settings that cannot be swept over, and what would do
    "seed": "give --seeds for several seeds of each combination",
    "also": "give it once, for all runs",
    "ranges": "give it once, for all runs",
}
TRUTHS = {"yes": True, "true": True, "no": False, "false": False}
NUMBERS = re.compile(r"\s*([^:]+?)\s*:\s*([^:]+?)\s*")

Values: TypeAlias = dict[str, Any]  # values of settings, by name


@dataclass(frozen=True)
class Dimension:
    """A setting with the values that are tried: a few, or all within a range."""

    name: str
    values: tuple[Any, ...] = ()
    range: Range | None = None

    @property
    def space(self) -> Range | Words:
        """The values as a search has them: texts where there are a few."""
        return self.range or Words(tuple(map(written, self.values)))

    def value(self, drawn: Any) -> Any:
        """The value that a search has drawn from the space.

        Raises:
            UsageError: it is out of the range of the setting.
        """
        if self.range is not None:
            return SETTINGS[self.name].check(self.name, drawn)
        return next(each for each in self.values if written(each) == drawn)

    def __str__(self) -> str:
        if self.range is not None:
            return f"{self.name}={self.range.low:g}:{self.range.high:g}"
        separator = ";" if any("," in written(each) for each in self.values) else ","
        return f"{self.name}={separator.join(map(written, self.values))}"


def dimensions_of(texts: Iterable[str], where: str = FLAG) -> tuple[Dimension, ...]:
    """The dimensions that a user has written, each once.

    Args:
        texts: such as `policy=shared,independent`, `hidden=32,32;64,64` or `learning_rate=1e-4:1e-2`.
        where: the argument or flag, for messages.

    Raises:
        UsageError: one is written otherwise, or names no setting that can be swept over.
    """
    found: dict[str, Dimension] = {}
    for text in texts:
        each = dimension_of(text, where)
        if each.name in found:
            raise UsageError(where, f"{each.name} is given twice", "write all its values in one")
        found[each.name] = each
    return tuple(found.values())


def dimension_of(text: str, where: str = FLAG) -> Dimension:
    """A dimension as it is written.

    Raises:
        UsageError: it is written otherwise, names no such setting, or a value is wrong.
    """
    name, equals, values = text.partition("=") if isinstance(text, str) else ("", "", "")
    name = name.strip().replace("-", "_")
    if not name or not equals or not values.strip():
        remedy = "write it as learning_rate=3e-4,7e-4 or learning_rate=1e-4:1e-2"
        raise UsageError(where, f"{shown(text)} is no setting with values", remedy)
    known = [each.name for each in fields(TrainingSettings) if each.name not in APART]
    if name in APART:
        raise UsageError(where, f"{name} cannot be swept over", APART[name])
    if name not in known:
        raise UsageError(where, f"there is no setting {name!r}", suggest(name, sorted(known)))
    found = _range(name, values, where)
    return Dimension(name, range=found) if found is not None else Dimension(name, _values(name, values, where))


def written(value: Any) -> str:
    """A value of a setting as it is written on the command line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def labelled(values: Mapping[str, Any]) -> str:
    """Values of settings in words, such as `learning_rate=0.0003 policy=shared`."""
    return " ".join(f"{name}={short(each)}" for name, each in values.items())


def short(value: Any) -> str:
    """A value of a setting in few letters: of an object in a file, its name alone."""
    text = written(value)
    return split_reference(text, FLAG)[1] if is_reference(text) else text


def _range(name: str, text: str, where: str) -> Range | None:
    """The range `low:high`, if it is one."""
    kind, match = SETTINGS[name].kind, NUMBERS.fullmatch(text)
    if kind not in (int, float) or match is None:
        return None
    ends = [_number(name, each, kind, where) for each in match.groups()]
    low, high = (_checked(name, each, where) for each in ends)
    if not low < high:
        raise UsageError(where, f"{name}={text.strip()} is no range", "write the lower number first")
    return Range(low, high, is_whole=kind is int, is_log=low > 0 and high / low >= TIMES)


def _values(name: str, text: str, where: str) -> tuple[Any, ...]:
    """The values of a list. A semicolon separates those that have commas themselves."""
    kind = SETTINGS[name].kind
    words = [each.strip() for each in text.split(";" if ";" in text else ",")]
    if not all(words):
        raise UsageError(where, f"{name} has an empty value", "leave out the separator at that place")
    found = [_checked(name, _converted(name, each, kind, where), where) for each in words]
    for place, each in enumerate(found):
        if each in found[:place]:
            raise UsageError(where, f"{name} has the value {written(each)} twice", "give each value once")
    if len(found) > MOST_VALUES:
        raise UsageError(where, f"{name} has {len(found)} values", f"give at most {MOST_VALUES}")
    return tuple(found)


def _converted(name: str, word: str, kind: type, where: str) -> Any:
    """A word as a value of the kind of the setting. The path of a file is made whole."""
    if kind in (int, float):
        return _number(name, word, kind, where)
    if kind is bool:
        if word.lower() not in TRUTHS:
            raise UsageError(where, f"{name}={word} is neither yes nor no", "give yes,no")
        return TRUTHS[word.lower()]
    if is_reference(word):
        path, thing = split_reference(word, where)
        return f"{Path(path).resolve()}:{thing}"
    return word


def _number(name: str, word: str, kind: type, where: str) -> int | float:
    try:
        return int(word) if kind is int else float(word)
    except ValueError:
        noun = "whole number" if kind is int else "number"
        raise UsageError(where, f"{name}={word} is not a {noun}", "give numbers with commas between") from None


def _checked(name: str, value: Any, where: str) -> Any:
    """The value, checked as the setting is.

    Raises:
        UsageError: it is out of the range of the setting. The message names the argument.
    """
    try:
        return SETTINGS[name].check(name, value)
    except UsageError as error:
        raise UsageError(where, f"{error.where}: {error.what}", error.remedy) from error
