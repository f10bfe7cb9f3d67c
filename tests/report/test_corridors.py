"""Space and time along corridors."""

import numpy as np
import pytest

from tests.helpers.recorded import recorded
from traffic_marl.report.corridors import CLOSE, busiest_seconds, courses, main_corridors, reds


def test_main_corridors_lead_through_several_intersections_where_there_are_such():
    found = main_corridors(recorded())
    assert [len(corridor.stop_lines) for corridor in found] == [2, 2]


def test_the_busiest_seconds_hold_the_most_traffic(monkeypatch):
    monkeypatch.setattr("traffic_marl.report.corridors.LONGEST", 30)
    recording = recorded()
    first, last = busiest_seconds(recording)
    assert last - first == 30
    under_way = recording.states.under_way
    sums = [under_way[begin : begin + 31].sum() for begin in range(recording.last - 29)]
    assert under_way[first : last + 1].sum() >= max(sums) * 0.99


def test_a_recording_that_is_short_is_shown_whole():
    assert busiest_seconds(recorded()) == (0, recorded().last)


def test_courses_are_those_of_the_recorded_vehicles():
    recording = recorded()
    corridor = main_corridors(recording)[0]
    found = list(courses(recording, corridor, (0, recording.last)))
    assert len(found) >= 5
    for second in range(1, recording.last, 10):
        positions = recording.moment_at(second).positions
        at = corridor.offset[positions.drivable] + positions.distance
        true = np.sort(at[~np.isnan(at)])
        crossing = [course for course in found if course.time[0] <= second <= course.time[-1]]
        drawn = np.sort([np.interp(second, course.time, course.distance) for course in crossing])
        alone = len(true) - len(drawn)  # vehicles that were on the corridor for a single second have no line
        assert 0 <= alone <= 2
        if alone == 0:
            assert np.abs(drawn - true).max(initial=0.0) <= CLOSE


def test_courses_have_few_points():
    recording = recorded()
    for course in courses(recording, main_corridors(recording)[0], (0, recording.last)):
        assert len(course.time) <= max(2, (course.time[-1] - course.time[0]) / 2)


def test_reds_are_the_seconds_without_green_for_the_movement_straight_on():
    recording = recorded()
    stop = main_corridors(recording)[0].stop_lines[0]
    red = np.zeros(recording.last + 1, bool)
    for begin, end in reds(recording, stop, (0, recording.last)):
        red[begin:end] = True
    for second in range(recording.last + 1):
        row = recording.states.row[second, stop.intersection]
        is_green = stop.movement in recording.street_map.row_movements[stop.intersection][row]
        assert red[second] == (not is_green)
    assert 0 < red.sum() < len(red)


def test_times_of_a_part_are_those_of_the_run():
    recording = recorded()
    stop = main_corridors(recording)[0].stop_lines[0]
    whole = {second for begin, end in reds(recording, stop, (0, recording.last)) for second in range(begin, end)}
    part = {second for begin, end in reds(recording, stop, (20, 50)) for second in range(begin, end)}
    assert part == {second for second in whole if 20 <= second <= 50}


@pytest.mark.parametrize("seconds", [(10, 40)])
def test_courses_of_a_part_stay_within_it(seconds):
    recording = recorded()
    found = list(courses(recording, main_corridors(recording)[0], seconds))
    assert min(course.time[0] for course in found) >= seconds[0]
    assert max(course.time[-1] for course in found) <= seconds[1]
