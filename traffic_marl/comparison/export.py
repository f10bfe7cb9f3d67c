"""A comparison as CSV, one line a run, and as JSON with its statistics."""

import csv
import io
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from traffic_marl.comparison.comparison import Comparison, Row
from traffic_marl.comparison.explanation import explanation
from traffic_marl.comparison.outcomes import Failure
from traffic_marl.comparison.statistics import CONFIDENCE, Estimate, mean_over_seeds
from traffic_marl.measures import DEFINITIONS
from traffic_marl.version import __version__


def to_csv(*comparisons: Comparison) -> str:
    """One line for each simulator, strategy and seed: every measure under its name and unit."""
    heads = ["scenario", "scenario_hash", "strategy", "interval [s]", "seed"]
    heads += [f"{name} [{definition.unit}]" for name, definition in DEFINITIONS.items()]
    heads.append("simulator")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    for record in (record for comparison in comparisons for row in comparison.rows for record in row.records):
        keys = (record.scenario, record.scenario_hash, record.strategy, record.interval, record.seed)
        values = (_csv_value(record.measures[name]) for name in DEFINITIONS)
        writer.writerow([*keys, *values, record.simulator])
    return text.getvalue()


def to_json(comparison: Comparison) -> str:
    """The comparison with its statistics, every run, and every definition."""
    content = {
        "scenario": comparison.scenario.name,
        "simulator": comparison.simulator,
        "version": __version__,
        "seeds": comparison.seeds,
        "horizon_s": comparison.horizon,
        "confidence": CONFIDENCE,
        "reference": comparison.reference,
        "strategies": [_json_row(row) for row in comparison.rows],
        "failures": [_json_failure(failure) for failure in comparison.failures],
        "runs": [asdict(record) for row in comparison.rows for record in row.records],
        "definitions": {name: asdict(definition) for name, definition in DEFINITIONS.items()},
        "notes": explanation(comparison),
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def _json_row(row: Row) -> dict[str, Any]:
    return {
        "strategy": row.label,
        "interval_s": row.interval,
        "own_bound_of_waits_s": row.longest_wait,
        "origin": None if row.origin is None else asdict(row.origin),
        "ranks": None if row.standing is None else [row.standing.first, row.standing.last],
        "tied_with_best": None if row.standing is None else row.standing.is_tied_with_best,
        "mean_delay": json_estimate(row.delay),
        "difference_to_reference": None if row.difference is None else json_estimate(row.difference),
        "verdict": None if row.verdict is None else row.verdict.value,
        "means": {name: _json_number(mean_over_seeds(values)) for name, values in row.measures},
    }


def _json_failure(failure: Failure) -> dict[str, Any]:
    return {"strategy": failure.label, "seeds": failure.seeds, "error": str(failure.error)}


def json_estimate(value: Estimate) -> dict[str, float | int | None]:
    """A mean with half of its interval, as JSON holds it."""
    return {"mean": _json_number(value.mean), "half_width": value.half_width, "seeds": value.seeds}


def _json_number(value: float) -> float | None:
    return None if np.isnan(value) else value


def _csv_value(value: float | int | bool | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else repr(value)
