from dataclasses import fields, replace

from tests.helpers.made_up_places import local_measures
from traffic_marl.local_measures import LOCAL_DEFINITIONS, Place, PlaceMeasures
from traffic_marl.local_measures.tables import names_of


def test_every_number_of_a_place_has_a_definition_and_nothing_else_has():
    numbers = [field.name for field in fields(PlaceMeasures) if field.name not in ("kind", "places")]
    assert numbers == list(LOCAL_DEFINITIONS)


def test_iteration_gives_every_number_in_the_order_of_the_definitions():
    assert [name for name, _ in local_measures([1.0, 2.0, 3.0]).movements] == list(LOCAL_DEFINITIONS)


def test_movements_of_one_name_are_told_apart_by_the_road_ahead():
    left = Place("I", "in", "N", "left", "east")
    places = [left, replace(left, to_road="back"), replace(left, turn="through", to_road="south"), Place("I")]
    assert names_of(places) == ["I from N left to east", "I from N left to back", "I from N through", "I"]
