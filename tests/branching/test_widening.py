"""Controllers of one copy as controllers of many: what is made of their memory, and what is refused."""

from collections import deque, namedtuple

import numpy as np
import pytest

from tests.helpers.untrained import untrained
from traffic_marl.branching import Trunk, copied
from traffic_marl.branching.branches import repeated
from traffic_marl.branching.widening import UnlikeError, Widening
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows
from traffic_marl.strategies.catalogue import COMPARED
from traffic_marl.strategies.conversion import named_strategy

Pair = namedtuple("Pair", "first second")
TOWN = Scenario(
    name="town",
    network=GridNetwork(rows=1, columns=2, block_m=150.0),
    demand=TurningFlows(inflow_vph=500.0),
    duration_s=240,
)
FAILING = TOWN.model_copy(update={"sensors": TOWN.sensors.model_copy(update={"blind_share": 0.3})})


def widened(one, two, copies=3):
    return Widening(copies, ())(one, two)


def test_an_axis_that_is_twice_as_long_holds_the_copies():
    one = np.arange(6.0).reshape(1, 2, 3)
    assert np.array_equal(widened(one, np.repeat(one, 2, axis=0)), np.repeat(one, 3, axis=0))

    flat = np.array([4, 7])
    assert widened(flat, np.tile(flat, 2)).tolist() == [4, 7] * 3

    last = np.array([[1], [2]])
    assert widened(last, np.repeat(last, 2, axis=1)).tolist() == [[1, 1, 1], [2, 2, 2]]


def test_arrays_without_copies_are_copied():
    one = np.arange(4)
    found = widened(one, one.copy())
    found[0] = 9
    assert one.tolist() == [0, 1, 2, 3]


def test_the_number_of_copies_lists_of_copies_and_parts_are_found():
    assert widened(1, 2) == 3
    assert widened((5, None, "a", True), (5, None, "a", True)) == (5, None, "a", True)
    assert widened([np.zeros(2)], [np.zeros(2), np.zeros(2)])[2].tolist() == [0.0, 0.0]
    assert widened(Pair([7], 1), Pair([7, 7], 2)) == Pair([7, 7, 7], 3)
    assert widened(deque([1.5, 2.5], maxlen=4), deque([1.5, 2.5], maxlen=4)).maxlen == 4
    assert widened({"a": (1,)}, {"a": (1, 1)}) == {"a": (1, 1, 1)}


def test_copies_draw_the_same_numbers_each_from_a_generator_of_its_own():
    one, two = ([np.random.default_rng(4) for _ in range(count)] for count in (1, 2))
    for each in (*one, *two):
        each.random(3)

    found = widened(one, two)

    drawn = [each.random() for each in found]
    assert drawn == [one[0].random()] * 3


def test_parts_that_occur_twice_are_one_in_the_result():
    shared = np.zeros(2)
    twice = np.zeros(4)
    found = widened([shared, shared, 0], [twice, twice, 0])
    assert found[0] is found[1]


class Foreign:
    """A class of a user's own."""


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (Foreign(), Foreign()),
        (3, 4),
        (1.0, 2.0),
        (np.zeros(2), np.zeros(3)),
        (np.zeros((1, 1)), np.zeros((2, 2))),
        ([1, 2, 3], [1, 2]),
        ({"a": 1}, {"b": 1}),
        (None, np.zeros(2)),
        (np.array([Foreign()]), np.array([Foreign()])),
        (lambda: 0, lambda: 1),
    ],
)
def test_what_is_not_understood_is_refused(one, two):
    with pytest.raises(UnlikeError):
        widened(one, two)


@pytest.mark.parametrize("town", [TOWN, FAILING], ids=["sound", "failing"])
@pytest.mark.parametrize("strategy", COMPARED)
def test_every_shipped_strategy_is_widened_without_being_started_again(strategy, town):
    holds_as_many(named_strategy(strategy), town)


@pytest.mark.parametrize("policy", ["shared", "message", "attention"])
def test_trained_policies_are_widened_without_being_started_again(policy):
    holds_as_many(untrained(TOWN, "upstream", policy), TOWN)


def holds_as_many(strategy, town):
    """Holds that a widened controller asks in each of its copies for the phases of the one that it is made from."""
    trunk = Trunk(town, [strategy], 3)
    trunk.advance_to(90)
    shared = (*trunk._conditions, trunk.network, trunk.timing)
    many = Widening(5, shared)(trunk._ones[0], trunk._twos[0])
    single = copied(trunk._ones[0], shared)
    for _ in range(4):
        readings = trunk.simulation.detected()
        asked = trunk._ones[0].decide(readings)
        assert many.decide(repeated(readings, 5)).tolist() == asked.tolist() * 5
        assert single.decide(readings).tolist() == asked.tolist()
        trunk.simulation.advance(asked, trunk.interval)
