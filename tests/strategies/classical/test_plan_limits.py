"""Fixed plans against the max red of the signals."""

import pytest

from traffic_marl.errors import StrategyError
from traffic_marl.rollout import run
from traffic_marl.scenario import GridNetwork, Scenario, Signals, TurningFlows
from traffic_marl.strategies import parse


def crossing(max_red, phases="four"):
    return Scenario(
        name="crossing",
        network=GridNetwork(rows=1, columns=1),
        demand=TurningFlows(inflow_vph=400.0),
        signals=Signals(phases=phases, max_red_s=max_red),
        duration_s=400,
    )


@pytest.mark.parametrize(
    "strategy", ["fixed_time:green_s=40", "webster:shortest_cycle_s=120", "green_wave:cycle_s=120"]
)
def test_a_plan_with_longer_reds_than_the_signals_allow_is_refused(strategy):
    with pytest.raises(StrategyError, match=r"longest red of .* reaches the max red of the signals, 60 s"):
        run(crossing(60), parse(strategy), (0,))


@pytest.mark.parametrize("phases", ["four", "eight"])
def test_a_plan_within_max_red_is_kept_to_the_second(phases):
    log = run(crossing(300, phases), parse("fixed_time:green_s=30"), (0,), log_signals=True).simulation.signal_log()[0]
    kept = run(crossing(None, phases), parse("fixed_time:green_s=30"), (0,), log_signals=True).simulation.signal_log()
    assert (log == kept[0]).all()
    assert len(set(log[:, 0].tolist())) > 4


@pytest.mark.parametrize("strategy", ["webster", "green_wave"])
def test_a_plan_whose_shortest_greens_exceed_the_max_green_is_refused(strategy):
    signals = Signals(phases="four", min_green_s=5, max_green_s=5)
    scenario = crossing(300).model_copy(update={"signals": signals})
    with pytest.raises(StrategyError, match=r"startup_lost_s=6: greens of 7 s .* max green of the signals is 5 s"):
        run(scenario, parse(f"{strategy}:startup_lost_s=6"), (0,))
    run(scenario, parse(f"{strategy}:startup_lost_s=3"), (0,))
