import numpy as np
import pytest

from tests.helpers.made_up_places import local_measures
from traffic_marl.local_measures import KINDS, LEVELS, LONGEST_DELAYS, level_of_service


@pytest.mark.parametrize(
    ("delay", "level"),
    [
        (-0.5, "A"),
        (0.0, "A"),
        (10.0, "A"),
        (10.01, "B"),
        (20.0, "B"),
        (34.0, "C"),
        (55.0, "D"),
        (55.1, "E"),
        (80.0, "E"),
    ],
)
def test_a_level_includes_its_longest_delay(delay, level):
    assert level_of_service(delay) == level


def test_above_the_last_bound_the_level_is_the_worst():
    assert level_of_service(80.001) == level_of_service(1e9) == "F"
    assert len(LEVELS) == len(LONGEST_DELAYS) + 1


@pytest.mark.parametrize("delay", [np.nan, np.inf])
def test_without_a_number_there_is_no_level(delay):
    assert level_of_service(delay) == ""


def test_levels_stand_in_the_order_of_the_places():
    assert local_measures([5.0, 90.0, 30.0]).movements.levels(0) == ("A", "F", "C")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_place_has_its_table(kind):
    assert local_measures([1.0, 2.0, 3.0]).of(kind).kind == kind


def test_a_place_is_named_by_what_it_has():
    measures = local_measures([1.0, 2.0, 3.0])
    assert measures.intersections.places[0].name == "I"
    assert measures.approaches.places[1].name == "I from N"
    assert measures.movements.places[0].name == "I from W left"
