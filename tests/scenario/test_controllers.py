"""Failing controllers as part of a scenario: their plans, which of them fail, JSON and hash."""

import json

import numpy as np
import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl import run
from traffic_marl.errors import ScenarioError
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.generators.grid import grid
from traffic_marl.scenario import Controllers, Scenario, Signals

TIMING = Timing(min_green=5, max_green=60, yellow=3, all_red=2, max_red=300)
GRID = grid(1, 1)


def greens(plan):
    """[s] of each phase, as the signals show them: the plan asks for the next phase at the end of a green."""
    asked = np.bincount(plan.phases, minlength=4)
    return (asked - 5).tolist()


def flows(**of_turn):
    """[veh/s] (M,) by side and turn, such as W_through."""
    sides = [road.split("_")[1][0].upper() for road, _ in GRID.movement_roads]
    names = [f"{side}_{turn}" for side, turn in zip(sides, GRID.movement_turns, strict=True)]
    assert set(of_turn) <= set(names)
    return np.array([of_turn.get(name, 0.0) for name in names])


def test_the_greens_of_a_plan_are_in_proportion_to_the_flow_of_the_fullest_lane():
    (plan,) = Controllers(cycle_s=100).plans(GRID, flows(W_through=0.3, E_through=0.1, N_through=0.1), TIMING)
    through, other = (GRID.phase_names[0].index(name) for name in ("EW through", "NS through"))
    assert len(plan.phases) == 100
    assert (greens(plan)[through], greens(plan)[other]) == (52, 18)
    assert sorted(greens(plan))[:2] == [5, 5]


def test_without_flows_all_greens_are_the_same():
    (plan,) = Controllers(cycle_s=80).plans(GRID, flows(), TIMING)
    assert greens(plan) == [15, 15, 15, 15]
    assert plan.phases == (0,) * 15 + (1,) * 20 + (2,) * 20 + (3,) * 20 + (0,) * 5


@pytest.mark.parametrize(("max_green", "cycle"), [(20, 60), (NEVER, 240)])
def test_a_cycle_is_as_long_as_the_limits_of_the_greens_allow(max_green, cycle):
    timing = TIMING._replace(max_green=max_green, min_green=10)
    short, long = (Controllers(cycle_s=each).plans(GRID, flows(W_left=0.1), timing)[0] for each in (10, 240))
    assert len(short.phases) == 60  # four times the min green and the change after it
    assert len(long.phases) == (cycle if max_green == NEVER else 4 * 25)


def test_the_signals_of_a_failed_controller_show_its_plan_whatever_is_asked_for():
    one = scenario(controllers=Controllers(failing_share=1.0), duration_s=400)
    shown = [run(one, name, [0], log_signals=True).simulation.signal_log() for name in ("random", "max_pressure")]
    assert np.array_equal(*shown)
    network = one.build_network()
    (failed,) = one.disturbances([0])
    for plan in failed.fallback:
        rows = network.tables.phase_row[plan.intersection]
        cycle = len(plan.phases)
        log = shown[0][0, :400, plan.intersection]
        for phase in set(plan.phases):
            asked = [second for second in range(400) if plan.phases[second % cycle] == phase]
            green = np.flatnonzero(log == rows[phase])
            assert set(green.tolist()) <= set(asked)
            assert len(green) >= 20


def test_the_other_controllers_do_as_they_are_asked():
    one = scenario(controllers=Controllers(failing_share=0.5), duration_s=300)
    logs = [run(one, name, [0], log_signals=True).simulation.signal_log()[0] for name in ("random", "max_pressure")]
    (failed,) = one.disturbances([0])
    (plan,) = failed.fallback
    assert np.array_equal(logs[0][:, plan.intersection], logs[1][:, plan.intersection])
    assert not np.array_equal(logs[0][:, 1 - plan.intersection], logs[1][:, 1 - plan.intersection])


def test_a_larger_share_takes_the_failed_ones_of_a_smaller_one_too():
    network = grid(5, 5)
    plans = Controllers().plans(network, np.zeros(len(network.movement_roads)), TIMING)
    counts = []
    for seed in range(40):
        few, many = (
            {plan.intersection for plan in Controllers(failing_share=share).failed(plans, seed)} for share in (0.1, 0.5)
        )
        assert few <= many
        counts.append(len(few))
    assert set(counts) == {2, 3}
    assert np.mean(counts) == pytest.approx(2.5, abs=0.3)


def test_a_scenario_without_failing_controllers_is_written_and_hashed_as_before(tmp_path):
    plain, stated, failing = scenario(), scenario(controllers=Controllers()), scenario(controllers={"failing_share": 1})
    assert "controllers" not in json.loads(plain.model_dump_json())
    assert plain.hash() == stated.hash() != failing.hash()
    failing.save(tmp_path / "one.json")
    assert Scenario.load(tmp_path / "one.json") == failing


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"failing_share": 1.5}, "controllers.failing_share: 1.5 is not a share; give a number, at most 1"),
        ({"cycle_s": 5}, "controllers.cycle_s: 5 is not a duration; give seconds, at least 10"),
        ({"share": 0.1}, "controllers.share: unknown field"),
    ],
)
def test_a_mistake_is_told_with_its_field(fields, words):
    written = json.loads(scenario().model_dump_json()) | {"controllers": fields}
    with pytest.raises(ScenarioError) as told:
        Scenario.model_validate(written)
    assert str(told.value).startswith(words)


def test_signals_keep_their_min_green_under_a_plan():
    one = scenario(controllers=Controllers(failing_share=1.0, cycle_s=10), signals=Signals(min_green_s=12))
    (failed,) = one.disturbances([0])
    assert {len(plan.phases) for plan in failed.fallback} == {4 * (12 + 5)}
