"""Remarks: what a reader did with the parts of a user's data that it could not take as they are written."""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field

from traffic_marl.errors import TrafficError


class DataWarning(UserWarning):
    """A remark about the data of a scenario. It is issued when the network or the demand is built from Python."""


@dataclass(frozen=True)
class Remark:
    """One line about a user's data."""

    where: str  # file or field, such as `flow.json`
    what: str  # such as `2 of 5 flows left out, because no movements join their roads; the first is flow 3`
    error: TrafficError | None = None  # that a strict reader raises. None where nothing was left out or changed

    def __str__(self) -> str:
        """Place and remark."""
        return f"{self.where}: {self.what}"


@dataclass
class RemarkBook:
    """Counts the oddities of a file while a reader goes through it, and makes one remark of each kind.

    Args:
        where: the file, as messages name it.
    """

    where: str
    _names: dict[str, list[str]] = field(default_factory=dict)  # of the elements of each kind
    _errors: dict[str, TrafficError | None] = field(default_factory=dict)  # of the first element of each kind

    def add(self, kind: str, name: str, error: TrafficError | None = None) -> None:
        """Notes one element.

        Args:
            kind: the remark, with `{count}` for the number of elements of this kind, and with `{s}` for an s where they
                are several, such as `{count} road link{s} without lane links left out`.
            name: the element, as a user finds it in the file.
            error: that a strict reader raises for it. None where nothing was left out or changed.
        """
        self._names.setdefault(kind, []).append(name)
        self._errors.setdefault(kind, error)

    def remarks(self) -> tuple[Remark, ...]:
        """One remark for each kind, in the order in which they were met, each with its first element by name."""
        return tuple(
            Remark(self.where, f"{_counted(kind, len(names))}; {_first(names)}", self._errors[kind])
            for kind, names in self._names.items()
        )


def warn_of(remarks: Iterable[Remark]) -> None:
    """Issues a DataWarning for each remark."""
    for remark in remarks:
        warnings.warn(str(remark), DataWarning, stacklevel=2)


def silence_warnings() -> None:
    """Silences DataWarnings in this process, because it tells remarks in another way or another process tells them."""
    warnings.simplefilter("ignore", DataWarning)


def ensure_strict(remarks: Iterable[Remark]) -> None:
    """Checks that nothing of the data was left out or changed.

    Raises:
        TrafficError: of the first remark that has one.
    """
    for remark in remarks:
        if remark.error is not None:
            raise remark.error


def _counted(kind: str, count: int) -> str:
    return kind.format(count=f"{count:,}", s="" if count == 1 else "s")


def _first(names: list[str]) -> str:
    return f"it is {names[0]}" if len(names) == 1 else f"the first is {names[0]}"
