from dataclasses import replace

import pytest

from traffic_marl.errors import StrategyError
from traffic_marl.network.assemble import build_network
from traffic_marl.network.model import nodes_of, roads_of
from traffic_marl.scenario import load_scenario
from traffic_marl.strategies.plans.own_tables import sheet_of_tables

PLACE = "intersection_1_1"


def with_times(times, offset=0.0):
    """The smoke grid, whose phase tables have these rows, numbers of its own, with times and purposes."""
    network = load_scenario("grid_2x2_smoke").build_network()

    def changed(node):
        rows = tuple(
            replace(node.rows[row], time=time, is_phase=next(iter(stated), None)) for row, time, *stated in times
        )
        return replace(node, rows=rows, offset=offset)

    nodes = [node if node.virtual else changed(node) for node in nodes_of(network.graph)]
    return build_network(nodes, roads_of(network.graph))


def greens_of(network):
    return [(green.phase, green.green) for green in sheet_of_tables(network).greens if green.intersection == PLACE]


def test_greens_stand_in_the_order_and_with_the_times_of_the_rows():
    assert greens_of(with_times([(0, 5.0), (3, 40.0), (1, 20.0), (2, 12.4), (4, 15.0)])) == [
        ("0", 40.0),
        ("1", 20.0),
        ("2", 12.0),
        ("3", 15.0),
    ]


def test_a_row_that_repeats_a_phase_is_a_second_green_of_it():
    rows = [(1, 20.0), (0, 5.0), (2, 12.0), (0, 5.0), (1, 10.0), (0, 5.0), (3, 15.0), (4, 9.0)]
    assert greens_of(with_times(rows)) == [("0", 20.0), ("1", 12.0), ("0", 10.0), ("2", 15.0), ("3", 9.0)]


def test_a_green_that_goes_on_at_the_start_of_the_cycle_is_one():
    rows = [(1, 20.0), (0, 5.0), (2, 12.0), (3, 15.0), (4, 9.0), (1, 10.0)]
    assert greens_of(with_times(rows)) == [("0", 30.0), ("1", 12.0), ("2", 15.0), ("3", 9.0)]


def test_rows_that_a_file_states_to_be_between_phases_are_their_clearance():
    between = (0, 4.0, False), (0, 3.0, False), (0, 5.0, False), (0, 2.0, False), (0, 1.0, False)
    rows = [between[0], (1, 30.0, True), between[1], (2, 6.0, True), between[2], (3, 9.0, True), between[3]]
    network = with_times([*rows, (4, 8.0, True), between[4]], offset=20.0)
    found = [green for green in sheet_of_tables(network).greens if green.intersection == PLACE]
    # the plan begins with 4 s of clearance, which belong to the green at its end
    times = [(green.phase, green.green, green.clearance) for green in found]
    assert times == [("0", 30.0, 3.0), ("1", 6.0, 5.0), ("2", 9.0, 2.0), ("3", 8.0, 5.0)]
    assert {green.offset for green in found} == {24.0}


def test_a_phase_without_a_time_is_refused():
    with pytest.raises(StrategyError, match=r"phase 'EW left' of intersection_1_1 has no time .*; give a plan with"):
        greens_of(with_times([(0, 5.0), (1, 20.0), (2, 20.0), (3, 30.0), (4, 0.0)]))


def test_phases_whose_names_are_numbers_of_others_keep_their_own_times():
    plain = with_times([(0, 5.0), (3, 40.0), (1, 20.0), (2, 12.0), (4, 15.0)])

    def named(node):
        names = ("", "2", "3", "0", "1")
        return replace(node, rows=tuple(replace(row, name=name) for row, name in zip(node.rows, names, strict=True)))

    nodes = [node if node.virtual else named(node) for node in nodes_of(plain.graph)]
    network = build_network(nodes, roads_of(plain.graph))
    assert network.phase_names[network.intersections.index(PLACE)] == ("2", "3", "0", "1")
    assert greens_of(network) == [("2", 40.0), ("3", 20.0), ("0", 12.0), ("1", 15.0)]
