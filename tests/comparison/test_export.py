import csv
import io
import json

import numpy as np

from tests.helpers.made_up_comparison import comparison
from traffic_marl.comparison.export import to_csv, to_json
from traffic_marl.measures import DEFINITIONS

DELAYS = {"fixed_time": [60.0, 62, 58, 61], "max_pressure": [40.0, 43, 37, 40], "green_wave": [61.0, 61, 59, 60.5]}


def test_csv_has_one_line_a_run_with_every_measure():
    lines = list(csv.DictReader(io.StringIO(to_csv(comparison(DELAYS, "fixed_time")))))
    assert len(lines) == 12
    assert [line["seed"] for line in lines[:4]] == ["0", "1", "2", "3"]
    assert [float(line["mean_delay [s/veh]"]) for line in lines[:4]] == DELAYS["max_pressure"]
    measures = [f"{name} [{definition.unit}]" for name, definition in DEFINITIONS.items()]
    assert list(lines[0])[5:] == [*measures, "simulator"]
    assert {line["simulator"] for line in lines} == {"own"}
    assert {line["gridlock [yes/no]"] for line in lines} == {"no"}


def test_unknown_numbers_are_empty_in_csv_and_null_in_json():
    nothing = comparison({"random": [np.nan]}, "random")
    (line,) = csv.DictReader(io.StringIO(to_csv(nothing)))
    assert line["mean_delay [s/veh]"] == ""
    content = json.loads(to_json(nothing))
    assert content["strategies"][0]["mean_delay"] == {"mean": None, "half_width": None, "seeds": 0}
    assert content["runs"][0]["measures"]["mean_delay"] is None


def test_json_holds_statistics_runs_and_definitions():
    content = json.loads(to_json(comparison(DELAYS, "fixed_time")))
    best, reference, _ = content["strategies"]
    assert (best["strategy"], best["ranks"], best["verdict"]) == ("max_pressure", [1, 1], "better")
    assert best["tied_with_best"]
    assert not reference["tied_with_best"]
    assert best["difference_to_reference"]["mean"] == np.mean(DELAYS["max_pressure"]) - np.mean(DELAYS["fixed_time"])
    assert reference["difference_to_reference"] is None
    assert len(content["runs"]) == 12
    assert content["definitions"].keys() == DEFINITIONS.keys()
    assert content["confidence"] == 0.95
