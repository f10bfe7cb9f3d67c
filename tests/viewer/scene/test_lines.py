"""Lines: places, edges and hulls worked by hand."""

import numpy as np
import pytest

from traffic_marl.viewer.scene.lines import Paths, hull, outline, shifted

BENT = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 20.0)])
FLAT = np.array([(5.0, 5.0), (9.0, 5.0)])


@pytest.mark.parametrize(
    ("line", "distance", "place"),
    [
        (0, 0.0, (0.0, 0.0)),
        (0, 4.0, (4.0, 0.0)),
        (0, 10.0, (10.0, 0.0)),
        (0, 17.0, (10.0, 7.0)),
        (0, 30.0, (10.0, 20.0)),
        (0, -3.0, (-3.0, 0.0)),
        (0, 32.0, (10.0, 22.0)),
        (1, 0.0, (5.0, 5.0)),
        (1, 1.0, (6.0, 5.0)),
        (1, -2.0, (3.0, 5.0)),
        (1, 5.0, (10.0, 5.0)),
    ],
)
def test_places_along_lines_and_beyond_their_ends(line, distance, place):
    found = Paths((BENT, FLAT)).places(np.array([line]), np.array([distance]))
    assert found == pytest.approx(np.array([place]))


def test_points_repeated_in_a_line_do_no_harm():
    path = Paths((np.array([(0.0, 0.0), (0.0, 0.0), (4.0, 0.0)]),))
    assert path.places(np.array([0, 0]), np.array([0.0, 1.0])) == pytest.approx(np.array([(0.0, 0.0), (1.0, 0.0)]))


def test_a_line_shifted_to_its_left_keeps_its_distance_at_a_bend():
    assert shifted(BENT, 2.0) == pytest.approx(np.array([(0.0, 2.0), (8.0, 2.0), (8.0, 20.0)]))


def test_an_outline_goes_along_the_left_and_back_along_the_right():
    assert outline(FLAT, 2.0) == pytest.approx(np.array([(5.0, 6.0), (9.0, 6.0), (9.0, 4.0), (5.0, 4.0)]))


def test_a_hull_has_the_corners_only():
    points = np.array([(0, 0), (4, 0), (4, 4), (0, 4), (2, 2), (2, 0), (4, 1), (0, 0)], np.float64)
    assert sorted(map(tuple, hull(points).tolist())) == [(0, 0), (0, 4), (4, 0), (4, 4)]
