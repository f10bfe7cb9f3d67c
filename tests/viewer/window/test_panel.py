"""Words and lines of the panel."""

import numpy as np
import pytest

from tests.helpers.recorded import recorded
from tests.helpers.small_town import live, town_map

pytest.importorskip("pygame", reason="the panel is drawn by pygame")

import pygame

from traffic_marl.viewer.drawing.lettering import shortened, width
from traffic_marl.viewer.scene.colours import HELD, LIGHTS, RUN_COLOURS, WARNING
from traffic_marl.viewer.window.chart import (
    PLAIN_HEIGHT,
    Line,
    chart_height,
    draw_chart,
    has_number,
    polyline,
    round_up,
)
from traffic_marl.viewer.window.inspector import lane_title, lanes_shown
from traffic_marl.viewer.window.pane import Pane
from traffic_marl.viewer.window.panel import chart_lines, draw_panel
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


def taken_over():
    """Two panes at 120 s. A person has held an intersection of the second from 60 s on."""
    panes = [Pane(live("fixed_time:green_s=60")), Pane(live("max_pressure"))]
    bring([panes[1]], 60, sought=False)
    while panes[1].time < 60:
        bring([panes[1]], 60, sought=False)
    panes[1].hold(0, 2)
    while bring(panes, 120, sought=False) < 120 or panes[1].alone_at(120) is None:
        pass
    return panes


def test_a_person_and_the_strategy_left_alone_have_lines_of_their_own():
    panes = taken_over()
    lines = {line.label: line for line in chart_lines(panes)}
    assert list(lines) == ["fixed_time:green_s=60", "max_pressure alone", "you on max_pressure"]
    alone, you = lines["max_pressure alone"], lines["you on max_pressure"]
    assert (alone.colour, you.colour) == (RUN_COLOURS[1], HELD)
    assert alone.delays is panes[1].untouched.delays
    assert you.delays is panes[1].source.delays
    assert len({line.dash for line in lines.values()}) == len(lines), "lines differ in their dashes too"


def test_two_runs_taken_over_have_four_lines_that_differ_without_colour():
    panes = taken_over()
    panes[0].hold(1, 1)
    lines = chart_lines(panes)
    assert [line.colour for line in lines] == [RUN_COLOURS[0], HELD, RUN_COLOURS[1], HELD]
    assert lines[1].dash != lines[3].dash
    for alone, you in (lines[:2], lines[2:]):
        assert alone.dash != you.dash


def test_several_lines_have_a_legend_and_a_single_one_has_none():
    lines = chart_lines(taken_over())
    box = pygame.Rect(0, 0, 284, chart_height(lines, 284))
    assert chart_height(lines[:1], 284) < box.height <= chart_height(lines[:1], 284) + 60
    surface = pygame.Surface(box.size)
    draw_chart(surface, box, lines, 120.0)
    seen = pygame.surfarray.array3d(surface).swapaxes(0, 1)
    legend = seen[20 : box.height - PLAIN_HEIGHT + 20]
    for line in lines:
        assert (legend == line.colour).all(axis=2).any(), line.label


def test_a_legend_is_never_wider_than_its_chart():
    lines = [Line("a strategy with:many=parameters,and=more " * 3, [1.0, 2.0], colour) for colour in RUN_COLOURS]
    surface = pygame.Surface((400, 400))
    box = pygame.Rect(50, 0, 200, chart_height(lines, 200))
    draw_chart(surface, box, lines, 1.0)
    beside = pygame.surfarray.array3d(surface)[[*range(50), *range(250, 400)]]
    assert not beside.any()


@pytest.mark.parametrize(
    ("lanes", "room", "shown"), [(12, 400, 12), (12, 180, 12), (12, 179, 10), (3, 15, 0), (3, -9, 0)]
)
def test_a_row_is_left_for_the_number_of_lanes_that_do_not_fit(lanes, room, shown):
    assert lanes_shown(lanes, room) == shown


@pytest.mark.parametrize(("height", "cut"), [(800, False), (480, True), (300, True)])
def test_a_table_that_is_cut_says_so(height, cut):
    surface = pygame.Surface((300, height))
    pane = Pane(live())
    state = WindowState([pane], pygame.Surface((800, 600)), speed=10.0)
    state.selected = 0
    draw_panel(surface, state, "a title")
    seen = pygame.surfarray.array3d(surface).swapaxes(0, 1)
    assert (seen[height - 60 : height - 28] == WARNING).all(axis=2).any() == cut
