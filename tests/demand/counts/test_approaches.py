"""Approaches named by their side, on junctions with roads from any direction."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_marl.demand.counts.approaches import Approaches
from traffic_marl.errors import DemandError
from traffic_marl.local_measures.places import places_of
from traffic_marl.network.assemble import assemble
from traffic_marl.network.described import movements_at
from traffic_marl.network.model import Connection, Lane, Movement, Node, PhaseRow, Road, build_graph

ALL_ROUND = tuple(range(0, 360, 45))


def star(bearings):
    """A signal with a road from each bearing [degrees, clockwise from the north], named by it, and a road out."""
    lanes, far = (Lane(4.0, 10.0),), {f"{bearing}": _at(bearing) for bearing in (*bearings, 7)}
    movements = tuple(Movement(f"{bearing}", "out", "through", (Connection(0, 0),)) for bearing in bearings)
    rows = (PhaseRow("all", tuple(range(len(movements))), 30.0),)
    nodes = [Node("mid", (0.0, 0.0), 10.0, False, movements, rows)]
    nodes += [Node(f"rim {name}", point, 0.0, True) for name, point in far.items()]
    roads = [Road(f"{bearing}", f"rim {bearing}", "mid", (_at(bearing), (0.0, 0.0)), lanes) for bearing in bearings]
    roads += [Road("out", "mid", "rim 7", ((0.0, 0.0), _at(7)), lanes)]
    return assemble(build_graph(nodes, roads))


def _at(bearing):
    return (300.0 * math.sin(math.radians(bearing)), 300.0 * math.cos(math.radians(bearing)))


def named(bearings, approach):
    network = star(bearings)
    return network.roads[Approaches(network).road("mid", approach, "counts.csv, line 2")]


@pytest.mark.parametrize(
    ("approach", "bearing"),
    [
        *(("N", 0), ("NE", 45), ("E", 90), ("SE", 135), ("S", 180), ("SW", 225), ("W", 270), ("NW", 315)),
        *(("north", 0), ("north-east", 45), ("Northeast", 45), ("from south west", 225), ("SE approach", 135)),
        *(("SB", 0), ("SWB", 45), ("northwestbound", 135), ("north-eastbound", 225), ("seb", 315), ("EB", 270)),
    ],
)
def test_each_of_eight_sides_has_its_road(approach, bearing):
    assert named(ALL_ROUND, approach) == f"{bearing}"


@given(st.lists(st.integers(0, 35), min_size=2, max_size=7, unique=True))
def test_the_sides_that_tables_show_name_the_same_roads(tens):
    network = star([10 * each for each in tens])
    places = {kind.kind: kind.places for kind in places_of(network)}["approach"]
    assert {(each.from_road, each.side) for each in movements_at(network, 0)} == {(p.road, p.side) for p in places}
    sides, approaches = [place.side for place in places], Approaches(network)
    for place in places:
        if sides.count(place.side) == 1:
            assert network.roads[approaches.road("mid", place.side, "counts.csv")] == place.road
        else:
            with pytest.raises(DemandError, match=r"mid has several roads, .* come from"):
                approaches.road("mid", place.side, "counts.csv")


@pytest.mark.parametrize(("bearing", "side"), [(40, "N"), (50, "E"), (130, "E"), (140, "S"), (230, "W"), (320, "N")])
def test_a_road_from_between_two_sides_may_be_named_by_its_quarter(bearing, side):
    assert named([bearing, 180 + bearing], side) == f"{bearing}"


def test_the_road_from_the_side_itself_goes_before_others_of_the_quarter():
    assert named([0, 40], "N") == "0"
    assert named([0, 40], "NE") == "40"


@pytest.mark.parametrize(
    ("bearings", "approach", "words"),
    [
        ([30, 330], "N", "mid has several roads, 30, 330, come from 'N'"),
        ([5, 350, 40], "SB", "mid has several roads, 5, 350, come from 'SB'"),
        ([50, 180], "N", "mid has no approach 'N'"),
        ([50, 180], "NW", "mid has no approach 'NW'"),
        ([50, 180], "up", "mid has no approach 'up'"),
    ],
)
def test_a_side_without_one_road_is_told_with_all_roads(bearings, approach, words):
    with pytest.raises(DemandError) as caught:
        named(bearings, approach)
    assert str(caught.value).startswith(f"counts.csv, line 2: {words}; name one of its roads: ")
    first = {30: "30 (from north-east)", 5: "5 (from north)", 50: "50 (from north-east), 180 (from south)"}[bearings[0]]
    assert first in str(caught.value)
