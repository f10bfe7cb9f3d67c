"""Values of a JSON file that know where they stand, so that an error can say so."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traffic_marl.errors import FileError, NetworkError


@dataclass(frozen=True)
class Entry:
    """A value of a file and the path to it, such as `roads[3].endIntersection`."""

    file: str
    path: str
    value: Any

    def __getitem__(self, key: str) -> "Entry":
        """The value under a key that must be there."""
        entry = self.find(key)
        if entry is None:
            raise self.error(f'it has no "{key}"', "add it")
        return entry

    def find(self, key: str) -> "Entry | None":
        """The value under a key, None where the key is missing."""
        if not isinstance(self.value, dict):
            raise self.error(f"{_shown(self.value)} is not an object", "give one, in braces")
        if key not in self.value:
            return None
        return Entry(self.file, f"{self.path}.{key}" if self.path else key, self.value[key])

    def __iter__(self) -> Iterator["Entry"]:
        """The members of a list."""
        if not isinstance(self.value, list):
            raise self.error(f"{_shown(self.value)} is not a list", "give one, in square brackets")
        for index, value in enumerate(self.value):
            yield Entry(self.file, f"{self.path}[{index}]", value)

    def text(self) -> str:
        """A string that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.error(f"{_shown(self.value)} is not a name", "give text, in quotes")
        return self.value

    def text_or_nothing(self) -> str:
        """A string, which may be empty."""
        return "" if self.value == "" else self.text()

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.error(f"{_shown(self.value)} is neither true nor false", "give one of them")
        return self.value

    def number(self) -> float:
        """A finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.error(f"{_shown(self.value)} is not a number", "give a finite one")
        try:
            number = float(self.value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.error(f"{_shown(self.value)} is not a finite number", "give a finite one")
        return number

    def positive(self) -> float:
        """A number above 0."""
        number = self.number()
        if number <= 0:
            raise self.error(f"{_shown(self.value)} is not above 0", "give a number above 0")
        return number

    def not_negative(self) -> float:
        """A number that is 0 or more."""
        number = self.number()
        if number < 0:
            raise self.error(f"{_shown(self.value)} is below 0", "give a number from 0 on")
        return number

    def index(self, count: int, of: str) -> int:
        """A whole number from 0 to count - 1; `of` names what is counted."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.error(f"{_shown(self.value)} is not a whole number", f"give the index of one of the {of}")
        if not 0 <= self.value < count:
            what = f"{self.value} is not the index of one of the {of}"
            raise self.error(what, f"there are {count}, counted from 0")
        return self.value

    def error(self, what: str, remedy: str) -> NetworkError:
        """What is wrong with this value, and what would do."""
        return NetworkError(f"{self.file}: {self.path}" if self.path else self.file, what, remedy)


def read_document(path: Path) -> Entry:
    """The whole of a JSON file.

    Raises:
        FileError: the file cannot be read or is not JSON.
    """
    try:
        return Entry(str(path), "", json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise FileError(str(path), f"cannot be read ({error.strerror})", "give the path of a road network") from error
    except UnicodeDecodeError as error:
        raise FileError(str(path), "is not text in UTF-8", "give a JSON file") from error
    except json.JSONDecodeError as error:
        where = f"{path}: line {error.lineno}, column {error.colno}"
        raise FileError(where, f"not JSON: {error.msg}", "correct it there") from error
    except (RecursionError, ValueError) as error:
        raise FileError(str(path), f"not JSON that can be read: {error}", "give a road network") from error


def _shown(value: Any) -> str:
    """A value as in the file, shortened."""
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
