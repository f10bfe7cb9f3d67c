"""Markings and signal heads."""

import numpy as np
import pytest

from tests.helpers.small_town import town_map
from traffic_marl.network.generators.grid import grid
from traffic_marl.viewer.scene.markings import ARROWS, dashes, heads, markings
from traffic_marl.viewer.scene.street_map import street_map


def test_dashes_are_as_long_as_they_shall_be_and_end_before_the_stop_line():
    line = np.array([(0.0, 0.0), (100.0, 0.0)])
    found = dashes(line, 3.0, 5.0, 30.0)
    assert found[:, 1, 0] - found[:, 0, 0] == pytest.approx(3.0)
    assert np.diff(found[:, 0, 0]) == pytest.approx(8.0)
    assert 62.0 < found[:, 1, 0].max() <= 70.0


def test_there_is_a_head_for_each_movement_of_each_lane_beside_its_stop_line():
    streets = town_map()
    found = heads(streets)
    expected = sum(len(movements) for movements in streets.lane_movements)
    assert len(found.movement) == len(found.bars) == expected == 48
    for m, middle in zip(found.movement, found.middle, strict=True):
        ends = [streets.lane_lines[lane][-1] for lane, group in enumerate(streets.lane_movements) if m in group]
        assert min(np.hypot(*(end - middle)) for end in ends) < 1.0


def test_heads_of_a_shared_lane_stand_side_by_side_from_left_to_right():
    streets = street_map(grid(1, 1, lanes=(("left", "through", "right"),), phases="two"))
    found = heads(streets)
    assert len(found.movement) == 12
    lane = int(streets.incoming_lanes[0][0])
    line = streets.lane_lines[lane]
    ahead = (line[-1] - line[-2]) / np.hypot(*(line[-1] - line[-2]))
    mine = [place for place, m in enumerate(found.movement) if m in streets.lane_movements[lane]]
    to_the_right = [(found.middle[k] - line[-1]) @ np.array([ahead[1], -ahead[0]]) for k in mine]
    turns = [streets.movement_turns[found.movement[k]] for k in mine]
    assert [turn for _, turn in sorted(zip(to_the_right, turns, strict=True))] == ["left", "through", "right"]
    assert max(map(abs, to_the_right)) < streets.lane_width[lane] / 2.0


def test_arrows_point_where_they_lead():
    assert ARROWS["left"][:, 0].min() < -0.4 < ARROWS["right"][:, 0].min()
    assert ARROWS["through"][:, 1].max() == 0.5


def test_every_road_has_two_edges_and_every_signalled_lane_a_stop_line():
    streets = town_map()
    found = markings(streets)
    assert len(found.edges) == len(found.centres) == len(streets.roads)
    assert len(found.stops) == sum(len(lanes) for lanes in streets.incoming_lanes)
    assert len(found.arrows) == len(found.stops)
