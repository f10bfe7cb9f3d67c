"""Federation: the districts of a federated training, and the terms on which their weights are averaged."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any, Self

from traffic_marl.checks import boolean, shown
from traffic_marl.errors import UsageError, suggest_of_many
from traffic_marl.learning.federated.privacy import Privacy
from traffic_marl.learning.fields import (
    Description,
    check_fields,
    described,
    optional_above_zero,
    several,
    share,
    whole,
)

LEAST_DISTRICTS, MOST_DISTRICTS = 2, 256
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")  # of a district, which is the name of a folder and of a resource
FORM = "give NAME=SCENARIO, or NAME=INTERSECTION+INTERSECTION with a scenario that all districts divide"


@dataclass(frozen=True)
class District:
    """The name of a district, and what it has."""

    name: str
    holds: str  # a scenario by name or file, or intersections of the common scenario, joined by +

    @property
    def resource(self) -> str:
        """The custom resource of ray that stands for the district's own machine."""
        return f"district_{self.name}"


@dataclass(frozen=True)
class Federation:
    """The districts and the terms of a federated training. Each field carries its help text and its range.

    Raises:
        UsageError: a value is out of its range, or choices exclude each other.
    """

    districts: tuple[str, ...] = several(
        "District that trains where its data is, as NAME=SCENARIO. With a SCENARIO of the command itself, the "
        "districts divide its intersections: NAME=INTERSECTION+INTERSECTION, where * stands for any text. Give it for "
        "each district.",
        "NAME=WHAT",
    )
    average_every: int = whole(
        5, "Iterations of each district between two averages, which are one round.", "N", most=10_000
    )
    update_clip: float | None = optional_above_zero(
        "Largest norm of all weights' change that a district sends in a round.", "NORM", "no bound"
    )
    noise: float | None = optional_above_zero(
        "Deviation of the Gaussian noise that a district adds to each weight's change, as a multiple of --update-clip.",
        "Z",
        "no noise",
    )
    delta: float = share(1e-5, "Probability with which the privacy of --noise may fail, its delta.", "D")
    divides: bool = described(
        False, Description("Whether the districts divide the intersections of one scenario.", "", bool, boolean)
    )

    def __post_init__(self) -> None:
        check_fields(self)
        members = self.members
        if not LEAST_DISTRICTS <= len(members) <= MOST_DISTRICTS:
            what = f"{len(members)} districts make no federation"
            raise UsageError("districts", what, f"give {LEAST_DISTRICTS} to {MOST_DISTRICTS}")
        for name, count in Counter(each.name.lower() for each in members).items():
            if count > 1:
                raise UsageError("districts", f"{name} is given {count} times", "give each district a name of its own")
        if self.noise is not None and self.update_clip is None:
            raise UsageError("noise", "it is a multiple of the bound of updates, and there is none", "give a bound too")
        if not 0.0 < self.delta < 1.0:
            raise UsageError("delta", f"{self.delta:g} is out of range", "give a probability between 0 and 1")

    @property
    def members(self) -> tuple[District, ...]:
        """The districts, in the order in which they were given.

        Raises:
            UsageError: one is not written as NAME=WHAT.
        """
        return tuple(map(_district, self.districts))

    @property
    def traffic(self) -> str:
        """The districts in words."""
        return f"the districts {', '.join(district.name for district in self.members)}"

    @property
    def privacy(self) -> Privacy | None:
        """The privacy that the noise gives. None without noise."""
        return None if self.noise is None else Privacy(self.noise, self.delta)

    def to_json(self) -> dict[str, Any]:
        """The federation as plain values for `from_json`."""
        return asdict(self) | {"districts": list(self.districts)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The federation from plain values.

        Raises:
            TypeError, UsageError: a value is unknown or wrong.
        """
        return cls(**values)


def divided(federation: Federation, intersections: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The intersections of each district by number, if they divide a scenario.

    Args:
        federation: whose districts name intersections.
        intersections: names of all intersections of the scenario.

    Raises:
        UsageError: a name is unknown, or an intersection is in no district or in several.
    """
    owner: dict[str, str] = {}
    for district in federation.members:
        for name in _named(district, intersections):
            other = owner.setdefault(name, district.name)
            if other != district.name:
                what = f"{name} is in {other} and in {district.name}"
                raise UsageError("districts", what, "leave it out of one")
    missing = [name for name in intersections if name not in owner]
    if missing:
        what = f"{len(missing)} intersections are in no district, such as {missing[0]}"
        raise UsageError("districts", what, "add them to a district")
    return {
        district.name: tuple(n for n, name in enumerate(intersections) if owner[name] == district.name)
        for district in federation.members
    }


def _named(district: District, intersections: Sequence[str]) -> list[str]:
    """The intersections that a district names, each once.

    Raises:
        UsageError: one is unknown.
    """
    found: dict[str, None] = {}
    for pattern in district.holds.split("+"):
        pattern = pattern.strip()
        matching = [name for name in intersections if name == pattern or fnmatchcase(name, pattern)]
        if not matching:
            what = f"{district.name} has {shown(pattern)}, which is no intersection of the scenario"
            raise UsageError("districts", what, suggest_of_many(pattern, intersections))
        found |= dict.fromkeys(matching)
    return list(found)


def _district(text: str) -> District:
    """The district written as NAME=WHAT.

    Raises:
        UsageError: the text is written otherwise.
    """
    name, equals, holds = (part.strip() for part in text.partition("="))
    if not equals or not holds:
        raise UsageError("districts", f"{shown(text)} names no district", FORM)
    if NAME.fullmatch(name) is None:
        what = f"{shown(name)} is no name of a district"
        raise UsageError("districts", what, "give up to 40 letters, digits, _ and -, with a letter first")
    return District(name, holds)
