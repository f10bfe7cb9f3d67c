import math

import numpy as np
import pytest

from traffic_marl.network.geometry import connection_line, lane_lines, running_lengths
from traffic_marl.network.model import Connection, Lane, Node, Road

CAR_LANE = Lane(4.0, 10.0)


def node(name, x, y, width=10.0, virtual=False):
    return Node(name, (x, y), width, virtual)


def lanes(points, *ends, widths=(4.0, 3.0)):
    road = Road("road", ends[0].name, ends[1].name, tuple(points), tuple(Lane(width, 10.0) for width in widths))
    return [line.tolist() for line in lane_lines(road, *ends)]


def test_a_straight_road_loses_the_widths_of_its_ends():
    start, end = node("a", 0, 0), node("b", 100, 0, width=20)
    assert lanes([(0, 0), (100, 0)], start, end) == [[[10, -2], [80, -2]], [[10, -5.5], [80, -5.5]]]


def test_a_virtual_end_takes_nothing_away():
    start, end = node("a", 0, 0, virtual=True), node("b", 0, 50)
    assert lanes([(0, 0), (0, 50)], start, end, widths=[4.0]) == [[[2, 0], [2, 40]]]


def test_a_bent_road_is_shifted_along_the_bisector():
    start, end = node("a", 0, 0), node("b", 100, 100)
    (line,) = lanes([(0, 0), (100, 0), (100, 100)], start, end, widths=[4.0])
    shift = 2 / math.sqrt(2)
    assert line[0] == [10, -2]
    assert line[1] == pytest.approx([100 + shift, -shift])
    assert line[2] == [102, 90]


def test_lengths_add_up_along_each_line():
    lines = [np.array([(0, 0), (3, 4), (3, 10)], dtype=float), np.array([(0, 0), (0, 2)], dtype=float)]
    assert running_lengths(lines).tolist() == [[0, 5, 11], [0, 2, 2]]


def test_lengths_are_summed_one_after_the_other():
    generator = np.random.default_rng(3)
    line = np.cumsum(generator.normal(size=(400, 2)), axis=0)
    total = 0.0
    for (x, y), (u, v) in zip(line[:-1].tolist(), line[1:].tolist(), strict=True):
        total += math.sqrt((u - x) * (u - x) + (v - y) * (v - y))
    assert running_lengths([line])[0, -1] == total


def test_given_points_are_kept():
    line = connection_line(Connection(0, 0, ((0.0, 0.0), (5.0, 1.0))), np.zeros((2, 2)), np.ones((2, 2)), 10.0)
    assert line.tolist() == [[0, 0], [5, 1]]


def test_a_connection_without_points_becomes_a_curve():
    entering = np.array([(2.0, -100.0), (2.0, -15.0)])
    leaving = np.array([(2.0, 15.0), (2.0, 100.0)])
    line = connection_line(Connection(0, 0), entering, leaving, 15.0)
    assert line.shape == (11, 2)
    assert line[:, 0].tolist() == pytest.approx([2.0] * 11)
    assert line[[0, 5, 10], 1].tolist() == [-15.0, 0.0, 15.0]
    assert (np.diff(line[:, 1]) > 0).all()


def test_a_short_curve_has_arms_of_five_metres_where_there_is_room():
    entering = np.array([(0.0, -50.0), (0.0, 0.0)])
    leaving = np.array([(4.0, 0.0), (4.0, 50.0)])
    roomy = connection_line(Connection(0, 0), entering, leaving, 5.0)
    tight = connection_line(Connection(0, 0), entering, leaving, 4.9)
    # in the middle of the parameter: the mean of the ends, and 3/8 of the difference of the arms
    assert roomy[5].tolist() == pytest.approx([2.0, 3 / 8 * (5 - 5)])
    t = 0.1
    assert roomy[1, 1] == pytest.approx(3 * t * (1 - t) ** 2 * 5 - 3 * t * t * (1 - t) * 5)
    assert tight[1, 1] == pytest.approx(3 * t * (1 - t) ** 2 * 2 - 3 * t * t * (1 - t) * 2)
