"""Futures of a live run: the run as it goes on, and what another phase would change."""

import numpy as np
import pytest

from tests.helpers.lone_vehicles import EASTWARD, EW_THROUGH, NS_THROUGH, keeping, scenario
from tests.helpers.small_town import TOWN, live
from traffic_marl.strategies.conversion import named_strategy
from traffic_marl.viewer.futures import AHEAD, futures
from traffic_marl.viewer.live import LiveRun


def remembering(conditions):
    """Changes after every third decision, which it counts in a variable of its own."""
    count = np.zeros(1, int)

    def decide(readings):
        count[:] += 1
        return np.full(readings.phase.shape, count[0] // 3 % 4)

    return decide


@pytest.mark.parametrize("strategy", ["fixed_time:green_s=20", "max_pressure", "actuated", "random", remembering])
@pytest.mark.parametrize("held", [False, True])
def test_without_a_change_a_loop_that_parts_is_the_run_as_it_goes_on(strategy, held):
    run = LiveRun(TOWN, named_strategy(strategy), 4)
    run.moment_at(47)
    if held:
        run.hold(0, 2)
    run.moment_at(103)  # within a decision interval of most strategies

    loop = run.parted()(None)
    loop.advance_to(163)
    run.moment_at(163)

    assert loop.simulation.time == run.time
    assert loop.simulation.total_delay() == run._simulation.total_delay()


def test_the_run_stays_as_it_is():
    run, other = live("actuated"), live("actuated")
    run.moment_at(100)
    futures(run, 1)
    assert run.time == 100

    run.moment_at(200)
    other.moment_at(200)

    assert np.array_equal(run.delays, other.delays, equal_nan=True)


def test_a_phase_that_lets_a_vehicle_pass_lies_below_and_all_others_change_nothing(tmp_path):
    run = LiveRun(scenario(tmp_path, [(0, EASTWARD)]), named_strategy(keeping(NS_THROUGH)), 0)
    run.moment_at(60)  # the vehicle stands before the first intersection

    first, second = futures(run, 0), futures(run, 1)

    assert (first.begin, first.intersection, first.asked) == (60, 0, NS_THROUGH)
    assert first.times[-1] == AHEAD
    others = [phase for phase in range(4) if phase != EW_THROUGH]
    assert np.abs(first.difference[others]).max() == pytest.approx(0.0, abs=1e-9)
    way = 300.0 / 11.111  # [s] that it needs to the next stop line, where it stands again
    assert first.difference[EW_THROUGH, -1] == pytest.approx(-way, abs=2.0)
    assert np.abs(second.difference).max() == pytest.approx(0.0, abs=1e-9)


def test_a_phase_that_a_person_holds_is_the_one_asked_for():
    run = live("max_pressure")
    run.moment_at(60)
    run.hold(2, 3)
    run.moment_at(62)

    assert futures(run, 2).asked == 3
