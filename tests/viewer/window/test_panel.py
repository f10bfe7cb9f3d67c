"""Words and lines of the panel."""

import numpy as np
import pytest

from tests.helpers.recorded import recorded
from tests.helpers.small_town import live, town_map

pytest.importorskip("pygame", reason="the panel is drawn by pygame")

import pygame

from traffic_marl.viewer.drawing.lettering import shortened, width
from traffic_marl.viewer.scene.colours import LIGHTS
from traffic_marl.viewer.window.chart import has_number, polyline, round_up
from traffic_marl.viewer.window.inspector import lane_title
from traffic_marl.viewer.window.pane import Pane
from traffic_marl.viewer.window.panel import draw_panel
from traffic_marl.viewer.window.progress import bring
from traffic_marl.viewer.window.state import WindowState

STREETS = town_map()


def test_lanes_are_called_by_where_they_come_from_and_lead():
    lanes = {
        STREETS.roads[STREETS.lane_road[k]]: lane_title(STREETS, k) for k in reversed(range(STREETS.lane_road.size))
    }
    assert lanes["road_west_1_E"] == "from west: left"
    assert lanes["road_east_2_W"] == "from east: left"
    assert lanes["road_north_1_S"] == "from north: left"
    assert lanes["road_south_2_N"] == "from south: left"
    titles = [lane_title(STREETS, k) for k in STREETS.incoming_lanes[0]]
    assert len(set(titles)) == len(titles) == 12


@pytest.mark.parametrize(("value", "top"), [(10.0, 10.0), (10.1, 20.0), (43.0, 50.0), (50.1, 100.0), (0.3, 0.5)])
def test_axes_end_at_round_numbers(value, top):
    assert round_up(value) == pytest.approx(top)


def test_a_line_begins_where_values_are_known_and_has_no_more_points_than_pixels():
    plot = pygame.Rect(10, 20, 100, 50)
    values = [float("nan"), *np.linspace(0.0, 40.0, 999)]
    points = polyline(values, plot, 1000, 40.0)
    assert len(points) <= plot.width
    assert points[0][0] > plot.left
    assert all(plot.top <= y <= plot.bottom for _, y in points)
    assert points[-1] == pytest.approx((plot.right, plot.top), abs=2.0)


def test_a_series_of_nothing_has_no_number():
    assert not has_number([])
    assert not has_number([float("nan")])
    assert has_number([float("nan"), 0.0])


def test_words_that_are_too_wide_are_cut():
    words = "a strategy with:many=parameters,and=more"
    assert shortened(words, 1000) == words
    cut = shortened(words, 120)
    assert cut.endswith("...")
    assert width(cut) <= 120
    assert shortened(words, 1) == "..."


def panel(panes, second, selected=None):
    """The pixels of a panel (height, width, 3)."""
    surface = pygame.Surface((300, 800))
    for pane in panes:
        while bring([pane], second, sought=False) < second:
            pass
    state = WindowState(panes, pygame.Surface((800, 600)), speed=10.0)
    state.playback.position, state.selected = float(second), selected
    draw_panel(surface, state, "a title")
    return pygame.surfarray.array3d(surface).swapaxes(0, 1)


def test_a_better_run_is_told_in_green_and_a_worse_one_in_red():
    better, worse = live("max_pressure"), live("fixed_time:green_s=60")
    green, red = (np.array(LIGHTS[light]) for light in (0, 2))
    for panes, colour, other in (
        ((worse, better), green, red),
        ((better, worse), red, green),
    ):
        seen = panel([Pane(source) for source in panes], 200)
        assert (seen == colour).all(axis=2).any()
        assert not (seen == other).all(axis=2).any()


@pytest.mark.parametrize("source", [live(), recorded()], ids=["live", "recorded"])
def test_a_selected_intersection_fills_the_panel(source):
    pane = Pane(source)
    without, selected = panel([pane], 60), panel([pane], 60, selected=1)
    rows = (without != selected).any(axis=(1, 2))
    assert rows[260:550].sum() > 150
    assert not rows[:200].any()
