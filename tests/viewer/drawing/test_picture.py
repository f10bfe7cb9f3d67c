"""Picture: pixels of moments, without a window."""

from itertools import combinations

import numpy as np
import pytest

from tests.helpers.small_town import NOWHERE, by_hand, live, town_map, way_through

pytest.importorskip("pygame", reason="pictures are drawn by pygame")

from traffic_marl.kernels.tables import YELLOW
from traffic_marl.viewer.drawing.picture import HEADER, Picture, clock
from traffic_marl.viewer.scene.camera import fitted
from traffic_marl.viewer.scene.colours import DELAY_COLOURS, GROUND, LIGHTS, SPEED_COLOURS, WARNING
from traffic_marl.viewer.scene.lights import STOP
from traffic_marl.viewer.scene.vehicles import moment_between

STREETS = town_map()
LANE = way_through(STREETS, "through")[0]
SIZE = (600, 424)
AROUND = (-40.0, -40.0, 40.0, 40.0)  # [m] the first intersection


def near_lane(distance):
    """Row and column of the pixel at a distance along LANE, in a picture of AROUND."""
    camera = fitted(AROUND, SIZE[0], SIZE[1] - HEADER)
    x, y = camera.pixels(STREETS.paths.places(np.array([LANE]), np.array([distance]))[0])
    return int(y) + HEADER, int(x)


def pixel(picture, place):
    return tuple(picture[place].tolist())


def test_a_picture_has_its_size_and_ground_in_the_corner():
    picture = Picture(STREETS, SIZE).draw(by_hand(STREETS, 0))
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    assert picture.dtype == np.uint8
    assert pixel(picture, (SIZE[1] - 1, 0)) == GROUND


def test_a_closed_lane_has_a_striped_barrier_before_its_end_and_no_other_lane_has():
    artist = Picture(STREETS, SIZE, bounds=AROUND)
    closed = artist.draw(by_hand(STREETS, 0, closed=np.array([LANE], np.int32)))
    end = float(STREETS.paths.length[LANE])
    column = [pixel(closed, near_lane(end - back)) for back in np.arange(0.5, 15.0, 0.5)]
    assert {WARNING, GROUND} <= set(column)
    assert pixel(closed, near_lane(end - 20.0)) not in (WARNING, GROUND)
    changed = (closed != artist.draw(by_hand(STREETS, 0))).any(axis=2)
    row, place = near_lane(end - 7.0)
    rows, columns = np.nonzero(changed)
    assert rows.size > 0
    assert np.hypot(rows - row, columns - place).max() < 60, "nothing changes elsewhere"


@pytest.mark.parametrize(("speed", "colour"), [(0.0, SPEED_COLOURS[0]), (30.0, SPEED_COLOURS[-1])])
def test_a_vehicle_is_drawn_where_it_is_in_the_colour_of_its_speed(speed, colour):
    moment = by_hand(STREETS, 0, [(0, LANE, 88.0, NOWHERE)], speed=np.array([speed]))
    artist = Picture(STREETS, SIZE, bounds=AROUND)
    assert pixel(artist.draw(moment), near_lane(85.5)) == colour
    assert pixel(artist.draw(by_hand(STREETS, 0)), near_lane(85.5)) != colour
    assert pixel(artist.draw(moment), near_lane(80.0)) != colour


def test_colours_may_tell_the_delay():
    moment = by_hand(STREETS, 0, [(0, LANE, 88.0, NOWHERE)], delay=np.array([1e3]))
    picture = Picture(STREETS, SIZE, bounds=AROUND, by_delay=True).draw(moment)
    assert pixel(picture, near_lane(85.5)) == DELAY_COLOURS[-1]


def test_vehicles_between_two_moments_may_be_drawn():
    earlier, later = (by_hand(STREETS, t, [(0, LANE, 70.0 + 18.0 * t, NOWHERE)]) for t in (0, 1))
    picture = Picture(STREETS, SIZE, bounds=AROUND).draw(moment_between(STREETS, earlier, later, 0.5))
    fast = SPEED_COLOURS[round(10.0 / STREETS.lane_limit[LANE] * (len(SPEED_COLOURS) - 1))]
    assert pixel(picture, near_lane(76.5)) == fast
    assert pixel(picture, near_lane(85.5)) != fast


def test_the_light_of_a_lane_is_beside_its_stop_line():
    moment = by_hand(STREETS, 0)
    picture = Picture(STREETS, SIZE, bounds=AROUND).draw(moment)
    light = pixel(picture, near_lane(STREETS.paths.length[LANE] + 0.5))
    movement = STREETS.lane_movements[LANE][0]
    green = movement in STREETS.row_movements[STREETS.movement_intersection[movement]][moment.positions.row[0]]
    assert light == (LIGHTS[0] if green else LIGHTS[STOP])
    other = by_hand(STREETS, 0, row=STREETS.phase_row[:, 2 if green else 0])
    assert pixel(Picture(STREETS, SIZE, bounds=AROUND).draw(other), near_lane(105.5)) != light


@pytest.mark.parametrize("size", [(900, 900), (240, 264)], ids=["near", "far"])
def test_lights_are_told_apart_without_their_colours(monkeypatch, size):
    """All lights in one colour: green, yellow and red still give three pictures."""
    monkeypatch.setattr("traffic_marl.viewer.drawing.painting.LIGHTS", (LIGHTS[0],) * 3)
    phases, yellow = STREETS.phase_row, np.full(len(STREETS.intersections), YELLOW, np.int32)
    moments = {
        "first green": by_hand(STREETS, 0, row=phases[:, 0]),
        "third green": by_hand(STREETS, 0, row=phases[:, 2]),
        "first yellow": by_hand(STREETS, 0, row=np.zeros_like(yellow), interval=yellow, previous=phases[:, 0] * 0),
    }
    drawn = [Picture(STREETS, size).draw(moment) for moment in moments.values()]
    for one, other in combinations(drawn, 2):
        assert (one != other).any(axis=2).sum() > 4 * len(STREETS.intersections)


def test_the_same_moment_gives_the_same_picture_and_another_another():
    run = live()
    artist = Picture(STREETS, SIZE)
    one, other = run.moment_at(60), run.moment_at(61)
    first = artist.draw(one)
    assert not np.array_equal(artist.draw(other), first)
    assert np.array_equal(artist.draw(one), first)
    assert np.array_equal(Picture(STREETS, SIZE).draw(one), first)
    assert not np.array_equal(artist.draw(one, label="a name"), first)


def test_backlog_is_written_at_the_rim():
    waiting = np.zeros(len(STREETS.lane_lines), np.int32)
    waiting[STREETS.entry_lanes[0]] = 7
    artist = Picture(STREETS, SIZE)
    without, with_some = artist.draw(by_hand(STREETS, 0)), artist.draw(by_hand(STREETS, 0, backlog=waiting))
    changed = np.argwhere((without != with_some).any(axis=2))
    assert len(changed) > 20
    assert np.ptp(changed, axis=0).max() < 30, "more has changed than a number"


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00:00"), (61, "0:01:01"), (3600 * 11 + 59, "11:00:59")])
def test_clocks_count_hours_minutes_and_seconds(seconds, words):
    assert clock(seconds) == words
