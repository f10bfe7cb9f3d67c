"""Trials of a search, and the record of a search as a file that stands for the best strategy found.

format               version of this form
strategy             strategy with the best parameters, as `compare` takes it. It is `plan` if a plan was tuned.
plan                 rows of the best plan, with the columns of a plan file, or null
base                 strategy as it was given to the search
scenario, scenario_hash
seeds                validation seeds
ranges               parameters and values that were tried
method               of the search
code                 digest of the program's code that made the trials
seconds              [s] of work so far
trials               each with `parameters`, `delays_s` (one a seed, null without vehicles, or null if the strategy
                     cannot be run so) and `hours`, the simulation it took [h] times intersections
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from traffic_marl.errors import FileError, one_line
from traffic_marl.files import replace_text
from traffic_marl.files.sealed import LARGEST_TEXT, object_in
from traffic_marl.reading import read_bytes

FORMAT = 1
LARGEST = 2**53  # of a delay
REMEDY = "give a file that tune has written"

Parameters = dict[str, int | float | str]


@dataclass(frozen=True)
class Trial:
    """One set of parameters, and the mean delay [s/veh] on each seed. None if the strategy cannot be run with it."""

    parameters: Parameters
    delays_s: tuple[float | None, ...] | None  # None on a seed without vehicles
    hours: float  # [h] simulated, times intersections

    @property
    def delay(self) -> float | None:
        """[s/veh] mean over the seeds that have vehicles. None if there is none."""
        known = [delay for delay in self.delays_s or () if delay is not None]
        return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class Search:
    """All of a search but its trials. Two searches with equal ones may be joined."""

    base: str
    scenario: str
    scenario_hash: str
    seeds: tuple[int, ...]
    ranges: dict[str, str]  # in words, by parameter
    method: str
    code: str
    interval: int | None = None  # [s] between decisions, as the scenario states it


@dataclass(frozen=True)
class Study:
    """A search with its trials so far."""

    search: Search
    trials: tuple[Trial, ...] = ()
    seconds: float = 0.0  # [s] of work

    @property
    def best(self) -> Trial | None:
        """The trial with the least delay, and of equal ones the first. None if no trial could be run."""
        usable = [each for each in self.trials if each.delay is not None]
        return min(usable, key=lambda each: each.delay or 0.0, default=None)

    @property
    def hours(self) -> float:
        """[h] simulated in all trials, times intersections."""
        return sum(each.hours for each in self.trials)

    def with_trial(self, trial: Trial, seconds: float) -> Self:
        """The study after one more trial, which took some seconds."""
        return replace(self, trials=(*self.trials, trial), seconds=self.seconds + seconds)

    def known(self, parameters: Parameters) -> Trial | None:
        """The trial of these parameters, if there was one."""
        return next((each for each in self.trials if each.parameters == parameters), None)


@dataclass(frozen=True)
class Record:
    """The content of a file: a study, and the strategy that stands for its best trial."""

    study: Study
    strategy: str
    plan: tuple[dict[str, str | float], ...] | None = None


def write_record(path: Path, record: Record, flag: str | None = None) -> None:
    """Writes a record. An existing file is replaced at the end only.

    Raises:
        FileError: it cannot be written.
    """
    study = record.study
    content = {
        "format": FORMAT,
        "strategy": record.strategy,
        "plan": record.plan,
        **asdict(study.search),
        "seconds": study.seconds,
        "trials": [asdict(each) for each in study.trials],
    }
    replace_text(path, flag, json.dumps(content, indent=1, allow_nan=False) + "\n")


def read_record(path: Path) -> Record:
    """The record in a file. Nothing in it is believed or executed.

    Raises:
        FileError: it cannot be read, or holds something else.
    """
    content = read_bytes(path, REMEDY, LARGEST_TEXT)
    try:
        return _record(object_in(content))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise FileError(one_line(path), "is no record of a search for parameters, or is damaged", REMEDY) from error


def _record(content: Mapping[str, Any]) -> Record:
    if content["format"] != FORMAT:
        raise ValueError("of another version of the program")
    texts = {name: _text(content[name]) for name in ("base", "scenario", "scenario_hash", "method", "code")}
    seeds = tuple(_number(seed, int) for seed in content["seeds"])
    ranges = {_text(name): _text(value) for name, value in content["ranges"].items()}
    stated = content.get("interval")
    interval = None if stated is None else _number(stated, int)
    search = Search(**texts, seeds=seeds, ranges=ranges, interval=interval)
    trials = tuple(_trial(each, len(seeds)) for each in content["trials"])
    plan = content["plan"]
    rows = None if plan is None else tuple({_text(key): _plain(each) for key, each in row.items()} for row in plan)
    study = Study(search, trials, _number(content["seconds"], float))
    if not seeds or study.best is None:
        raise ValueError("no trial that could be run")
    return Record(study, _text(content["strategy"]), rows)


def _trial(content: Mapping[str, Any], seeds: int) -> Trial:
    delays = content["delays_s"]
    numbers = None if delays is None else tuple(map(_delay, delays))
    if numbers is not None and len(numbers) != seeds:
        raise ValueError("delays of other seeds")
    parameters = {_text(name): _plain(value) for name, value in content["parameters"].items()}
    return Trial(parameters, numbers, _number(content["hours"], float))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} is not a text")
    return value


def _number(value: Any, kind: type[Any]) -> Any:
    if isinstance(value, bool) or not isinstance(value, int if kind is int else int | float) or value < 0:
        raise ValueError(f"{value!r} is not a number")
    return kind(value)


def _delay(value: Any) -> float | None:
    """A mean delay [s/veh], which may lie a little below 0 on a free road. None where no vehicle departs."""
    if value is None:
        return None
    if type(value) not in (int, float) or not -LARGEST <= value <= LARGEST:
        raise ValueError(f"{value!r} is no delay")
    return float(value)


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is no value of a parameter")
    return value
