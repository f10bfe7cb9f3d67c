import numpy as np
import pytest

from tests.helpers.handmade_signals import EL, ET, NT, SL, ST, WL, conditions, crossing, readings
from traffic_marl import load_scenario, run
from traffic_marl.errors import StrategyError
from traffic_marl.planning import PlanOptions
from traffic_marl.scenario.seeds import validation_seeds
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.classical.rolling_horizon import RollingHorizon

NETWORK = crossing()  # phases 0 WT ET, 1 NT ST, 2 WL EL, 3 NL SL; lanes have the numbers of movements


def ask(phase=0, age=30, **traffic):
    working = RollingHorizon().start(conditions(NETWORK, interval=1))
    return int(working.decide(readings(NETWORK, 100, phase=phase, age=age, **traffic))[0, 0])


def test_a_signal_rests_in_green_without_anybody_elsewhere():
    assert ask() == 0
    assert ask(queue={ET: 3}) == 0


def test_a_green_ends_early_for_a_long_queue_but_not_for_one_vehicle():
    coming = {(ET, band): 2 for band in range(3)}
    assert ask(queue={NT: 1}, moving=coming) == 0
    assert ask(queue={NT: 9, ST: 9}, moving=coming) == 1


def test_a_green_ends_before_its_last_distant_vehicle_comes():
    assert ask(queue={NT: 2}, moving={(ET, 4): 1}) == 1


def test_the_phase_that_saves_most_follows():
    assert ask(queue={NT: 1, WL: 3, EL: 3, SL: 2}) == 2


def test_a_vehicle_that_comes_to_a_red_has_its_green_in_time():
    """It is 60 to 120 m away, 4 to 8 s at 15 m/s. A change takes 5 s and a lost second."""
    assert ask(moving={(NT, 1): 1}) == 1


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("rolling_horizon", PlanOptions()),
        ("rolling_horizon:horizon_s=40,gap_s=2", PlanOptions(horizon=40, gap=2)),
        ("rolling_horizon:saturation_flow_vph=1440,startup_lost_s=2", PlanOptions(flow=0.4, lost=2)),
        ("rolling_horizon:urgency=0.6,longest_green_s=60", PlanOptions(urgency=0.01, longest_green=60)),
        ("rolling_horizon:longest_wait_s=90", PlanOptions(longest_wait=90)),
        ("rolling_horizon:sight=positions", PlanOptions(fine=True)),
        ("rolling_horizon:room=foreseen", PlanOptions(room=True)),
    ],
)
def test_parameters_are_those_of_the_plan(text, options):
    assert parse(text).strategy.options == options


@pytest.mark.parametrize(
    "text", ["horizon_s=0", "horizon_s=601", "saturation_flow_vph=0", "urgency=-1", "gap_s=1.5", "sight=far", "room=1"]
)
def test_a_wrong_parameter_is_refused(text):
    with pytest.raises(StrategyError, match=r"rolling_horizon:"):
        parse(f"rolling_horizon:{text}")


def test_it_has_less_delay_than_actuated_control():
    scenario, seeds = load_scenario("grid_4x4_rush_hour"), validation_seeds(2)
    planned, actuated, fullest = (
        run(scenario, name, seeds, until=1800).measures.mean_delay.mean()
        for name in ("rolling_horizon", "actuated", "actuated_longest_queue")
    )
    assert planned < 0.9 * actuated
    assert planned < fullest


def test_it_keeps_short_blocks_from_locking_up():
    locked = run("grid_4x4_short_blocks", "rolling_horizon", validation_seeds(2))
    assert (
        locked.measures.mean_delay.mean()
        < 0.2 * run("grid_4x4_short_blocks", "actuated", validation_seeds(2)).measures.mean_delay.mean()
    )


def test_neighbours_that_tell_whom_they_let_go_save_delay():
    told, alone = (
        run("grid_3x3_steady", f"rolling_horizon:coordination={kind}", validation_seeds(2)).measures.mean_delay.mean()
        for kind in ("neighbours", "none")
    )
    assert told < alone - 1.0


def test_decisions_every_five_seconds_are_possible():
    every = run("grid_2x2_smoke", "rolling_horizon:interval_s=5", (0,), until=300)
    assert every.interval == 5
    assert np.isfinite(every.measures.mean_delay).all()
