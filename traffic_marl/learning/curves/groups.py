"""Groups of runs that differ in nothing but the seed of their training."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os.path import basename
from typing import Any

from traffic_marl.learning.curves.reading import Validated

SEED = re.compile(r"[_.-]*(seed)?[_.-]*[0-9]*$")  # the end of the name of a run that tells its seed
MOST_NAMED = 3  # settings in the name of a group


@dataclass(frozen=True, eq=False)
class Group:
    """Runs with the same settings and the same validation."""

    name: str  # of the only run, or what the names of the runs share, or the algorithm and settings that differ
    traffic: str  # that they were validated on, in words
    identity: tuple[str, ...]  # of that traffic
    runs: tuple[Validated, ...]  # by seed of their training


def grouped(runs: Iterable[Validated]) -> list[Group]:
    """The groups of runs, in the order in which their first runs are given."""
    found: dict[str, list[Validated]] = {}
    for run in runs:
        found.setdefault(json.dumps([run.identity, run.settings], sort_keys=True), []).append(run)
    members = list(found.values())
    return [
        Group(name, group[0].traffic, group[0].identity, tuple(sorted(group, key=lambda run: run.seed)))
        for name, group in zip(_names(members), members, strict=True)
    ]


def _names(groups: Sequence[Sequence[Validated]]) -> list[str]:
    """A name for each group, all different."""
    names = [_shared_name(group) for group in groups]
    if any(not basename(name) for name in names) or len(set(names)) < len(names):
        differing = _differing([group[0] for group in groups])
        names = [_told_settings(group[0], differing) for group in groups]
    before = (names[:place].count(name) for place, name in enumerate(names))
    return [f"{name} ({count + 1})" if count else name for name, count in zip(names, before, strict=True)]


def _shared_name(group: Sequence[Validated]) -> str:
    """The name of a single run, or the beginning that the names of several share, without their seeds."""
    if len(group) == 1:
        return group[0].name
    first, last = min(run.name for run in group), max(run.name for run in group)
    shared = next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return SEED.sub("", first[:shared])


def _differing(runs: Sequence[Validated]) -> list[str]:
    """Names of the settings in which some of the runs differ, the algorithm left out."""
    names = dict.fromkeys(name for run in runs for name in run.settings)
    return [
        name
        for name in names
        if name != "algorithm" and len({json.dumps(run.settings.get(name), sort_keys=True) for run in runs}) > 1
    ]


def _told_settings(run: Validated, differing: Sequence[str]) -> str:
    """The algorithm, and the values of the first settings in which runs differ."""
    values = [f"{name}={_written(run.settings.get(name))}" for name in differing[:MOST_NAMED]]
    more = ["..."] if len(differing) > MOST_NAMED else []
    return " ".join([str(run.settings["algorithm"]), *values, *more])


def _written(value: Any) -> str:
    """A value of a setting as short text."""
    if isinstance(value, list):
        return ",".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ",".join(f"{name}:{each}" for name, each in value.items() if each is not None) or "none"
    return "default" if value is None else str(value)
