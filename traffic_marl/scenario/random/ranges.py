"""Ranges, within which random scenarios are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from traffic_marl.checks import check_name, finite_number, shown, whole_number
from traffic_marl.errors import UsageError
from traffic_marl.network.generators.phase_sets import PHASE_SETS, PhaseSet

BOUNDS = {  # least and greatest value that each pair of bounds may have
    "intersections": (1, 100),
    "block_m": (50, 100_000),
    "lanes": (1, 3),
    "speed_limit_kmh": (1, 200),
    "load": (0.01, 2.0),
    "yellow_s": (0, 60),
    "all_red_s": (0, 60),
    "min_green_s": (0, 60),
    "overload": (0.01, 2.0),
    "exceeding": (0.0, 0.5),
}
PAIRS = tuple(BOUNDS)
SHARES = ("oversaturated_share", "tide", "slow_share", "faulty_share", "clear_share")
WHOLE = ("intersections", "lanes", "yellow_s", "all_red_s", "min_green_s")


@dataclass(frozen=True)
class Ranges:
    """The bounds within which random scenarios are drawn. A pair holds the least and the greatest value.

    The defaults span what is common in cities and in public data sets, from light traffic to oversaturation.

    Raises:
        UsageError: a bound is wrong.
    """

    intersections: tuple[int, int] = (4, 20)
    block_m: tuple[float, float] = (100.0, 800.0)  # from centre to centre
    lanes: tuple[int, int] = (1, 3)  # of a street
    speed_limit_kmh: tuple[float, float] = (29.0, 61.0)
    phases: tuple[PhaseSet, ...] = PHASE_SETS  # each as likely as any other
    load: tuple[float, float] = (0.2, 1.0)  # of the busiest intersection at the peak; 1 is its estimated capacity
    oversaturated_share: float = 0.1  # of the scenarios. Their load is within `overload`
    overload: tuple[float, float] = (1.05, 1.4)
    exceeding: tuple[float, float] = (0.0, 0.0)  # share of the intersections whose load may be above the one drawn
    tide: float = 0.8  # most by which one direction is busier and the opposite one less busy, as a share
    slow_share: float = 0.05  # most slow vehicles, as a share
    yellow_s: tuple[int, int] = (2, 5)
    all_red_s: tuple[int, int] = (0, 2)
    min_green_s: tuple[int, int] = (0, 5)
    max_green_s: tuple[int | None, ...] = (None, 60, 120)  # each as likely as any other
    faulty_share: float = 0.2  # of the scenarios have detectors that fail
    clear_share: float = 0.0  # of the scenarios have junctions that are kept clear

    def __post_init__(self) -> None:
        for name, bounds in BOUNDS.items():
            object.__setattr__(self, name, _checked_pair(name, getattr(self, name), bounds))
        for name in SHARES:
            object.__setattr__(self, name, _checked_share(name, getattr(self, name)))
        object.__setattr__(self, "phases", _checked_choices("phases", self.phases))
        object.__setattr__(self, "max_green_s", _checked_choices("max_green_s", self.max_green_s))
        for phases in self.phases:
            check_name("phases", phases, PHASE_SETS)
        for green in self.max_green_s:
            if green is not None:
                whole_number("max_green_s", green, max(1, self.min_green_s[1]))
        if self.lanes[1] == 1 and set(self.phases) != {"two"}:
            what = "streets of one lane suit two phases alone"
            raise UsageError("phases", what, "give two alone, or allow more lanes")

    def to_json(self) -> dict[str, Any]:
        """The bounds as plain values."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def _checked_pair(name: str, pair: Any, bounds: tuple[float, float]) -> tuple[Any, Any]:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise UsageError(name, f"{shown(pair)} is not a pair", "give the least and the greatest value")
    least, most = bounds
    remedy = f"give numbers, {least:g} to {most:g}"
    numbers = [whole_number(name, each) if name in WHOLE else finite_number(name, each, remedy) for each in pair]
    if not least <= numbers[0] <= numbers[1] <= most:
        what = f"{shown(pair)} is not a pair of bounds"
        raise UsageError(name, what, f"give the least first, then the greatest, within {least:g} to {most:g}")
    return numbers[0], numbers[1]


def _checked_share(name: str, share: Any) -> float:
    number = finite_number(name, share, "give a number from 0 to 1")
    if not 0.0 <= number <= 1.0:
        raise UsageError(name, f"{number:g} is not a share", "give a number from 0 to 1")
    return number


def _checked_choices(name: str, choices: Any) -> tuple[Any, ...]:
    if isinstance(choices, str) or not isinstance(choices, Sequence) or not choices:
        raise UsageError(name, f"{shown(choices)} is not a list of choices", "give a tuple with at least one")
    return tuple(choices)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
