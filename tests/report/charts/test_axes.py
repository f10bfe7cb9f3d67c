"""Axes with round ticks."""

import numpy as np
import pytest

from traffic_marl.report.charts.axes import MOST_TICKS, SIDE, clock, number_axis, time_axis


@pytest.mark.parametrize(
    "values",
    [
        [3.0],
        [0.0],
        [-5.0, 12.0],
        [0.001, 0.004],
        [1e6, 3.3e6],
        [-40.0, -7.0],
        [np.nan, 3.0],
        [np.nan],
        [],
        [np.inf, 1.0],
    ],
)
@pytest.mark.parametrize("from_zero", [True, False])
def test_an_axis_holds_its_values_between_few_ticks_of_equal_distance(values, from_zero):
    axis = number_axis(values, "x", from_zero=from_zero)
    known = [value for value in values if np.isfinite(value)]
    assert axis.low < axis.high
    assert all(axis.low <= value <= axis.high for value in known)
    ticks = [value for value, _ in axis.ticks]
    assert ticks[0] == pytest.approx(axis.low)
    assert ticks[-1] == pytest.approx(axis.high)
    assert np.allclose(np.diff(ticks), np.diff(ticks)[0])
    assert 2 <= len(ticks) <= MOST_TICKS + 3


def test_ticks_are_written_with_the_digits_that_tell_them_apart():
    assert [text for _, text in number_axis([0.9], "x").ticks] == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert [text for _, text in number_axis([14.0], "x").ticks] == ["0.0", "2.5", "5.0", "7.5", "10.0", "12.5", "15.0"]
    assert [text for _, text in number_axis([430.0], "x").ticks] == ["0", "100", "200", "300", "400", "500"]


def test_places_run_from_end_to_end():
    axis = number_axis([0.0, 100.0], "x")
    assert (axis.at(0.0), axis.at(50.0), axis.at(100.0)) == (0.0, SIDE / 2, SIDE)
    assert axis.places(np.array([25.0])).tolist() == [SIDE / 4]
    assert axis.share(75.0) == 75.0


@pytest.mark.parametrize(
    ("end", "begin", "texts"),
    [
        (3600.0, 0.0, ["0:00", "0:10", "0:20", "0:30", "0:40", "0:50", "1:00"]),
        (100.0, 0.0, ["0:00:00", "0:00:30", "0:01:00", "0:01:30"]),
        (2400.0, 1500.0, ["0:25", "0:30", "0:35", "0:40"]),
    ],
)
def test_times_have_ticks_as_on_a_clock(end, begin, texts):
    axis = time_axis(end, begin=begin)
    assert [text for _, text in axis.ticks] == texts
    assert (axis.low, axis.high) == (begin, end)
    assert axis.title == ("time [h:min:s]" if texts[0].count(":") == 2 else "time [h:min]")


def test_a_clock_may_show_seconds():
    assert clock(3725) == "1:02"
    assert clock(3725, seconds=True) == "1:02:05"
