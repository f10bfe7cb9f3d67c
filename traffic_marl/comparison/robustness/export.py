"""A degradation as CSV, one line a run, and as JSON with its turns."""

import csv
import io
import json
from dataclasses import asdict
from typing import Any

from traffic_marl.comparison.export import to_csv, to_json
from traffic_marl.comparison.robustness.degradation import Degradation, Series
from traffic_marl.comparison.robustness.turns import turns
from traffic_marl.version import __version__

HEADS = ("perturbation", "value", "unit")


def degradation_to_csv(found: Degradation) -> str:
    """The lines of `to_csv` for each series and value, with three columns before them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for place, series in enumerate(found.series):
        for number, (value, comparison) in enumerate(zip(series.values, series.comparisons, strict=True)):
            head, *lines = csv.reader(io.StringIO(to_csv(comparison)))
            if place == number == 0:
                writer.writerow([*HEADS, *head])
            writer.writerows([series.name, repr(value), series.unit, *line] for line in lines)
    return text.getvalue()


def degradation_to_json(found: Degradation) -> str:
    """Each series with its turns and the comparison at each value."""
    content = {
        "scenario": found.scenario.name,
        "simulator": found.simulator,
        "version": __version__,
        "seeds": found.seeds,
        "perturbations": [_json_series(series) for series in found.series],
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def _json_series(series: Series) -> dict[str, Any]:
    return {
        "perturbation": series.name,
        "value_is": series.text,
        "unit": series.unit,
        "values": series.values,
        "turns": [asdict(turn) for turn in turns(series)],
        "comparisons": [json.loads(to_json(comparison)) for comparison in series.comparisons],
    }
