"""A comparison as rows of text, as CSV and as JSON; the words around the numbers say what they mean."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from traffic_marl.comparison.comparison import Comparison, Row
from traffic_marl.comparison.rules import rules
from traffic_marl.comparison.statistics import CONFIDENCE, Estimate, Standing, Verdict, estimate
from traffic_marl.measures import DEFINITIONS
from traffic_marl.version import __version__

NOTHING = "-"
PERCENT = f"{CONFIDENCE:.0%}".replace("%", " %")


@dataclass(frozen=True)
class Table:
    """A table as plain text: a title, heads and cells, and the notes that belong under it."""

    title: str
    heads: tuple[str, ...]  # with line breaks where they may be broken
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    key: int = 0  # column that names a row
    split: int | None = None  # column with which a second table begins where one is too wide


def render(comparison: Comparison) -> Table:
    """The comparison as text, least mean delay first."""
    interval = f"\n+- {PERCENT}" if len(comparison.seeds) > 1 else ""
    heads = (
        "rank",
        "strategy",
        "every\n[s]",
        f"mean delay{interval}\n[s/veh]",
        f"less that of\n{comparison.reference}{interval}\n[s/veh]",
        "verdict",
        "travel time\n[s/veh]",
        "stops\n[1/veh]",
        "throughput\n[veh/h]",
        "unserved\n[veh]",
        "longest wait\n[s]",
    )
    rows = tuple(_cells(row) for row in comparison.rows)
    return Table(_title(comparison), heads, rows, _notes(comparison), key=1, split=6)


def to_csv(comparison: Comparison) -> str:
    """One line a strategy and seed: every measure under its name and unit."""
    heads = ["scenario", "scenario_hash", "strategy", "interval [s]", "seed"]
    heads += [f"{name} [{definition.unit}]" for name, definition in DEFINITIONS.items()]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    for row in comparison.rows:
        for record in row.records:
            keys = (record.scenario, record.scenario_hash, record.strategy, record.interval, record.seed)
            writer.writerow([*keys, *(_csv_value(record.measures[name]) for name in DEFINITIONS)])
    return text.getvalue()


def to_json(comparison: Comparison) -> str:
    """The comparison with its statistics, every run, and every definition."""
    content = {
        "scenario": comparison.scenario.name,
        "version": __version__,
        "seeds": comparison.seeds,
        "horizon_s": comparison.horizon,
        "confidence": CONFIDENCE,
        "reference": comparison.reference,
        "strategies": [_json_row(row) for row in comparison.rows],
        "runs": [asdict(record) for row in comparison.rows for record in row.records],
        "definitions": {name: asdict(definition) for name, definition in DEFINITIONS.items()},
        "notes": _notes(comparison),
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def _title(comparison: Comparison) -> str:
    seeds = comparison.seeds
    named = f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]})"
    return f"{comparison.scenario.name}: {len(comparison.rows)} strategies, {named}, {comparison.horizon} s of demand"


def _cells(row: Row) -> tuple[str, ...]:
    measures = row.measures
    return (
        _rank(row.standing),
        row.label,
        str(row.interval),
        _with_interval(row.delay, ".1f"),
        "reference" if row.difference is None else _with_interval(row.difference, "+.1f"),
        NOTHING if row.verdict in (None, Verdict.UNKNOWN) else row.verdict.value,
        _number(_mean(measures.mean_travel_time), ".1f"),
        _number(_mean(measures.stops), ".2f"),
        _number(_mean(measures.throughput), ".0f"),
        _number(_mean(measures.unserved), ".1f") + (" gridlock" if measures.gridlock.any() else ""),
        str(int(measures.longest_wait.max(initial=0))),
    )


def _rank(standing: Standing | None) -> str:
    if standing is None:
        return NOTHING
    if standing.first == standing.last:
        return str(standing.first)
    return f"{standing.first}-{standing.last}"


def _with_interval(value: Estimate, style: str) -> str:
    if value.half_width is None:
        return _number(value.mean, style)
    return f"{value.mean:{style}} +- {value.half_width:.1f}"


def _number(value: float, style: str) -> str:
    return NOTHING if np.isnan(value) else f"{value:{style}}"


def _mean(values: NDArray[Any]) -> float:
    return estimate(values.astype(np.float64)).mean


def _notes(comparison: Comparison) -> tuple[str, ...]:
    """The rules everybody met, and what the columns mean as far as these numbers allow."""
    return (
        rules(comparison.scenario),
        "every: time between two decisions; strategies that watch each second decide each second; --interval does not "
        "change them",
        f"mean delay: {DEFINITIONS['mean_delay'].text}",
        *_notes_on_confidence(comparison),
        "travel time, stops, throughput, unserved: means over the seeds; longest wait: the longest of any seed",
    )


def _notes_on_confidence(comparison: Comparison) -> Iterator[str]:
    if len(comparison.seeds) < 2:
        yield "one run only: there is no interval and no verdict; what one run shows may be chance"
        return
    yield f"mean delay +-: {PERCENT} t interval over the seeds, for each strategy on its own"
    others = len(comparison.rows) - 1
    if others:
        yield (
            f"less that of {comparison.reference} +-: on the same traffic, seed by seed; t intervals that hold with "
            f"{PERCENT} for {'all ' if others > 1 else ''}{others} at once (Bonferroni); better and worse: zero lies "
            "outside; tie: inside"
        )
        yield (
            f"rank: lies within these with {PERCENT} for all strategies at once (all pairs compared, Bonferroni); "
            "a range from 1 on is tied with the best"
        )


def _json_row(row: Row) -> dict[str, Any]:
    return {
        "strategy": row.label,
        "interval_s": row.interval,
        "ranks": None if row.standing is None else [row.standing.first, row.standing.last],
        "tied_with_best": None if row.standing is None else row.standing.is_tied_with_best,
        "mean_delay": _json_estimate(row.delay),
        "difference_to_reference": None if row.difference is None else _json_estimate(row.difference),
        "verdict": None if row.verdict is None else row.verdict.value,
        "means": {name: _json_number(_mean(values)) for name, values in row.measures},
    }


def _json_estimate(value: Estimate) -> dict[str, float | int | None]:
    return {"mean": _json_number(value.mean), "half_width": value.half_width, "seeds": value.seeds}


def _json_number(value: float) -> float | None:
    return None if np.isnan(value) else value


def _csv_value(value: float | int | bool | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else repr(value)
