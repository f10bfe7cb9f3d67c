"""Charts of lines."""

import re

import numpy as np

from traffic_marl.report.charts.axes import number_axis
from traffic_marl.report.charts.lines import Line, line_chart

X = np.array([0.0, 1.0, 2.0, 3.0])
ACROSS, UP = number_axis([0.0, 4.0], "x"), number_axis([0.0, 10.0], "y")


def paths(chart, kind):
    return re.findall(rf'd="([^"]*)" class="{kind} ', chart)


def test_a_line_goes_through_its_points_from_the_top_downwards():
    chart = line_chart([Line(0, "a", X, np.array([0.0, 5.0, 10.0, 5.0]))], ACROSS, UP, "chart")
    assert paths(chart, "line") == ["M0.0 1000.0L250.0 500.0L500.0 0.0L750.0 500.0"]


def test_a_gap_breaks_line_and_band():
    y = np.array([1.0, 2.0, np.nan, 4.0])
    chart = line_chart([Line(0, "a", X, y, low=y - 1, high=y + 1)], ACROSS, UP, "chart")
    assert paths(chart, "line") == ["M0.0 900.0L250.0 800.0M750.0 600.0"]
    assert paths(chart, "band") == ["M0.0 800.0L250.0 700.0L250.0 900.0L0.0 1000.0Z", "M750.0 500.0L750.0 700.0Z"]


def test_a_point_without_neighbours_is_a_dot():
    chart = line_chart([Line(0, "a", X, np.array([1.0, np.nan, 3.0, np.nan]))], ACROSS, UP, "chart")
    assert paths(chart, "dot") == ["M0.0 900.0h0M500.0 700.0h0"]
    assert paths(line_chart([Line(0, "a", X, X)], ACROSS, UP, "chart"), "dot") == []


def test_values_beyond_the_axis_stay_within_the_picture():
    chart = line_chart([Line(0, "a", X[:2], np.array([-5.0, 99.0]))], ACROSS, UP, "chart")
    assert paths(chart, "line") == ["M0.0 1000.0L250.0 0.0"]


def test_lines_that_are_off_can_be_switched_on_by_the_legend():
    chart = line_chart([Line(3, "<a>", X, X), Line(4, "b", X, X, is_on=False)], ACROSS, UP, "chart", title="shown")
    assert '<g data-series="4" class="off">' in chart
    assert '<input type="checkbox" data-switch="4">' in chart
    assert '<input type="checkbox" data-switch="3" checked>' in chart
    assert "&lt;a&gt;" in chart
    assert "<a>" not in chart
