from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.made_up_comparison import comparison
from traffic_marl.cli.layout import lay_out
from traffic_marl.comparison.table import render
from traffic_marl.measures import DEFINITIONS

DELAYS = {"fixed_time": [60.0, 62, 58, 61], "actuated": [40.0, 43, 37, 40], "green_wave": [61.0, 61, 59, 60.5]}
ONE_SEED = {name: delays[:1] for name, delays in DELAYS.items()}


def one_line(head):
    return head.replace("\n", " ")


def cells(table, head):
    (place,) = [place for place, column in enumerate(table.columns) if one_line(column.head).startswith(head)]
    return [row[place].strip() for row in table.rows]


def heads(table):
    return [one_line(column.head) for column in table.columns]


# The narrow table


def test_the_default_table_has_seven_columns_with_their_units():
    assert heads(render(comparison(DELAYS, "fixed_time"))) == [
        "rank",
        "strategy",
        "every/ change [s]",
        "mean delay [s/veh]",
        "difference to fixed_time [s/veh]",
        "stops [1/veh]",
        "unserved [veh]",
    ]


def test_rows_say_rank_and_difference_and_mark_what_is_significant():
    table = render(comparison(DELAYS, "fixed_time"))
    assert cells(table, "strategy") == ["actuated", "fixed_time", "green_wave"]
    assert cells(table, "rank") == ["1", "2-3", "2-3"]
    best, reference, tie = cells(table, "difference to fixed_time")
    assert best.startswith("-20.2 +- ")
    assert best.endswith(" *")
    assert reference == "reference"
    assert "*" not in tie
    assert cells(table, "mean delay")[0].startswith("40.0 +- 3.9")


def test_rows_say_interval_and_intergreen():
    table = render(comparison(DELAYS, "fixed_time"))
    assert cells(table, "every/") == ["5/5"] * 3


def test_the_own_bound_of_waits_of_a_strategy_is_told():
    plain = comparison(DELAYS, "fixed_time")
    rows = tuple(replace(each, longest_wait=90 if each.label == "actuated" else None) for each in plain.rows)
    told = "Own bound of the wait of a call for its green: 90 s for actuated."
    for explain in (False, True):
        assert told in render(replace(plain, rows=rows), explain=explain).notes
        assert not any("bound" in note for note in render(plain, explain=explain).notes)


def test_two_lines_below_tell_marks_and_flags():
    assert render(comparison(DELAYS, "fixed_time")).notes == (
        "+-: 95 % intervals. *: significant difference, all rows tested jointly.",
        "--explain defines the columns and the rules, --wide shows all columns.",
    )


def test_the_lines_below_the_wide_table_tell_of_its_columns_alone():
    assert render(comparison(DELAYS, "fixed_time"), wide=True).notes == (
        "+-: 95 % intervals. Better or worse: significant difference, all rows tested jointly.",
        "--explain defines the columns and the rules.",
    )


def test_a_reference_with_a_long_name_is_called_so():
    label = "max_pressure:interval_s=15"
    table = render(comparison({label: DELAYS["fixed_time"], "random": DELAYS["green_wave"]}, label))
    assert "difference to the reference [s/veh]" in heads(table)
    assert cells(table, "difference to the reference")[0] == "reference"


def test_a_gridlock_of_any_seed_is_marked_and_the_mark_told():
    table = render(comparison({"random": [1.0, 2.0]}, "random", gridlock=[False, True]))
    assert cells(table, "unserved") == ["5.0!"]
    assert any(note.startswith("! gridlock: in some run vehicles stood in a circle") for note in table.notes)
    assert not any("gridlock" in note for note in render(comparison(DELAYS, "fixed_time")).notes)


@pytest.mark.parametrize("name", ["pretrained/grid_4x4_rush_hour", "runs/" + "a_name_that_has_to_be_copied_" * 4])
def test_the_default_table_fits_80_characters_with_every_name_whole(name):
    lines = lay_out(render(comparison({**DELAYS, name: [38.0, 41, 39, 40]}, "fixed_time")), 80)
    assert max(len(line) for line in lines if name not in line) <= 80
    assert any(name in line.split() for line in lines)
    assert "fixed_time" in [line.split()[1] for line in lines if line.startswith("3")]


# The wide table


def test_the_wide_table_says_verdicts_and_confidence():
    table = render(comparison(DELAYS, "fixed_time"), wide=True)
    assert cells(table, "verdict") == ["better", "-", "tie"]
    assert cells(table, "difference to fixed_time")[1] == "reference"
    assert "mean delay +- 95 % [s/veh]" in heads(table)
    assert "difference to fixed_time +- 95 % [s/veh]" in heads(table)
    assert len(heads(table)) == 12
    assert cells(table, "every") == cells(table, "change") == ["5"] * 3


def test_the_wide_table_has_gridlock_and_the_longest_wait_of_any_seed():
    table = render(comparison({"random": [1.0, 2.0]}, "random", gridlock=[False, True], longest_wait=[9, 7]), wide=True)
    assert cells(table, "unserved") == ["5.0 gridlock"]
    assert cells(table, "longest wait") == ["9"]


# The explanation


def test_the_explanation_says_for_how_many_comparisons_the_confidence_holds():
    notes = "\n".join(render(comparison(DELAYS, "fixed_time"), explain=True).notes)
    assert "hold with 95 % for all 2 rows jointly (Bonferroni)" in notes
    assert DEFINITIONS["mean_delay"].text in notes


def test_the_explanation_tells_the_interval_of_each_strategy():
    made = comparison(DELAYS, "fixed_time")
    rows = tuple(replace(row, interval=1 if row.label == "fixed_time" else 15) for row in made.rows)
    notes = "\n".join(render(replace(made, rows=rows), explain=True).notes)
    others = ", ".join(row.label for row in made.rows if row.label != "fixed_time")
    assert f"every: time between two decisions, here 1 s for fixed_time; 15 s for {others}. " in notes


def test_the_explanation_begins_with_the_rules_and_the_intervals():
    table = render(comparison(DELAYS, "fixed_time"), explain=True)
    assert table.notes[0].startswith("rules for all: phases ")
    assert "Strategies that watch each second decide each second." in table.notes[1]


# Numbers that are missing


def test_one_seed_gets_no_interval_and_is_told_so():
    for explain in (False, True):
        table = render(comparison(ONE_SEED, "fixed_time"), wide=True, explain=explain)
        assert "mean delay [s/veh]" in heads(table)
        assert cells(table, "mean delay") == ["40.0", "60.0", "61.0"]
        assert cells(table, "difference to fixed_time") == ["-20.0", "reference", "+1.0"]
        assert cells(table, "verdict") == ["-", "-", "-"]
        assert cells(table, "rank") == ["-", "-", "-"]
        assert any("One seed only" in note for note in table.notes)
        assert "seed 0" in table.title


def test_one_seed_marks_nothing():
    table = render(comparison(ONE_SEED, "fixed_time"))
    assert cells(table, "difference to fixed_time") == ["-20.0", "reference", "+1.0"]
    assert not any("*" in note for note in table.notes)


def test_no_traffic_prints_no_number():
    table = render(comparison({"fixed_time": [np.nan, np.nan], "random": [np.nan, np.nan]}, "fixed_time"), wide=True)
    assert cells(table, "mean delay") == ["-", "-"]
    assert cells(table, "verdict") == ["-", "-"]
