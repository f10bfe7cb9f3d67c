import pytest

from traffic_marl.events import numbering
from traffic_marl.events.numbering import ADVANCE, PRESENCE
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid

USUAL = {
    ("E", "left"): 1, ("W", "through"): 2, ("N", "left"): 3, ("S", "through"): 4,
    ("W", "left"): 5, ("E", "through"): 6, ("S", "left"): 7, ("N", "through"): 8,
    ("W", "right"): 10, ("S", "right"): 12, ("E", "right"): 14, ("N", "right"): 16,
}  # fmt: skip


def test_four_approaches_have_the_usual_phases():
    numbers = numbering(grid(1, 1, block=200.0))
    assert {(m.side, m.turn): phase for m, phase in zip(numbers.movements, numbers.phases, strict=True)} == USUAL


def test_a_left_turn_meets_the_through_traffic_of_the_next_number():
    opposite = {"E": "W", "W": "E", "N": "S", "S": "N"}
    for side in opposite:
        assert USUAL[side, "left"] + 1 == USUAL[opposite[side], "through"]


@pytest.mark.parametrize("network", [grid(2, 2, block=200.0, missing=[("intersection_1_1", "W")]), arterial(3)])
def test_every_movement_has_a_phase_of_its_own_at_its_intersection(network):
    numbers = numbering(network)
    named = [(place.intersection, phase) for place, phase in zip(numbers.movements, numbers.phases, strict=True)]
    assert len(set(named)) == len(named)


def test_each_lane_at_a_signal_has_two_detectors_with_numbers_of_their_own():
    network = grid(2, 1, block=200.0)
    numbers = numbering(network)
    lanes = [lane for lane, place in enumerate(network.tables.lane_intersection.tolist()) if place >= 0]
    for function in (PRESENCE, ADVANCE):
        assert sorted(each.lane for each in numbers.detectors if each.function == function) == lanes
    for place in range(2):
        own = sorted(each.number for each in numbers.detectors if each.intersection == place)
        assert own == list(range(1, len(own) + 1))


def test_a_shared_lane_calls_the_phase_of_its_through_movement():
    network = grid(1, 1, block=200.0, lanes=(("left", "through", "right"),))
    assert sorted({each.phase for each in numbering(network).detectors}) == [2, 4, 6, 8]


def test_advance_detectors_wait_for_the_free_way_to_the_stop_line():
    network = grid(1, 1, block=200.0)
    for each in numbering(network).detectors:
        free = network.tables.length[each.lane] / network.tables.limit[each.lane]
        assert each.delay == (free if each.function == ADVANCE else 0.0)
        assert each.distance == (network.tables.length[each.lane] if each.function == ADVANCE else 10.0)
