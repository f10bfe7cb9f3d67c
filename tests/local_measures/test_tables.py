from dataclasses import fields

from tests.helpers.made_up_places import local_measures
from traffic_marl.local_measures import LOCAL_DEFINITIONS, PlaceMeasures


def test_every_number_of_a_place_has_a_definition_and_nothing_else_has():
    numbers = [field.name for field in fields(PlaceMeasures) if field.name not in ("kind", "places")]
    assert numbers == list(LOCAL_DEFINITIONS)


def test_iteration_gives_every_number_in_the_order_of_the_definitions():
    assert [name for name, _ in local_measures([1.0, 2.0, 3.0]).movements] == list(LOCAL_DEFINITIONS)
