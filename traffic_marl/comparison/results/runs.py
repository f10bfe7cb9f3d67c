"""Files of finished runs: some seeds of one strategy in one simulator."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.comparison.results.scope import FORMAT, checked_count, checked_text, optional_seconds
from traffic_marl.errors import FileError
from traffic_marl.files import damage, read_object, replace_text
from traffic_marl.measures import Measures
from traffic_marl.rollout import RunRecord

RUNS = "runs"  # folder in a results folder
LONGEST_STEM = 60  # [characters] of the part of a file's name that tells the strategy
DIGITS = 16  # hexadecimal, of the digest in a file's name
PLAIN = (float, int, bool, type(None))  # values of measures
REMEDY = "remove this file, and the same comparison makes its runs again"


@dataclass(frozen=True)
class Runs:
    """Finished runs of one strategy in one simulator."""

    identity: str  # of the strategy
    code: str  # that made them
    longest_wait: int | None  # [s] the strategy's own bound of waits, if it has one
    records: tuple[RunRecord, ...]  # at least one


def write_runs(folder: Path, runs: Runs) -> str:
    """Writes runs to a file of their own in a results folder, and gives its name. Equal runs have equal names.

    Raises:
        FileError: it cannot be written.
    """
    text = json.dumps(_to_json(runs), indent=1, allow_nan=False) + "\n"
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", runs.records[0].strategy)[:LONGEST_STEM].strip("._") or "strategy"
    name = f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}.json"
    replace_text(folder / RUNS / name, None, text)
    return name


def read_runs(folder: Path, name: str) -> Runs:
    """The runs in a file of a results folder.

    Raises:
        FileError: it is damaged.
    """
    place = f"{RUNS}/{name}"
    content = read_object(folder, place)
    try:
        return _from_json(content)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise damage(folder, place, "holds no runs", REMEDY) from error


def names_of_runs(folder: Path) -> list[str]:
    """The names of the files of runs in a results folder, sorted. Drafts are left out.

    Raises:
        FileError: the folder cannot be read.
    """
    try:
        entries = sorted((folder / RUNS).iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise FileError(str(folder), f"cannot be read: {error.strerror or error}", "use a copy") from error
    return [each.name for each in entries if each.suffix == ".json" and not each.name.startswith(".")]


def measures_of(records: Sequence[RunRecord]) -> Measures:
    """The measures of several runs as a batch. A measure that older runs lack is nan."""
    columns: dict[str, Any] = {}
    for field in fields(Measures):
        values = [record.measures.get(field.name) for record in records]
        known = [nan if value is None else value for value in values]
        columns[field.name] = np.array(known, _kind(known))
    return Measures(**columns)


def _kind(values: Sequence[float | int | bool]) -> type[np.generic]:
    """The type of an array of measures: as `summarise` makes it."""
    if all(isinstance(value, bool) for value in values):
        return np.bool_
    return np.int32 if all(isinstance(value, int) for value in values) else np.float64


def _to_json(runs: Runs) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "identity": runs.identity,
        "code": runs.code,
        "longest_wait_s": runs.longest_wait,
        "runs": [asdict(record) for record in runs.records],
    }


def _from_json(content: Mapping[str, Any]) -> Runs:
    if content["format"] != FORMAT:
        raise ValueError("of another version of the program")
    records = tuple(map(_record, content["runs"]))
    if len({(each.scenario_hash, each.strategy, each.interval, each.simulator) for each in records}) != 1:
        raise ValueError("no runs, or runs of several strategies")
    identity, code = checked_text(content["identity"]), checked_text(content["code"])
    return Runs(identity, code, optional_seconds(content["longest_wait_s"]), records)


def _record(content: Mapping[str, Any]) -> RunRecord:
    """A run, as `asdict` wrote it."""
    texts = {name: checked_text(content[name]) for name in ("scenario", "scenario_hash", "strategy", "version")}
    counts = {name: checked_count(content[name]) for name in ("interval", "horizon", "seed")}
    measures = dict(content["measures"].items())
    for name, value in measures.items():
        if not isinstance(name, str) or not isinstance(value, PLAIN):
            raise ValueError(f"{name} is not a measure")
    return RunRecord(**texts, **counts, measures=measures, simulator=checked_text(content["simulator"]))  # type: ignore[arg-type]
