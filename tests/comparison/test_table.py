import csv
import io
import json

import numpy as np

from tests.helpers.made_up_comparison import comparison
from traffic_marl.comparison.table import render, to_csv, to_json
from traffic_marl.measures import DEFINITIONS

DELAYS = {"fixed_time": [60.0, 62, 58, 61], "max_pressure": [40.0, 43, 37, 40], "green_wave": [61.0, 61, 59, 60.5]}


def one_line(head):
    return head.replace("\n", " ")


def cells(table, head):
    (column,) = [place for place, name in enumerate(table.heads) if one_line(name).startswith(head)]
    return [row[column] for row in table.rows]


def test_rows_say_rank_difference_and_verdict():
    table = render(comparison(DELAYS, "fixed_time"))
    assert cells(table, "strategy") == ["max_pressure", "fixed_time", "green_wave"]
    assert cells(table, "rank") == ["1", "2-3", "2-3"]
    assert cells(table, "verdict") == ["better", "-", "tie"]
    assert cells(table, "less that of fixed_time")[1] == "reference"
    assert cells(table, "less that of fixed_time")[0].startswith("-20.2 +- ")
    assert cells(table, "mean delay")[0].startswith("40.0 +- 3.9")


def test_every_number_names_unit_and_confidence():
    heads = [one_line(head) for head in render(comparison(DELAYS, "fixed_time")).heads]
    assert "mean delay +- 95 % [s/veh]" in heads
    assert "less that of fixed_time +- 95 % [s/veh]" in heads


def test_notes_say_for_how_many_comparisons_the_confidence_holds():
    notes = "\n".join(render(comparison(DELAYS, "fixed_time")).notes)
    assert "hold with 95 % for all 2 at once (Bonferroni)" in notes
    assert DEFINITIONS["mean_delay"].text in notes


def test_the_first_note_tells_the_rules_and_the_second_the_intervals():
    table = render(comparison(DELAYS, "fixed_time"))
    assert table.notes[0].startswith("rules for all: phases ")
    assert "--interval does not change them" in table.notes[1]


def test_one_seed_gets_no_interval_and_is_told_so():
    table = render(comparison({name: delays[:1] for name, delays in DELAYS.items()}, "fixed_time"))
    assert "mean delay\n[s/veh]" in table.heads
    assert cells(table, "mean delay") == ["40.0", "60.0", "61.0"]
    assert cells(table, "less that of fixed_time") == ["-20.0", "reference", "+1.0"]
    assert cells(table, "verdict") == ["-", "-", "-"]
    assert cells(table, "rank") == ["-", "-", "-"]
    assert any("one run only" in note for note in table.notes)
    assert "seed 0" in table.title


def test_no_traffic_prints_no_number():
    table = render(comparison({"fixed_time": [np.nan, np.nan], "random": [np.nan, np.nan]}, "fixed_time"))
    assert cells(table, "mean delay") == ["-", "-"]
    assert cells(table, "verdict") == ["-", "-"]


def test_gridlock_and_longest_wait_of_any_seed_show():
    table = render(comparison({"random": [1.0, 2.0]}, "random", gridlock=[False, True], longest_wait=[9, 7]))
    assert cells(table, "unserved") == ["5.0 gridlock"]
    assert cells(table, "longest wait") == ["9"]


def test_csv_has_one_line_a_run_with_every_measure():
    lines = list(csv.DictReader(io.StringIO(to_csv(comparison(DELAYS, "fixed_time")))))
    assert len(lines) == 12
    assert [line["seed"] for line in lines[:4]] == ["0", "1", "2", "3"]
    assert [float(line["mean_delay [s/veh]"]) for line in lines[:4]] == DELAYS["max_pressure"]
    assert list(lines[0])[5:] == [f"{name} [{definition.unit}]" for name, definition in DEFINITIONS.items()]
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
