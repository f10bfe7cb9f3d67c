"""Elements of an XML file with their place in the file, for error messages."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from traffic_marl.errors import TrafficError, one_line

SHOWN = 40  # [characters] of a value in a message
CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d*)?)")  # days, hours, minutes and seconds
FLAGS = {  # as SUMO reads them
    **dict.fromkeys(("1", "true", "yes", "on", "x", "t"), True),
    **dict.fromkeys(("0", "false", "no", "off", "-", "f"), False),
}


def number_or_none(text: str) -> float | None:
    """The finite number of a text, None where it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def time_of(text: str) -> float | None:
    """[s] The time of a text: seconds, or hours, minutes and seconds. None if it is none."""
    found = CLOCK.fullmatch(text)
    if found is None:
        return number_or_none(text)
    days, hours, minutes, seconds = found.groups(default="0")
    return int(days) * 86_400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)


@dataclass(slots=True)
class Element:
    """An element of a file, with those of its members that a reader wants."""

    file: str
    line: int
    tag: str
    attributes: dict[str, str]
    mistake: type[TrafficError]  # class of the errors about this element
    members: list["Element"] = field(default_factory=list)

    def named(self, *tags: str) -> Iterator["Element"]:
        """The members with one of these tags."""
        return (member for member in self.members if member.tag in tags)

    def find(self, name: str) -> str | None:
        """The value of an attribute, None where it is missing or empty."""
        return self.attributes.get(name) or None

    def text(self, name: str) -> str:
        """The value of an attribute that must be there, which is not empty and can be printed in one line."""
        value = self.find(name)
        if value is None:
            raise self.error(f'it has no "{name}"', "add it")
        if not value.isprintable():
            raise self.error(f'"{name}" cannot be printed in one line', "give text of one line")
        return value

    def number(self, name: str, least: float, most: float, unit: str) -> float:
        """The value of an attribute that must be there, a number from `least` to `most`, in a unit the error names."""
        return self._number(f'"{name}" is', self.text(name), least, most, unit)

    def number_or(self, name: str, otherwise: float, least: float, most: float, unit: str) -> float:
        """The same, with another number where the attribute is missing."""
        return otherwise if self.find(name) is None else self.number(name, least, most, unit)

    def seconds(self, name: str, least: float, most: float) -> float:
        """[s] The value of an attribute that must be there, a time in any of SUMO's ways to write it."""
        return self._number(f'"{name}" is', self.text(name), least, most, "seconds", time_of)

    def seconds_or(self, name: str, otherwise: float, least: float, most: float) -> float:
        """[s] The same, with another time where the attribute is missing."""
        return otherwise if self.find(name) is None else self.seconds(name, least, most)

    def numbers(self, name: str, least: float, most: float, unit: str) -> list[float]:
        """The numbers in the value of an attribute, with spaces between them. Empty where it is missing or blank.

        Each is from `least` to `most`, in a unit that the error names.
        """
        return [self._number(f'"{name}" has', each, least, most, unit) for each in (self.find(name) or "").split()]

    def _number(
        self,
        told: str,
        text: str,
        least: float,
        most: float,
        unit: str,
        read: Callable[[str], float | None] = number_or_none,
    ) -> float:
        value = read(text)
        if value is None or not least <= value <= most:
            what = f"{told} {one_line(text, SHOWN)}, which is not within {least:.10g} to {most:.10g}"
            raise self.error(what, f"give {unit} in this range")
        return value

    def index(self, name: str, count: int, of: str) -> int:
        """The value of an attribute that must be there: a whole number from 0 to count - 1, the index of an `of`."""
        text = self.text(name)
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) < count):
            what = f'"{name}" is {one_line(text, SHOWN)}, which is not the index of one of the {of}'
            raise self.error(what, f"there are {count}, counted from 0")
        return int(text)

    def flag(self, name: str, otherwise: bool) -> bool:
        """The value of an attribute that says yes or no, in any of SUMO's ways to write it."""
        value = self.find(name)
        if value is None:
            return otherwise
        if value.lower() not in FLAGS:
            what = f'"{name}" is {one_line(value, SHOWN)}, which is neither true nor false'
            raise self.error(what, "give true or false")
        return FLAGS[value.lower()]

    @property
    def place(self) -> str:
        """The element as messages name it."""
        name = self.attributes.get("id")
        return f"{self.tag} {one_line(name, SHOWN)}" if name else self.tag

    def error(self, what: str, remedy: str) -> TrafficError:
        """The error about this element, with its place in the file."""
        return self.mistake(f"{self.file}: line {self.line}, {self.place}", what, remedy)
