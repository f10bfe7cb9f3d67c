"""Degradations run, as tables, CSV, JSON and pictures."""

import csv
import io
import json
from dataclasses import dataclass

import numpy as np
import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl import compare
from traffic_marl.comparison.robustness.degradation import degrade
from traffic_marl.comparison.robustness.export import degradation_to_csv, degradation_to_json
from traffic_marl.comparison.robustness.plots import plot_degradation
from traffic_marl.comparison.robustness.table import METHOD, render_degradation
from traffic_marl.errors import StrategyError
from traffic_marl.strategies import BaseStrategy

SHORT = scenario(duration_s=200, clearing_s=60)
STRATEGIES = ["longest_queue", "fixed_time"]


@pytest.fixture(scope="module")
def found():
    shares = []
    result = degrade(
        SHORT,
        "blind=1,incident=road_1_1_E:0:200",
        STRATEGIES,
        range(2),
        steps=1,
        progress=lambda label, share: shares.append(share),
    )
    assert shares == sorted(shares)
    assert shares[-1] <= 1.0
    return result


def test_each_severity_is_an_ordinary_comparison(found):
    blind, incident, together = found.series
    plain = compare(SHORT, STRATEGIES, range(2))
    for series in found.series:
        first = series.comparisons[0].row("fixed_time").measures.mean_delay
        assert np.array_equal(first, plain.row("fixed_time").measures.mean_delay)
    last = compare(incident.comparisons[1].scenario, STRATEGIES, range(2))
    for label in STRATEGIES:
        own = incident.comparisons[1].row(label).measures.mean_delay
        assert np.array_equal(own, last.row(label).measures.mean_delay)
    assert together.comparisons[1].scenario.sensors.blind_share == 1
    assert together.comparisons[1].scenario.incidents == incident.comparisons[1].scenario.incidents
    assert blind.comparisons[1].scenario.incidents == ()


def test_the_same_scenario_runs_once(found):
    assert len({id(series.comparisons[0]) for series in found.series}) == 1


def test_a_plan_by_the_clock_does_not_mind_blind_detectors(found):
    delays = [each.row("fixed_time").measures.mean_delay for each in found.series[0].comparisons]
    assert np.array_equal(*delays)


def test_a_table_has_a_column_for_each_value(found):
    tables = render_degradation(found)
    assert len(tables) == 3
    assert [column.head for column in tables[0].columns] == ["strategy", "0\n[s/veh]", "1\n[s/veh]"]
    assert tables[0].title.endswith("Mean delay by share of the lanes whose detectors see nobody")
    assert tables[1].title.endswith("Mean delay by closure of road_1_1_E from second 0 of the demand on [s]")
    assert [row[0] for row in tables[0].rows] == list(found.series[0].labels)
    assert tables[-1].notes[-1] == METHOD
    assert METHOD not in tables[0].notes
    assert any("Signals keep" in note for note in render_degradation(found, explain=True)[-1].notes)


def test_csv_has_a_line_for_each_run_with_its_perturbation(found):
    lines = list(csv.DictReader(io.StringIO(degradation_to_csv(found))))
    assert len(lines) == 3 * 2 * 2 * 2
    assert [lines[0][head] for head in ("perturbation", "value", "strategy")][:2] == ["blind", "0.0"]
    some = [line for line in lines if line["perturbation"].startswith("incident") and line["value"] == "200.0"]
    assert len(some) == 4
    assert {line["unit"] for line in some} == {"s"}


def test_json_has_each_comparison_and_the_turns(found):
    content = json.loads(degradation_to_json(found))
    blind = content["perturbations"][0]
    assert (blind["perturbation"], blind["values"]) == ("blind", [0.0, 1.0])
    assert len(blind["comparisons"][1]["runs"]) == 4
    assert isinstance(blind["turns"], list)


def picture(found, folder):
    """The text of a picture, with the letters as they are read."""
    matplotlib = pytest.importorskip("matplotlib")
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        plot_degradation(found, folder / "a.svg")
    return (folder / "a.svg").read_text()


def test_a_picture_is_drawn(found, tmp_path):
    assert picture(found, tmp_path).count('id="axes_') == 3


@dataclass(frozen=True)
class Trusting(BaseStrategy):
    """Gives up where detectors may be blind."""

    def start(self, conditions):
        if conditions.unnoticed:
            raise StrategyError("Trusting", "cannot do without detectors", "mend them")
        return lambda readings: np.zeros_like(readings.phase)


def test_a_strategy_that_fails_at_one_value_is_left_out_of_its_series_and_told(tmp_path):
    failures = []
    given = (SHORT, "blind=1,stale=2", [Trusting(), "fixed_time"], range(2))
    found = degrade(*given, steps=1, on_failure=failures.append)
    again = degrade(SHORT, "stale=2", ["fixed_time"], np.arange(2), steps=1)
    assert again.seeds == (0, 1)
    blind, stale, together = found.series
    assert (blind.labels, together.labels) == (("fixed_time",), ("fixed_time",))
    assert set(stale.labels) == {"Trusting", "fixed_time"}
    assert {failure.label for failure in failures} == {"Trusting"}
    assert [row[0] for row in render_degradation(found)[0].rows] == ["fixed_time"]
    text = picture(found, tmp_path)
    assert (text.count('id="axes_'), "Trusting" in text) == (3, True)
    with pytest.raises(StrategyError, match="Trusting: cannot do without detectors; mend them"):
        degrade(*given, steps=1)
