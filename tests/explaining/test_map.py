"""The map of an explanation."""

import pytest

from tests.helpers.lone_vehicles import EASTWARD, EW_THROUGH, NS_THROUGH, keeping, scenario
from traffic_marl.explaining import explain, hand_over
from traffic_marl.explaining.map import draw_map

pytest.importorskip("matplotlib")


def words_of(path):
    """The words of an .svg file, which matplotlib keeps in comments."""
    return [line.strip()[5:-4].strip() for line in path.read_text().splitlines() if line.strip().startswith("<!-- ")]


def test_each_intersection_has_its_numbers_and_one_without_a_choice_has_none(tmp_path):
    town = scenario(tmp_path, [(0, EASTWARD)])
    found = explain(town, keeping(NS_THROUGH), (0,), moments=1, ahead=20)
    handed = hand_over(town, keeping(EW_THROUGH), keeping(NS_THROUGH), (0,))

    draw_map(found, handed, tmp_path / "map.svg")

    words = words_of(tmp_path / "map.svg")
    assert {f"{found.per_choice('saved')[0, 0]:+.0f}", f"{found.per_choice('regret')[0, 0]:.0f}"} <= set(words)
    assert f"{handed.saved[0, 0]:+.1f}" in words
    assert any("saved against" in each for each in words)


def test_a_map_without_a_number_is_drawn(tmp_path):
    town = scenario(tmp_path, [(0, EASTWARD)], duration=28)
    found = explain(town, "fixed_time:green_s=20", (0,), moments=1, ahead=5, interval=1)
    assert not found.decisions[0][0].could.any(), "the moment lies in an intergreen"

    draw_map(found, None, tmp_path / "map.svg")

    assert words_of(tmp_path / "map.svg").count("-") == 4
