"""Plans of a network with the values of its roads."""

import re

import pytest

from tests.helpers.small_town import town_map
from traffic_marl.report.charts.street_plan import Plan, shade_of, street_plan

LIMITS = (1.0, 2.0)


@pytest.mark.parametrize(("value", "shade"), [(0.0, 0), (0.99, 0), (1.0, 1), (1.99, 1), (2.0, 2), (50.0, 2)])
def test_a_shade_begins_at_its_limit(value, shade):
    assert shade_of(value, LIMITS) == shade


def test_each_road_is_drawn_once_with_its_value_and_those_without_one_faintly():
    streets = town_map()
    values = {streets.roads[0]: 1.5, streets.roads[1]: float("nan")}
    drawn = street_plan(streets, values, LIMITS, "plan", "veh")
    assert drawn.count('class="road shade1"') == 1
    assert f"<title>{streets.roads[0]}: 1.5 veh</title>" in drawn
    assert drawn.count('class="road unknown"') == len(streets.roads) - 1
    assert drawn.count("<circle") == len(streets.intersections)


def test_all_of_the_network_lies_within_the_picture():
    streets = town_map()
    plan = Plan(streets)
    drawn = street_plan(streets, {}, LIMITS, "plan", "veh")
    places = [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", drawn)]
    assert all(0.0 <= x <= 600.0 and 0.0 <= y <= plan.height for x, y in places)
    assert max(x for x, _ in places) - min(x for x, _ in places) > 300.0
