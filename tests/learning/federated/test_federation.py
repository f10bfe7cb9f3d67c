"""Federations: districts as a user writes them, and terms that make sense."""

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.federated.federation import Federation, divided

TWO = ("north=grid_2x2_smoke", "south=grid_3x3_steady")


def federation(*districts, **terms):
    return Federation(districts=districts or TWO, **terms)


def test_a_district_has_a_name_and_what_it_holds():
    members = federation("a = one.json", "b=I1+I2").members
    assert [(each.name, each.holds) for each in members] == [("a", "one.json"), ("b", "I1+I2")]
    assert members[0].resource == "district_a"


def test_a_federation_is_the_same_after_its_plain_values():
    one = federation(average_every=3, update_clip=0.5, noise=2.0, delta=1e-6)
    assert Federation.from_json(one.to_json()) == one


@pytest.mark.parametrize(
    ("districts", "terms", "told"),
    [
        (("a=x",), {}, "make no federation"),
        (("a=x", "a=y"), {}, "a is given 2 times"),
        (("a=x", "A=y"), {}, "a is given 2 times"),
        (("a=x", "b"), {}, "names no district"),
        (("a=x", "b="), {}, "names no district"),
        (("a=x", "../b=y"), {}, "no name of a district"),
        (("a=x", "=y"), {}, "no name of a district"),
        (TWO, {"noise": 1.0}, "there is none"),
        (TWO, {"noise": 0.0, "update_clip": 1.0}, "out of range"),
        (TWO, {"update_clip": -1.0}, "out of range"),
        (TWO, {"update_clip": float("nan")}, "update_clip"),
        (TWO, {"noise": 1.0, "update_clip": 1.0, "delta": 0.0}, "delta"),
        (TWO, {"delta": 1.0}, "delta"),
        (TWO, {"average_every": 0}, "average_every"),
        (TWO, {"average_every": 2.5}, "average_every"),
    ],
)
def test_terms_that_make_no_sense_are_refused(districts, terms, told):
    with pytest.raises(UsageError, match=told):
        Federation(districts=districts, **terms)


def test_districts_divide_the_intersections_of_a_scenario():
    names = ("west_1", "west_2", "east_1", "centre")
    parts = divided(federation("w=west_*", "e=centre + east_1"), names)
    assert parts == {"w": (0, 1), "e": (2, 3)}


@pytest.mark.parametrize(
    ("districts", "told"),
    [
        (("w=west_*", "e=east_1"), "1 intersections are in no district, such as centre"),
        (("w=west_*+centre", "e=centre+east_1"), "centre is in w and in e"),
        (("w=west_*+centre", "e=east_9+east_1"), "east_9"),
    ],
)
def test_intersections_in_none_or_several_districts_are_told(districts, told):
    with pytest.raises(UsageError, match=told):
        divided(federation(*districts), ("west_1", "west_2", "east_1", "centre"))


def test_an_intersection_may_be_named_twice_by_the_same_district():
    assert divided(federation("a=x+x*", "b=y"), ("x", "y")) == {"a": (0,), "b": (1,)}


def test_districts_are_told_by_name():
    assert federation().traffic == "the districts north, south"
