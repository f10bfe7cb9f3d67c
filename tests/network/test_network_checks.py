from dataclasses import replace

import pytest

from traffic_marl.errors import NetworkError
from traffic_marl.network.assemble import assemble
from traffic_marl.network.checks import check_phases, unserved_movements
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.model import Connection, Lane, Node, PhaseRow, Road, build_graph, nodes_of, roads_of
from traffic_marl.network.phases import select_phases

NAME = "intersection_1_1"


def changed(network, change, road_change=lambda road: road):
    """The network with its one intersection and its roads changed."""
    nodes = [node if node.virtual else change(node) for node in nodes_of(network.graph)]
    return assemble(build_graph(nodes, [road_change(road) for road in roads_of(network.graph)]))


def with_row(*streams):
    """Adds a row in which these (road entered from, turn) are green."""

    def change(node):
        movements = [(movement.from_road, movement.turn) for movement in node.movements]
        green = tuple(sorted(movements.index(stream) for stream in streams))
        return replace(node, rows=(*node.rows, PhaseRow("bad", green, 30.0)))

    return change


@pytest.mark.parametrize(
    "streams",
    [
        [("road_west_1_E", "through"), ("road_south_1_N", "through")],
        [("road_west_1_E", "left"), ("road_south_1_N", "left")],
        [("road_west_1_E", "left"), ("road_south_1_N", "through")],
        [("road_west_1_E", "left"), ("road_east_1_W", "through")],
    ],
)
def test_conflicting_greens_are_found(streams):
    network = changed(grid(1, 1), with_row(*streams))
    with pytest.raises(NetworkError, match="green together") as caught:
        check_phases(network)
    assert caught.value.where == f"phases[{NAME}]"


@pytest.mark.parametrize(
    "streams",
    [
        [("road_west_1_E", "right"), ("road_north_1_S", "through")],
        [("road_west_1_E", "left"), ("road_west_1_E", "through")],
        [("road_west_1_E", "left"), ("road_east_1_W", "left")],
    ],
)
def test_movements_that_yield_or_do_not_meet_are_allowed(streams):
    check_phases(changed(grid(1, 1), with_row(*streams)))


def test_permitted_lefts_yield_to_the_opposite_side_only():
    opposite = changed(grid(1, 1), with_row(("road_west_1_E", "left"), ("road_east_1_W", "through")))
    check_phases(opposite, [NAME])
    across = changed(grid(1, 1), with_row(("road_west_1_E", "left"), ("road_south_1_N", "through")))
    with pytest.raises(NetworkError, match="green together"):
        check_phases(across, [NAME])


def test_a_two_phase_table_needs_permitted_lefts():
    network = grid(1, 1, phases="two")
    check_phases(network, [NAME])
    with pytest.raises(NetworkError, match="green together"):
        check_phases(network)


def test_an_unserved_movement_is_found():
    network = select_phases(grid(1, 1), [1, 2, 3])
    assert set(unserved_movements(network)) == {("road_east_1_W", "road_1_1_S"), ("road_west_1_E", "road_1_1_N")}
    with pytest.raises(NetworkError, match="no phase serves"):
        check_phases(network)


def spoil_movement(**changes):
    return lambda node: replace(node, movements=(replace(node.movements[0], **changes), *node.movements[1:]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda node: replace(node, rows=()), "no intersection has signals"),
        (lambda node: replace(node, yields=((0, 99),)), "a connection yields that does not exist"),
        (lambda node: replace(node, movements=(), rows=(PhaseRow("a", (), 5.0),)), "no intersection has signals"),
        (lambda node: replace(node, virtual=True), "virtual but has movements"),
        (lambda node: replace(node, width=float("nan")), "position or width"),
        (lambda node: replace(node, movements=node.movements[:1] + node.movements), "twice"),
        (lambda node: replace(node, rows=(PhaseRow("a", (99,), 5.0),)), "does not exist"),
        (lambda node: replace(node, rows=(PhaseRow("a", (0,), -5.0),)), "negative time"),
        (spoil_movement(turn="back"), "is not a turn"),
        (spoil_movement(from_road="x"), "not a road"),
        (spoil_movement(from_road="road_1_1_E"), "do not meet"),
        (spoil_movement(connections=()), "no connection"),
        (spoil_movement(connections=(Connection(9, 0),)), "does not exist"),
        (spoil_movement(connections=(Connection(0, 0, rank=4),)), "4 is not a rank"),
        (spoil_movement(connections=(Connection(0, 0, ((1.0, 1.0), (float("inf"), 1.0))),)), "coordinate out of range"),
    ],
)
def test_a_broken_intersection_is_refused(change, words):
    with pytest.raises(NetworkError, match=words):
        changed(grid(1, 1), change)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lanes": ()}, "no lane"),
        ({"lanes": (Lane(-1.0, 10.0),)}, "no width or no speed limit"),
        ({"points": ((0.0, 0.0), (5.0, 0.0))}, "5 m long, .* too short for the widths of .*more than 10 m"),
        ({"points": ((0.0, 0.0), (0.0, 0.0), (500.0, 0.0))}, "zero length"),
        ({"points": ((0.0, 0.0), (10.0, 0.0), (500.0, 0.0))}, "first piece is 10 m long.*more than 5 m"),
        ({"points": ((0.0, 0.0),)}, "two points"),
    ],
)
def test_a_broken_road_is_refused(changes, words):
    def spoil(road):
        return replace(road, **changes) if road.name == "road_1_1_E" else road

    with pytest.raises(NetworkError, match=words) as caught:
        changed(grid(1, 1), lambda node: node, spoil)
    assert caught.value.where == "road road_1_1_E"


def test_names_and_ends_of_roads_must_be_known_and_distinct():
    one, two = (Node(name, (x, 0.0), 0.0, virtual=True) for name, x in (("one", 0.0), ("two", 9.0)))
    road = Road("road", "one", "two", ((0.0, 0.0), (9.0, 0.0)), (Lane(4.0, 10.0),))
    with pytest.raises(NetworkError, match="intersection one"):
        build_graph([one, one], [])
    with pytest.raises(NetworkError, match="two roads have this name"):
        build_graph([one, two], [road, road])
    with pytest.raises(NetworkError, match="two is not a node"):
        build_graph([one], [road])
