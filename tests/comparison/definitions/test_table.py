"""Rankings by each definition: hand-made cases, tables and files."""

import csv
import io
import json

import numpy as np
import pytest

from tests.helpers.made_up_comparison import comparison
from traffic_marl.comparison.definitions.ranking import rankings
from traffic_marl.comparison.definitions.table import definitions_to_csv, definitions_to_json, render_definitions
from traffic_marl.comparison.definitions.times import definitions
from traffic_marl.comparison.export import to_csv

DELAYS = {"a": [10.0, 11.0, 12.0], "b": [20.0, 21.0, 22.5], "c": [30.0, 31.5, 32.0]}


def times(**changed):
    """The delays of three strategies under every definition, some of them changed."""
    return {
        label: {name: np.array(changed.get(name, {}).get(label, own)) for name in definitions()}
        for label, own in DELAYS.items()
    }


def test_the_same_times_give_the_same_ranking():
    found = rankings(times())
    assert [each.ranks for each in found] == [{"a": 1, "b": 2, "c": 3}] * len(definitions())
    assert {each.tau for each in found} == {1.0}
    assert not any(each.reversed for each in found)
    assert "All definitions give the same order." in render_definitions(comparison(DELAYS, "a"), times()).notes


def test_a_pair_in_opposite_order_is_counted_and_named():
    moved = {"travel_time_completed": {"a": [25.0, 26.0, 27.1]}}
    found = {each.definition: each for each in rankings(times(**moved))}
    one = found["travel_time_completed"]
    assert one.ranks == {"b": 1, "a": 2, "c": 3}
    assert one.reversed == one.certain == (("a", "b"),)
    assert one.tau == pytest.approx(1 / 3)
    notes = render_definitions(comparison(DELAYS, "a"), times(**moved)).notes
    told = "travel_time_completed: 1 pair in opposite order, 1 of them significantly (b before a)."
    assert told in notes


def test_a_pair_within_the_noise_is_not_certain():
    moved = {"waiting_time": {"a": [5.0, 40.0, 30.0]}}
    one = next(each for each in rankings(times(**moved)) if each.definition == "waiting_time")
    assert one.reversed == (("a", "b"),)
    assert one.certain == ()


def test_strategies_without_a_number_come_last_and_have_none():
    moved = {"delay_completed": {"a": [np.nan] * 3}}
    table = render_definitions(comparison(DELAYS, "a"), times(**moved))
    place = [column.head.replace("\n", "") for column in table.columns].index("delay_completed")
    assert [row[place] for row in table.rows][:3] == ["-", "21.2 (1)", "31.2 (2)"]


def test_a_table_has_a_column_for_each_definition():
    table = render_definitions(comparison(DELAYS, "a"), times(), explain=True)
    assert [column.head.replace("\n", "") for column in table.columns[1:]] == list(definitions())
    assert [row[0] for row in table.rows] == ["a", "b", "c", "Kendall's tau"]
    assert table.rows[0][1] == "11.0 (1)"
    assert all(any(note.startswith(f"{name}: ") for note in table.notes) for name in definitions())


def test_csv_has_the_further_definitions_behind_the_measures():
    made = comparison(DELAYS, "a")
    moved = times(waiting_time={"b": [1.0, 2.0, np.nan]})
    lines = list(csv.DictReader(io.StringIO(definitions_to_csv(made, moved))))
    assert len(lines) == 9
    assert [line["waiting_time [s/veh]"] for line in lines if line["strategy"] == "b"] == ["1.0", "2.0", ""]
    plain = list(csv.DictReader(io.StringIO(to_csv(made))))
    assert all(line.items() >= other.items() for line, other in zip(lines, plain, strict=True))


def test_json_has_each_definition_with_its_ranks():
    content = json.loads(definitions_to_json(comparison(DELAYS, "a"), times()))
    assert list(content["by_definition"]) == list(definitions())
    assert content["by_definition"]["waiting_time"]["ranks"] == {"a": 1, "b": 2, "c": 3}
    assert content["strategies"][0]["strategy"] == "a"
