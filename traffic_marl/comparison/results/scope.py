"""The scope of a comparison: its seeds, strategies and simulators, as its results folder remembers them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from traffic_marl.simulators import SIMULATORS
from traffic_marl.strategies.origin import Origin

FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """A strategy that was asked for."""

    label: str
    identity: str  # as `identity_of` gives it
    interval: int  # [s] between decisions
    longest_wait: int | None  # [s] its own bound of waits, if it has one
    origin: Origin | None = None  # of its parameters, if it is known


@dataclass(frozen=True)
class Scope:
    """Seeds, strategies and simulators of a comparison."""

    seeds: tuple[int, ...] = ()
    reference: str | None = None  # label of the strategy the others are compared to, if one was named
    interval: int | None = None  # [s] between decisions of strategies that need no certain one, if it was given
    simulators: tuple[str, ...] = ()
    strategies: tuple[Entry, ...] = ()

    def entry(self, label: str) -> Entry | None:
        """The strategy with this label, if there is one."""
        return next((each for each in self.strategies if each.label == label), None)

    def widened(self, seeds: Iterable[int], simulators: Iterable[str], strategies: Iterable[Entry]) -> Self:
        """The same scope with more seeds, simulators and strategies. A strategy with a known label takes its place."""
        entries = {each.label: each for each in (*self.strategies, *strategies)}
        return replace(
            self,
            seeds=tuple(dict.fromkeys((*self.seeds, *seeds))),
            simulators=tuple(dict.fromkeys((*self.simulators, *simulators))),
            strategies=tuple(entries.values()),
        )

    def to_json(self) -> dict[str, Any]:
        """The scope as plain values."""
        return {
            "format": FORMAT,
            "seeds": self.seeds,
            "reference": self.reference,
            "interval_s": self.interval,
            "simulators": self.simulators,
            "strategies": [_entry_to_json(each) for each in self.strategies],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The scope that `to_json` wrote.

        Raises:
            ValueError: it was written by a newer version, or a value is wrong.
            KeyError, TypeError: a value is missing or of another kind.
        """
        if content["format"] != FORMAT:
            raise ValueError("of another version of the program")
        scope = cls(
            tuple(map(checked_count, content["seeds"])),
            None if content["reference"] is None else checked_text(content["reference"]),
            optional_seconds(content["interval_s"]),
            tuple(map(checked_text, content["simulators"])),
            tuple(map(_entry_from_json, content["strategies"])),
        )
        labels = [each.label for each in scope.strategies]
        if len(set(labels)) < len(labels) or len(set(scope.seeds)) < len(scope.seeds):
            raise ValueError("a strategy or a seed is there twice")
        if set(scope.simulators) - set(SIMULATORS):
            raise ValueError("an unknown simulator")
        return scope


def checked_count(value: Any) -> int:
    """A whole number of JSON that is not negative.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is not a whole number")
    return value


def checked_text(value: Any) -> str:
    """A text of JSON that is not empty.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} is not a text")
    return value


def optional_seconds(value: Any) -> int | None:
    """[s] A duration of JSON, or None.

    Raises:
        ValueError: it is neither.
    """
    if value is None:
        return None
    if checked_count(value) == 0:
        raise ValueError("0 is not a duration")
    return int(value)


UNITS = {"interval": "interval_s", "longest_wait": "longest_wait_s"}  # fields of an entry, as JSON names them


def _entry_to_json(entry: Entry) -> dict[str, Any]:
    return {UNITS.get(name, name): value for name, value in asdict(entry).items()}


def _entry_from_json(content: Mapping[str, Any]) -> Entry:
    identity, label = checked_text(content["identity"]), checked_text(content["label"])
    interval = optional_seconds(content["interval_s"])
    if interval is None:
        raise ValueError("a strategy has no interval")
    origin = content["origin"]
    known = None if origin is None else _origin_from_json(origin)
    return Entry(label, identity, interval, optional_seconds(content["longest_wait_s"]), known)


def _origin_from_json(content: Mapping[str, Any]) -> Origin:
    texts = {name: content[name] for name in ("senses", "parameters", "found")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("an origin without words")
    hours, trials = content["hours"], content["trials"]
    if hours is not None and (isinstance(hours, bool) or not isinstance(hours, int | float) or hours < 0):
        raise ValueError(f"{hours!r} is no duration")
    return Origin(**texts, hours=hours, trials=None if trials is None else checked_count(trials))
