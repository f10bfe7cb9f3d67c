"""Groups of runs that differ in nothing but the seed of their training."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from traffic_marl.learning.curves.reading import Validated

ALGORITHM = "algorithm"


@dataclass(frozen=True, eq=False)
class Group:
    """Runs with the same settings and the same validation."""

    name: str  # the algorithm, and the settings in which groups differ
    traffic: str  # that they were validated on, in words
    identity: tuple[str, ...]  # of that traffic
    runs: tuple[Validated, ...]  # by seed of their training


def grouped(runs: Iterable[Validated]) -> list[Group]:
    """The groups of runs, in the order in which their first runs are given."""
    found: dict[str, list[Validated]] = {}
    for run in runs:
        found.setdefault(json.dumps([run.identity, run.settings], sort_keys=True), []).append(run)
    first = [members[0] for members in found.values()]
    differing = _differing(first)
    return [
        Group(
            _name(members[0], differing),
            members[0].traffic,
            members[0].identity,
            tuple(sorted(members, key=lambda run: run.seed)),
        )
        for members in found.values()
    ]


def _differing(runs: Sequence[Validated]) -> list[str]:
    """Names of the settings in which some of the runs differ, the algorithm left out."""
    names = dict.fromkeys(name for run in runs for name in run.settings)
    return [
        name
        for name in names
        if name != ALGORITHM and len({json.dumps(run.settings.get(name), sort_keys=True) for run in runs}) > 1
    ]


def _name(run: Validated, differing: Sequence[str]) -> str:
    """The algorithm, and the values of the settings in which runs differ."""
    values = [f"{name}={_written(run.settings.get(name))}" for name in differing]
    return " ".join([str(run.settings[ALGORITHM]), *values])


def _written(value: Any) -> str:
    """A value of a setting as short text."""
    if isinstance(value, list):
        return ",".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ",".join(f"{name}:{each}" for name, each in value.items() if each is not None) or "none"
    return "default" if value is None else str(value)
