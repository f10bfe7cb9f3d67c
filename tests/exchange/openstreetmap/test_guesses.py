"""The list of guesses about a map, on a network that netconvert has made of it."""

import csv
import io

import pytest

from tests.helpers.osm_map import NET, WAYS, map_text, written
from traffic_marl.exchange.openstreetmap.extract import read_extract
from traffic_marl.exchange.openstreetmap.guesses import HEADS, guesses_of, table_of
from traffic_marl.exchange.openstreetmap.roads import read_mapped_roads
from traffic_marl.network.formats.sumo.network import read_sumo_network


def guesses(folder, ways=WAYS, *, left_hand=False):
    extract = read_extract(written(folder, map_text(ways=ways)))
    return guesses_of(read_sumo_network(NET), read_mapped_roads(NET, extract), extract, left_hand=left_hand)


def values(found, element, guessed):
    return {each.name: each.value for each in found if (each.element, each.guessed) == (element, guessed)}


def test_lanes_that_the_map_does_not_say_are_listed(tmp_path):
    found = values(guesses(tmp_path), "road", "lanes in this direction")

    assert found == {"-23": "1", "23": "2"} | dict.fromkeys(("-24", "24", "25#0", "25#1", "26", "-26"), "1")


def test_an_odd_number_of_lanes_is_divided_by_guess_unless_the_map_divides_it(tmp_path):
    divided = dict(WAYS)
    divided[23] = (WAYS[23][0], {**WAYS[23][1], "lanes:forward": "2", "lanes:backward": "1"})

    assert {"23", "-23"}.isdisjoint(values(guesses(tmp_path, divided), "road", "lanes in this direction"))


@pytest.mark.parametrize("lanes", ["³", "9" * 5000, "3;2", "-3", " "])
def test_a_number_of_lanes_that_is_none_is_not_odd(tmp_path, lanes):
    strange = WAYS | {23: (WAYS[23][0], {**WAYS[23][1], "lanes": lanes})}

    assert {"23", "-23"}.isdisjoint(values(guesses(tmp_path, strange), "road", "lanes in this direction"))


def test_speed_limits_that_the_map_does_not_say_are_listed(tmp_path):
    found = values(guesses(tmp_path), "road", "speed limit [km/h]")

    assert found == {"-24": "50", "24": "50", "25#0": "50", "25#1": "50", "26": "30", "-26": "30"}


def test_turns_of_lanes_are_listed_for_approaches_with_several_lanes_and_without_arrows(tmp_path):
    found = values(guesses(tmp_path), "approach", "turns of the lanes")

    assert set(found) == {"-21#0", "21#1", "-22#1", "23"}  # 20 has arrows, the others one lane
    assert found["23"] == "left | right+through"


def test_arrows_of_the_other_direction_do_not_count(tmp_path):
    backward = dict(WAYS)
    backward[20] = (WAYS[20][0], {**WAYS[20][1], "turn:lanes:backward": "through|through"})
    del backward[20][1]["turn:lanes:forward"]

    assert "20" in values(guesses(tmp_path, backward), "approach", "turns of the lanes")


def test_every_signal_has_guessed_phases_and_names_its_streets(tmp_path):
    found = [each for each in guesses(tmp_path) if each.guessed == "phases and greens"]

    assert [(each.name, each.value) for each in found] == [
        ("2", "4 phases in a cycle of 90 s"),
        ("4", "2 phases in a cycle of 90 s"),
    ]
    assert set(found[0].street.split(" / ")) == {"Main Street", "South Street", "North Street"}


def test_streets_have_the_names_of_the_map(tmp_path):
    renamed = dict(WAYS)
    renamed[24] = (WAYS[24][0], {**WAYS[24][1], "name": "Söhne & <Töchter> 北"})

    found = [each.street for each in guesses(tmp_path, renamed) if each.name == "24"]

    assert found == ["Söhne & <Töchter> 北"] * 2


def test_what_is_left_out_of_the_map_is_listed(tmp_path):
    found = values(guesses(tmp_path), "network", "ways of class footway")

    assert found == {"town.osm": "left out"}
    assert values(guesses(tmp_path), "network", "signals for pedestrians") == {"town.osm": "left out"}


def test_the_side_of_traffic_is_a_guess_unless_the_user_says_it(tmp_path):
    assert values(guesses(tmp_path), "network", "side of traffic") == {"town.osm": "right"}
    assert values(guesses(tmp_path, left_hand=True), "network", "side of traffic") == {}


def test_the_table_has_a_line_for_each_guess(tmp_path):
    found = guesses(tmp_path)
    lines = list(csv.reader(io.StringIO(table_of(found))))

    assert lines[0] == list(HEADS)
    assert [tuple(line) for line in lines[1:]] == [tuple(each) for each in found]
