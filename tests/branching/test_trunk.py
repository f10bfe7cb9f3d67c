"""A trunk and its branches: a branch is the run that would have been."""

import numpy as np
import pytest

from tests.helpers.lone_vehicles import EASTWARD, EW_THROUGH, NS_THROUGH, YELLOW, keeping, scenario
from traffic_marl.branching import Branch, Trunk
from traffic_marl.rollout import DecisionLoop, decision_interval
from traffic_marl.scenario import GridNetwork, Messages, Scenario, TurningFlows
from traffic_marl.strategies.catalogue import COMPARED
from traffic_marl.strategies.conversion import named_strategy
from traffic_marl.strategies.strategy import Conditions

TOWN = Scenario(
    name="town",
    network=GridNetwork(rows=1, columns=2, block_m=150.0),
    demand=TurningFlows(inflow_vph=500.0),
    duration_s=240,
    decision_interval_s=15,
)
MOMENT, AHEAD = 120, 60  # [s]
FAILING = TOWN.model_copy(update={"sensors": TOWN.sensors.model_copy(update={"blind_share": 0.3, "stuck_share": 0.2})})


def remembering(conditions):
    """Changes after every third decision, which it counts in a variable of its own."""
    count = np.zeros(len(conditions.seeds), int)

    def decide(readings):
        count[:] += 1
        return np.broadcast_to(count[:, None] // 3 % 4, readings.phase.shape)

    return decide


def run_anew(town, strategy, seed, change, moment=MOMENT):
    """[veh s] delay that comes up in a whole run within AHEAD of a moment, if phases asked for there are changed."""
    named = named_strategy(strategy)
    simulation = town.simulation((seed,))
    interval = decision_interval(town, named)
    unnoticed, messages = town.sensors.faults().unnoticed, town.messages.faults()
    conditions = Conditions(simulation.network, simulation.timing, interval, town.flow(), (seed,), unnoticed, messages)

    def override(asked):
        asked = asked.copy()
        if moment <= simulation.time < moment + interval:
            for intersection, phase in change.items():
                asked[:, intersection] = phase
        return asked

    loop = DecisionLoop(simulation, named.start(conditions), interval, override=override)
    loop.advance_to(moment)
    before = simulation.total_delay()[0]
    loop.advance_to(moment + AHEAD)
    return simulation.total_delay()[0] - before


@pytest.mark.parametrize("strategy", [*COMPARED, "actuated:gap_s=2", remembering])
def test_a_branch_is_the_run_in_which_that_decision_was_another(strategy):
    trunk = Trunk(TOWN, [named_strategy(strategy)], 3)
    trunk.advance_to(MOMENT)
    while not trunk.choices()[0].all():
        trunk.advance_to(trunk.time + trunk.interval)

    changes = [{}, {0: 2}, {1: 3, 0: 1}]
    found = trunk.futures([Branch(each) for each in changes], AHEAD).cost

    assert found.tolist() == [run_anew(TOWN, strategy, 3, each, trunk.time) for each in changes]
    assert len(set(found.tolist())) > 1


def test_a_branch_keeps_the_memory_of_failing_detectors():
    trunk = Trunk(FAILING, [named_strategy("longest_queue")], 3)
    trunk.advance_to(MOMENT)

    found = trunk.futures([Branch(), Branch({0: 2})], AHEAD).cost

    assert found.tolist() == [run_anew(FAILING, "longest_queue", 3, each) for each in ({}, {0: 2})]
    assert FAILING.sensors.faults().unnoticed


def test_branches_know_of_their_neighbours_what_messages_have_told_before():
    failing = Messages(lost_share=0.3, false_share=0.3, delay_s=30)
    told = TOWN.model_copy(update={"messages": failing})
    trunk = Trunk(told, [named_strategy("max_pressure")], 3)
    trunk.advance_to(MOMENT)
    found = trunk.futures([Branch(), Branch({0: 2})], AHEAD).cost
    assert found.tolist() == [run_anew(told, "max_pressure", 3, each) for each in ({}, {0: 2})]


def test_a_trunk_stays_as_it_is_while_it_is_branched():
    one, other = (Trunk(TOWN, [named_strategy("actuated")], 0) for _ in range(2))
    for second in range(15, 195, 15):
        one.advance_to(second)
        one.futures([Branch({0: 1}), Branch({1: 2})], 30)
    other.advance_to(180)

    assert one.simulation.total_delay() == other.simulation.total_delay()
    assert np.array_equal(one.simulation.readings().queue, other.simulation.readings().queue)


def test_a_branch_may_follow_another_strategy_that_has_seen_the_same_readings():
    trunk = Trunk(TOWN, [named_strategy(keeping(1)), named_strategy(keeping(0))], 0)
    trunk.advance_to(MOMENT)

    found = trunk.futures([Branch(), Branch(follows=1)], AHEAD).cost

    def switching(conditions):
        return lambda readings: np.full(readings.phase.shape, 1 if readings.time < MOMENT else 0)

    assert found.tolist() == [run_anew(TOWN, each, 0, {}) for each in (keeping(1), switching)]


def test_more_branches_than_are_moved_at_once_come_in_their_order(monkeypatch):
    trunk = Trunk(TOWN, [named_strategy("max_pressure")], 0)
    trunk.advance_to(MOMENT)
    branches = [Branch({n: p}) for n in range(2) for p in range(4)]
    whole = trunk.futures(branches, AHEAD).cost

    monkeypatch.setattr("traffic_marl.branching.trunk.WIDTH", 3)

    assert trunk.futures(branches, AHEAD).cost.tolist() == whole.tolist()
    assert len(set(whole.tolist())) > 3


def test_a_vehicle_that_stands_adds_a_second_of_delay_each_second_until_its_green(tmp_path):
    trunk = Trunk(scenario(tmp_path, [(0, EASTWARD)]), [named_strategy(keeping(NS_THROUGH))], 0)
    trunk.advance_to(90)  # it has been standing before the first intersection for a while

    found = trunk.futures([Branch(), Branch({0: EW_THROUGH}), Branch({1: EW_THROUGH})], 25, every=1)

    standing, served, elsewhere = found.delay
    assert standing == pytest.approx(np.arange(1, 26))
    assert elsewhere.tolist() == standing.tolist()
    assert served[:YELLOW].tolist() == standing[:YELLOW].tolist()
    speed, acceleration = 11.111, 2.0
    assert served[-1] == pytest.approx(YELLOW + speed / acceleration / 2.0, abs=2.0)
