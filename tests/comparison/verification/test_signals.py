"""The watch over signals, on logs that are written by hand."""

import numpy as np
import pytest

from traffic_marl.comparison.verification.signals import unsafe_signals
from traffic_marl.network.generators.grid import grid
from traffic_marl.rollout import run
from traffic_marl.scenario import GridNetwork, Scenario, Signals, TurningFlows

TIMING = Signals(min_green_s=5, yellow_s=3, all_red_s=2).timing()
NETWORK = grid(1, 1)
PHASE = NETWORK.tables.phase_row[0].tolist()
CLEAR = NETWORK.tables.clearance_row[0]


def log(*spans):
    """Rows shown, each for so many seconds."""
    return np.array([[row] for row, seconds in spans for _ in range(seconds)], np.int32)


def test_greens_with_an_intergreen_between_them_are_safe():
    shown = log((PHASE[0], 5), (CLEAR[0, 1], 5), (PHASE[1], 9), (CLEAR[1, 2], 5), (PHASE[2], 1))
    assert list(unsafe_signals(NETWORK, TIMING, shown)) == []


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (
            log((PHASE[0], 5), (CLEAR[0, 2], 4), (PHASE[2], 9)),
            "a green begins in second 9, 4 s after a conflicting one",
        ),
        (log((PHASE[0], 5), (PHASE[2], 9)), "a green begins in second 5, 0 s after a conflicting one, not 5 s"),
        (
            log((PHASE[0], 4), (CLEAR[0, 2], 5), (PHASE[2], 9)),
            "a green of 4 s begins in second 0, shorter than the min",
        ),
    ],
)
def test_short_intergreens_and_short_greens_are_told(shown, told):
    (found,) = unsafe_signals(NETWORK, TIMING, shown)
    assert found.startswith(f"{NETWORK.intersections[0]}: {told}")


def test_conflicting_greens_are_told():
    tables = NETWORK.tables
    green = tables.green.copy()
    green[0, CLEAR[0, 2]] = green[0, PHASE[0]] | green[0, PHASE[2]]
    spoiled = NETWORK.tables._replace(green=green)
    network = type("Spoiled", (), {"tables": spoiled, "intersections": NETWORK.intersections})()
    found = list(unsafe_signals(network, TIMING, log((PHASE[0], 5), (CLEAR[0, 2], 5), (PHASE[2], 5))))
    assert found == [f"{NETWORK.intersections[0]}: conflicting greens in second 5"]


@pytest.mark.parametrize("phases", ["two", "eight"])
def test_the_signals_of_a_run_are_safe_and_those_of_a_shorter_intergreen_are_not(phases):
    scenario = Scenario(
        name="one",
        network=GridNetwork(rows=1, columns=2, block_m=120),
        demand=TurningFlows(inflow_vph=600),
        signals=Signals(phases=phases, yellow_s=3, all_red_s=1),
        duration_s=120,
    )
    rollout = run(scenario, "random", (0,), log_signals=True)
    network, timing, shown = rollout.simulation.network, rollout.simulation.timing, rollout.simulation.signal_log()[0]
    assert list(unsafe_signals(network, timing, shown)) == []
    assert list(unsafe_signals(network, timing._replace(all_red=2), shown)) != []
