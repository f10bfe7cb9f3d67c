import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic_marl.network.crossings import crossings
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.geometry import cubic

NIL = 1e-8


def meet(*lines):
    found = crossings([np.array(line, dtype=float) for line in lines])
    columns = [column.tolist() for column in found]
    return list(zip(*columns, strict=True))


def distance(p, q):
    return math.sqrt((q[0] - p[0]) * (q[0] - p[0]) + (q[1] - p[1]) * (q[1] - p[1]))


def cross(u, v):
    return u[0] * v[1] - u[1] * v[0]


def is_nil(value):
    return value + NIL > 0 and value < NIL


def lies_on(p, a, b):
    product = (p[0] - a[0]) * (p[0] - b[0]) + (p[1] - a[1]) * (p[1] - b[1])
    return is_nil(cross((b[0] - a[0], b[1] - a[1]), (p[0] - a[0], p[1] - a[1]))) and product < NIL


def walk(one, other):
    """The first meeting of two lines, found by plain loops."""
    here = 0.0
    for a, b in pairwise(one):
        u, there = (b[0] - a[0], b[1] - a[1]), 0.0
        for c, d in pairwise(other):
            v = (d[0] - c[0], d[1] - c[1])
            if is_nil(cross(u, v)):
                continue
            share = cross((c[0] - a[0], c[1] - a[1]), v) / cross(u, v)
            p = (a[0] + u[0] * share, a[1] + u[1] * share)
            if lies_on(p, a, b) and lies_on(p, c, d):
                return here + distance(p, a), there + distance(p, c)
            there += distance(c, d)
        here += distance(a, b)
    return None


def by_plain_loops(lines):
    found = []
    for one in range(len(lines)):
        for other in range(one + 1, len(lines)):
            hit = walk(lines[one].tolist(), lines[other].tolist())
            if hit:
                found.append((one, other, *hit))
    return found


def test_a_right_angle_meets_in_the_middle():
    assert meet([(0, 0), (10, 0)], [(4, -3), (4, 3)]) == [(0, 1, 4.0, 3.0)]


def test_lines_that_miss_have_no_conflict():
    assert meet([(0, 0), (10, 0)], [(0, 1), (10, 2)]) == []


def test_a_shared_start_is_a_conflict_at_zero():
    assert meet([(0, 0), (10, 0)], [(0, 0), (10, 5)]) == [(0, 1, 0.0, 0.0)]


def test_a_shared_end_is_a_conflict_at_both_ends():
    assert meet([(0, 0), (3, 4)], [(3, 0), (3, 4)]) == [(0, 1, 5.0, 4.0)]


def test_only_the_first_meeting_counts():
    zigzag = [(0, 0), (2, 2), (4, 0), (6, 2)]
    assert meet(zigzag, [(0, 1), (6, 1)]) == [(0, 1, math.sqrt(2), 1.0)]


def test_lines_on_top_of_each_other_do_not_meet():
    assert meet([(0, 0), (10, 0)], [(2, 0), (8, 0)]) == []


def test_a_parallel_segment_does_not_count_in_the_distance_walked():
    bent = [(0, -5), (4, -5), (4, 5)]
    assert meet([(0, 0), (10, 0)], bent) == [(0, 1, 4.0, 5.0)]
    assert meet(bent, [(0, 0), (10, 0)]) == [(0, 1, 9.0, 4.0)]


def test_lines_may_have_different_numbers_of_points():
    lines = [[(0, 0), (10, 0)], [(4, -3), (4, -1), (4, 3)], [(6, 3), (6, 2), (6, 1), (6, -1)]]
    assert meet(*lines) == [(0, 1, 4.0, 3.0), (0, 2, 6.0, 3.0)]


def test_the_crossings_of_a_grid_are_those_of_plain_loops():
    network = grid(1, 1)
    lines = [line + np.array((1234.5, -678.25)) for line in network.connection_lines]
    found = crossings(lines)
    assert list(zip(*(column.tolist() for column in found), strict=True)) == by_plain_loops(lines)


points = st.tuples(st.floats(-20, 20), st.floats(-20, 20))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(points, points, points, points), min_size=2, max_size=5))
def test_the_crossings_of_any_curves_are_those_of_plain_loops(corners):
    lines = [cubic(*map(np.array, four)) for four in corners]
    found = crossings(lines)
    assert list(zip(*(column.tolist() for column in found), strict=True)) == by_plain_loops(lines)


@pytest.mark.parametrize("scale", [1e-6, 1e-3])
def test_segments_that_all_but_touch_are_judged_as_by_plain_loops(scale):
    generator = np.random.default_rng(7)
    for _ in range(200):
        lines = [np.cumsum(generator.normal(size=(4, 2)) * scale, axis=0) for _ in range(3)]
        found = crossings(lines)
        assert list(zip(*(column.tolist() for column in found), strict=True)) == by_plain_loops(lines)
