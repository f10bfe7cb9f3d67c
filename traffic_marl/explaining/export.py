"""An explanation as CSV and JSON."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from traffic_marl.comparison.statistics import Estimate, estimate
from traffic_marl.explaining.explanation import Explanation
from traffic_marl.explaining.handover import Handover
from traffic_marl.explaining.neighbours import Worth
from traffic_marl.version import __version__

HEAD = (
    "scenario",
    "strategy",
    "seed",
    "time_s",
    "intersection",
    "had_choice",
    "delay_veh_s",
    "saved_veh_s",
    "regret_veh_s",
    "best_delay_veh_s",
)


def to_csv(found: Explanation) -> str:
    """One line for each intersection at each moment of each seed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    for seed, row in zip(found.seeds, found.decisions, strict=True):
        for each in row:
            for n, name in enumerate(found.intersections):
                values = (each.cost, each.saved[n], each.regret[n], each.best)
                numbers = (repr(float(value)) for value in values)
                place = (found.scenario.name, found.strategy.label, seed, each.time, name)
                writer.writerow((*place, int(each.could[n]), *numbers))
    return out.getvalue()


def to_json(found: Explanation, worth: Worth, handed: Handover | None) -> str:
    """All means with their intervals, with a line end."""
    names = found.intersections
    others = {"neighbours": _of_worth(worth), "handover": None if handed is None else _of_handover(handed, names)}
    return json.dumps(_of_decisions(found) | others, indent=1, allow_nan=False) + "\n"


def _of_worth(worth: Worth) -> dict[str, Any]:
    return {
        "held": list(worth.held),
        "mean_delay_s": numbers(estimate(worth.delay)),
        "mean_delay_without_s": numbers(estimate(worth.without)),
        "saved_s": numbers(estimate(worth.saved)),
    }


def _of_handover(handed: Handover, names: Sequence[str]) -> dict[str, Any]:
    return {
        "other": handed.other,
        "other_interval_s": handed.interval,
        "mean_delay_s": numbers(estimate(handed.delay)),
        "mean_delay_other_s": numbers(estimate(handed.other_delay)),
        "not_explained_s": numbers(estimate(handed.not_explained)),
        "saved_s": {name: numbers(estimate(handed.saved[:, n])) for n, name in enumerate(names)},
    }


def _of_decisions(found: Explanation) -> dict[str, Any]:
    saved, regret = found.per_choice("saved"), found.per_choice("regret")
    return {
        "version": __version__,
        "scenario": found.scenario.name,
        "scenario_hash": found.scenario.hash(),
        "strategy": found.strategy.label,
        "interval_s": found.interval,
        "seeds": list(found.seeds),
        "times_s": [[each.time for each in row] for row in found.decisions],
        "ahead_s": found.ahead,
        "rivals": list(found.rivals),
        "delay_veh_s": numbers(estimate(found.by_seed("cost"))),
        "best_delay_veh_s": numbers(estimate(found.by_seed("best"))),
        "gain_share": numbers(estimate(found.gain())),
        "saved_sum_veh_s": numbers(estimate(found.by_seed("saved").sum(axis=1))),
        "saved_together_veh_s": numbers(estimate(found.by_seed("together"))),
        "not_explained_veh_s": numbers(estimate(found.by_seed("not_explained"))),
        "best_kinds": [[each.best_kind for each in row] for row in found.decisions],
        "intersections": [
            {
                "name": name,
                "saved_veh_s": numbers(estimate(saved[:, n])),
                "regret_veh_s": numbers(estimate(regret[:, n])),
            }
            for n, name in enumerate(found.intersections)
        ],
    }


def numbers(value: Estimate) -> dict[str, float | int | None]:
    """A mean with the half width of its interval, None where there is none."""
    mean = None if np.isnan(value.mean) else value.mean
    return {"mean": mean, "half_width": value.half_width, "seeds": value.seeds}
