"""Runs in SUMO, where it is installed."""

import numpy as np
import pytest

from tests.helpers.sumo import needs_sumo
from traffic_marl import run
from traffic_marl.errors import StrategyError, UsageError
from traffic_marl.kernels.tables import NEVER
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.scenario import load_scenario

SCENARIO = load_scenario("grid_2x2_smoke").within(until_s=300)


@needs_sumo
def test_every_vehicle_of_sumo_is_entered_under_way_or_gone():
    scenario = SCENARIO.model_copy(update={"clearing_s": 600})

    found = run(scenario, "actuated", (0, 1), simulator="sumo")

    trips = [scenario.build_demand().draw(seed) for seed in (0, 1)]
    assert found.measures.demanded.tolist() == [len(each) for each in trips]
    assert found.measures.unserved.tolist() == [0, 0]
    assert (found.at_end.left[0, : len(trips[0])] > found.at_end.entered[0, : len(trips[0])]).all()
    assert (found.at_end.scheduled[:, :1] < NEVER).all()


@needs_sumo
def test_an_empty_road_takes_as_long_in_sumo_as_here():
    scenario = SCENARIO.model_copy(
        update={"demand": SCENARIO.demand.model_copy(update={"inflow_vph": 20.0}), "clearing_s": 600}
    )

    sumo, ours = (run(scenario, "actuated", (0,), simulator=name).at_end for name in ("sumo", "own"))

    assert sumo.entered.tolist() == ours.entered.tolist()
    travel = [float((each.left - each.scheduled).mean()) for each in (sumo, ours)]
    assert travel[0] == pytest.approx(travel[1], rel=0.1)


@needs_sumo
def test_a_copy_in_sumo_does_not_depend_on_the_others_or_on_the_number_of_processes():
    alone = run(SCENARIO, "longest_queue", (1,), simulator="sumo")
    batch = run(SCENARIO, "longest_queue", (0, 1), simulator="sumo", threads=1)

    count = len(SCENARIO.build_demand().draw(1))
    assert np.array_equal(batch.at_end.left[1, :count], alone.at_end.left[0, :count])
    assert batch.measures.mean_delay[1] == alone.measures.mean_delay[0]


@needs_sumo
def test_signals_in_sumo_keep_their_times():
    found = run(SCENARIO, "random", (0,), simulator="sumo", log_signals=True)

    timing, tables = found.simulation.timing, found.simulation.network.tables
    for shown in found.simulation.signal_log()[0].T:
        change = np.flatnonzero(np.diff(shown)) + 1
        lengths = np.diff(change)
        greens = np.isin(shown[change[:-1]], tables.phase_row)
        assert lengths[greens].min() >= timing.min_green
        assert set(lengths[~greens].tolist()) <= {timing.yellow + timing.all_red}


@needs_sumo
def test_the_control_of_sumo_runs_in_sumo_alone():
    found = run(SCENARIO, "sumo_actuated", (0,), simulator="sumo", log_signals=True)

    assert found.measures.completed[0] > 0
    assert len(np.unique(found.simulation.signal_log()[0, :, 0])) > 3
    with pytest.raises(UsageError, match="sumo_actuated: it is SUMO's own control of signals"):
        run(SCENARIO, "sumo_actuated", (0,))


@needs_sumo
def test_the_control_of_sumo_lets_queues_leave_where_signals_have_no_min_green():
    signals = SCENARIO.signals.model_copy(update={"min_green_s": 0, "max_red_s": None, "max_green_s": None})
    scenario = SCENARIO.model_copy(update={"signals": signals})

    theirs, fixed = (run(scenario, name, (0,), simulator="sumo") for name in ("sumo_actuated", "fixed_time"))

    assert theirs.measures.mean_delay[0] < 0.8 * fixed.measures.mean_delay[0]


@needs_sumo
def test_the_control_of_sumo_takes_parameters():
    found = run(
        SCENARIO, "sumo_actuated:shortest_green_s=12,longest_green_s=20", (0,), simulator="sumo", log_signals=True
    )

    shown = found.simulation.signal_log()[0, 30:, 0]
    change = np.flatnonzero(np.diff(shown)) + 1
    greens = np.isin(shown[change[:-1]], found.simulation.network.tables.phase_row)
    assert 12 <= np.diff(change)[greens].min() <= np.diff(change)[greens].max() <= 20


def test_a_wrong_parameter_of_the_control_of_sumo_is_told():
    with pytest.raises(StrategyError, match="sumo_actuated:shortest_green_s=0: 0 is not a duration"):
        choose_strategy("sumo_actuated:shortest_green_s=0")


def test_a_missing_sumo_is_told_with_what_to_install(monkeypatch):
    monkeypatch.setattr("traffic_marl.exchange.sumo.programs.find_spec", lambda name: None)
    monkeypatch.delenv("SUMO_HOME", raising=False)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(UsageError) as error:
        run(SCENARIO, "actuated", (0,), simulator="sumo")

    told = "simulator: SUMO is not installed (libsumo and netconvert missing); install them with: pip install"
    assert str(error.value) == f"{told} eclipse-sumo libsumo"


def test_an_unknown_simulator_is_told():
    with pytest.raises(UsageError, match=r"simulator: unknown simulator 'sumoo'; did you mean sumo\?"):
        run(SCENARIO, "actuated", (0,), simulator="sumoo")
