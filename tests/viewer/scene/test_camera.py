"""Camera: metres and pixels, there and back."""

import numpy as np
import pytest

from traffic_marl.viewer.scene.camera import CLOSEST, FARTHEST, Camera, fitted

CAMERA = Camera(400, 200, x=100.0, y=50.0, scale=2.0)


def test_the_middle_of_the_view_is_in_the_middle_of_the_screen_and_north_is_up():
    points = np.array([(100.0, 50.0), (110.0, 50.0), (100.0, 60.0)])
    assert CAMERA.pixels(points).tolist() == [[200.0, 100.0], [220.0, 100.0], [200.0, 80.0]]


def test_pixels_become_the_metres_they_came_from():
    assert CAMERA.metres(tuple(CAMERA.pixels(np.array([37.0, -4.0])))) == pytest.approx((37.0, -4.0))


@pytest.mark.parametrize("factor", [1.25, 0.5, 1e6, 1e-9])
def test_zooming_keeps_what_lies_under_the_pixel(factor):
    under = CAMERA.metres((50, 170))
    near = CAMERA.zoomed(factor, (50, 170))
    assert near.metres((50, 170)) == pytest.approx(under)
    assert FARTHEST <= near.scale <= CLOSEST
    assert near.scale != CAMERA.scale


def test_zooming_without_a_pixel_keeps_the_middle():
    near = CAMERA.zoomed(2.0)
    assert (near.x, near.y, near.scale) == (100.0, 50.0, 4.0)


def test_a_dragged_map_follows_the_hand():
    under = CAMERA.metres((50, 60))
    assert CAMERA.moved(30, -20).metres((80, 40)) == pytest.approx(under)


@pytest.mark.parametrize("size", [(400, 200), (100, 700)])
def test_a_fitted_view_shows_all_and_no_more_than_needed(size):
    west, south, east, north = bounds = (-300.0, 20.0, 900.0, 420.0)
    camera = fitted(bounds, *size)
    corners = camera.pixels(np.array([(west, south), (east, north)]))
    assert (corners >= 0).all()
    assert (corners <= size).all()
    spans = np.abs(corners[1] - corners[0]) / size
    assert spans.max() == pytest.approx(0.94)


def test_seen_is_what_lies_on_the_screen():
    points = np.array([(100.0, 50.0), (200.0, 50.0), (201.0, 50.0), (100.0, 101.0)])
    assert CAMERA.sees(points).tolist() == [True, True, False, False]
    assert CAMERA.sees(points, reach=1.0).all()
