"""Values of a JSON file with their place in the file, for error messages."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traffic_marl.errors import FileError, TrafficError, one_line
from traffic_marl.network.formats.contents import Kind, ensure_content
from traffic_marl.reading import has_mark, read_text
from traffic_marl.remarks import RemarkBook


@dataclass(slots=True)
class JsonValue:
    """A value of a file and the path to it, such as `roads[3].endIntersection`."""

    file: str
    path: str
    value: Any
    mistake: type[TrafficError]  # class of the errors about this value

    def __getitem__(self, key: str) -> "JsonValue":
        """The value under a key that must be there."""
        entry = self.find(key)
        if entry is None:
            raise self.error(f'it has no "{key}"', "add it")
        return entry

    def find(self, key: str) -> "JsonValue | None":
        """The value under a key, None where the key is missing."""
        if not isinstance(self.value, dict):
            raise self.error(f"{_shown(self.value)} is not an object", "give an object, in braces")
        if key not in self.value:
            return None
        return JsonValue(self.file, f"{self.path}.{key}" if self.path else key, self.value[key], self.mistake)

    def __iter__(self) -> Iterator["JsonValue"]:
        """The members of a list."""
        if not isinstance(self.value, list):
            raise self.error(f"{_shown(self.value)} is not a list", "give a list, in square brackets")
        for index, value in enumerate(self.value):
            yield JsonValue(self.file, f"{self.path}[{index}]", value, self.mistake)

    def text(self) -> str:
        """A string that is not empty and can be printed in one line."""
        if not isinstance(self.value, str) or not self.value or not self.value.isprintable():
            raise self.error(f"{_shown(self.value)} is not a name", "give text, in quotes")
        return self.value

    def text_or_nothing(self) -> str:
        """A string, which may be empty."""
        return "" if self.value == "" else self.text()

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.error(f"{_shown(self.value)} is neither true nor false", "give true or false")
        return self.value

    def number(self) -> float:
        """A finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.error(f"{_shown(self.value)} is not a number", "give a finite number")
        try:
            number = float(self.value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.error(f"{_shown(self.value)} is not a finite number", "give a finite number")
        return number

    def within(self, least: float, most: float, unit: str) -> float:
        """A number from `least` to `most`, in a unit that the error names."""
        number = self.number()
        if not least <= number <= most:
            what = f"{_shown(self.value)} is not within {least:.10g} to {most:.10g}"
            raise self.error(what, f"give {unit} in this range")
        return number

    def index(self, count: int, of: str) -> int:
        """A whole number from 0 to count - 1, the index of one of the things that `of` names."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.error(f"{_shown(self.value)} is not a whole number", f"give the index of one of the {of}")
        if not 0 <= self.value < count:
            what = f"{self.value} is not the index of one of the {of}"
            raise self.error(what, f"there are {count}, counted from 0")
        return self.value

    def error(self, what: str, remedy: str) -> TrafficError:
        """The error about this value, with its place in the file."""
        return self.mistake(f"{self.file}: {self.path}" if self.path else self.file, what, remedy)


def read_document(path: Path, content: Kind, mistake: type[TrafficError], book: RemarkBook | None = None) -> JsonValue:
    """The whole content of a JSON file, with the class of the errors about it.

    Args:
        path: the file.
        content: that is expected: ROADNET, FLOW or CONFIG.
        mistake: class of the errors.
        book: notes a byte order mark, which other readers refuse.

    Raises:
        FileError: the file cannot be read, is not JSON or is of another kind.
    """
    value = read_json(path, content)
    ensure_content(value, content, path)
    if book is not None and has_mark(path, f"give the path of {content}"):
        error = FileError(one_line(path), "begins with a byte order mark", "save it in UTF-8 without one")
        book.add("{count} byte order mark skipped", "at the beginning of the file", error)
    return JsonValue(path.name, "", value, mistake)


def read_json(path: Path, content: str) -> Any:
    """The content of a JSON file.

    Args:
        path: the file.
        content: that is expected, such as `a road network`, for messages.

    Raises:
        FileError: the file cannot be read or is not JSON.
    """
    text = read_text(path, f"give the path of {content}")
    if not text.strip():
        raise FileError(one_line(path), "is empty", f"give {content}")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        what = f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        raise FileError(one_line(path), what, "correct the file there") from None
    except (RecursionError, ValueError) as error:  # nested too deeply; a number with too many digits
        raise FileError(one_line(path), f"is not JSON that can be read: {error}", f"give {content}") from None


def _shown(value: Any) -> str:
    """A value as in the file, shortened."""
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
