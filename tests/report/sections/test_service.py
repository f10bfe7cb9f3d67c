"""The section on the level of service."""

import re

from tests.helpers.reported import LABELS, reported
from traffic_marl.local_measures import LEVELS
from traffic_marl.report.places import means_of
from traffic_marl.report.sections.service import service


def counted(drawn, label):
    """Movements at each level, as the bar of a strategy has them, and those at E or F in words."""
    strip = re.search(rf'<div class="name">{label}</div>(.*?)<div class="value">E or F: (\d+)</div>', drawn)
    return {level: int(count) for level, count in re.findall(r"<title>([A-F]): (\d+)</title>", strip[1])}, int(strip[2])


def test_the_levels_of_all_movements_are_counted():
    drawn = service(reported())
    for label in LABELS:
        means = means_of(reported().local[label].movements)
        levels = [means.level(place) for place in range(len(means.places))]
        bars, worst = counted(drawn, label)
        assert bars == {level: levels.count(level) for level in LEVELS if level in levels}
        assert worst == levels.count("E") + levels.count("F")


def test_each_movement_has_a_cell_in_the_table_of_each_strategy_that_is_shown():
    drawn = service(reported())
    matrices = re.findall(r'<table class="levels">(.*?)</table>', drawn)
    assert len(matrices) == 2
    movements = reported().local[LABELS[0]].movements.places
    for matrix in matrices:
        assert matrix.count("<span") == len(movements)
        assert set(re.findall(r'<th scope="col">([^<]*)</th>', matrix)) == {
            f"{place.side} {place.turn[0]}" for place in movements
        }


def test_the_details_have_a_row_for_each_movement_and_intersection():
    drawn = service(reported())
    local = reported().local[LABELS[0]]
    for place in (*local.movements.places, *local.intersections.places):
        assert f">{place.name}</th>" in drawn


def test_tables_of_many_intersections_are_folded(monkeypatch):
    assert "<summary>Level of each movement" not in service(reported())
    monkeypatch.setattr("traffic_marl.report.sections.service.MANY", 2)
    assert "<summary>Level of each movement" in service(reported())
