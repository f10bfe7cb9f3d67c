import numpy as np
import pytest

from tests.helpers.handmade_roads import named, street
from traffic_marl.demand.paths import LanePaths
from traffic_marl.errors import DemandError
from traffic_marl.kernels.tables import NONE

STRAIGHT = [(0, 0), (1, 1), (2, 2)]


def options(first, second, route=("in", "mid", "out")):
    network = street(first, second)
    paths = LanePaths(network)
    return [named(network, path.tolist()) for path in paths.options(paths.route(route, "here"))]


def test_first_lane_is_one_that_leads_to_the_second_road():
    assert options([(0, 0), (2, 2)], STRAIGHT) == [["in_0", "mid_0", "out_0"], ["in_2", "mid_2", "out_2"]]


def test_next_lane_must_lead_on_to_the_road_after_it():
    assert options([(0, 0), (0, 1), (0, 2)], [(2, 1)]) == [["in_0", "mid_2", "out_1"]]


def test_nearest_lane_by_index_is_taken():
    assert options([(2, 0), (2, 1)], STRAIGHT) == [["in_2", "mid_1", "out_1"]]


def test_of_equally_near_lanes_the_first_in_the_file_is_taken():
    assert options([(1, 2), (1, 0)], STRAIGHT) == [["in_1", "mid_2", "out_2"]]
    assert options([(1, 0), (1, 2)], STRAIGHT) == [["in_1", "mid_0", "out_0"]]


def test_on_the_last_road_every_lane_will_do():
    assert options([(1, 0), (1, 1), (1, 2)], [(0, 0)], ("in", "mid")) == [["in_1", "mid_1"]]


def test_lane_that_runs_into_a_dead_end_is_no_candidate():
    assert options(STRAIGHT, [(1, 1)]) == [["in_1", "mid_1", "out_1"]]


def test_lanes_and_connections_alternate_and_the_path_is_closed():
    network = street([(1, 1)], [(1, 2)])
    paths = LanePaths(network)
    (path,) = paths.options((0, 1, 2))
    lanes = len(network.lane_names)
    assert path.tolist() == [1, lanes, 4, lanes + 1, 8, NONE]


def test_route_without_lanes_is_refused():
    with pytest.raises(DemandError, match=r"^here: no lanes lead along in > mid > out; "):
        options([(0, 0)], [(1, 1)])


def test_route_of_one_road_is_refused():
    with pytest.raises(DemandError, match=r"^here: in has fewer than two roads; "):
        options(STRAIGHT, STRAIGHT, ("in",))


def test_unknown_road_is_refused():
    with pytest.raises(DemandError, match=r"^here: there is no road 'up'; "):
        options(STRAIGHT, STRAIGHT, ("in", "up"))


def test_draw_picks_among_first_lanes_and_equal_paths_are_stored_once():
    network = street(STRAIGHT, STRAIGHT)
    paths = LanePaths(network)
    which = np.zeros(5, dtype=np.int32)
    path, start = paths.choose([(0, 1, 2)], which, np.array([0.0, 0.32, 0.34, 0.99, 0.1]))
    assert [network.lane_names[lane] for lane in path[start]] == ["in_0", "in_0", "in_1", "in_2", "in_0"]
    assert len(path) == 3 * 6
    path, start = paths.choose([(0, 1, 2)], which, np.full(5, 0.5))
    assert named(network, path.tolist()) == ["in_1", "mid_1", "out_1"]
    assert start.tolist() == [0] * 5


def test_no_vehicle_takes_no_path():
    path, start = LanePaths(street(STRAIGHT, STRAIGHT)).choose([], np.empty(0, dtype=np.int32), np.empty(0))
    assert len(path) == len(start) == 0
