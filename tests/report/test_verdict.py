"""The result of a comparison in one sentence."""

import numpy as np
import pytest

from tests.helpers.made_up_comparison import comparison
from traffic_marl.report.verdict import verdict_of

FAR = {"quick": [50.0, 52.0, 54.0], "fixed_time": [100.0, 101.0, 105.0], "slow": [200.0, 203.0, 204.0]}


def test_a_clear_winner_is_told_with_its_distance_to_the_reference():
    said = verdict_of(comparison(FAR, "fixed_time"))
    assert said.startswith("quick has the least mean delay, 52.0 ± 5.0 s/veh, significantly less than all others")
    assert said.endswith(", 50.0 s/veh (49 %) below fixed_time with 102.0 ± 6.6 s/veh.")


def test_strategies_that_the_seeds_cannot_tell_apart_are_named():
    delays = FAR | {"quick_too": [52.0, 51.0, 54.5]}
    assert "quick has the least mean delay, 52.0 ± 5.0 s/veh, tied with quick_too, " in verdict_of(
        comparison(delays, "fixed_time")
    )


def test_many_ties_are_counted():
    delays = {f"s{place}": [50.0 + place / 10, 60.0, 40.0] for place in range(6)} | {"slow": [200.0, 210.0, 190.0]}
    assert "tied with s1, s2, s3 and 2 others" in verdict_of(comparison(delays, "slow"))


def test_a_tie_of_all_is_no_win_for_anybody():
    said = verdict_of(comparison({"a": [50.0, 60.0, 40.0], "b": [51.0, 41.0, 61.0]}, "b"))
    assert said.startswith("These 3 seeds do not tell which strategy is best. a has the least mean delay")
    assert "that difference may be chance" in said


def test_a_reference_that_wins_is_told_as_such():
    said = verdict_of(comparison(FAR, "quick"))
    assert said.endswith(", and is the reference itself; 2 of the others are significantly worse.")


def test_one_draw_is_told_to_be_no_proof():
    said = verdict_of(comparison({name: delays[:1] for name, delays in FAR.items()}, "fixed_time"))
    assert "quick has the least mean delay on the single draw of traffic, 50.0 s/veh, 50.0 s/veh (50 %) below" in said
    assert "may be chance" in said


def test_a_strategy_alone_is_not_compared():
    assert "It was run alone" in verdict_of(comparison({"a": [50.0, 60.0]}, "a"))


def test_a_winner_with_a_gridlock_is_doubtful():
    assert "gridlock" in verdict_of(comparison(FAR, "fixed_time", gridlock=[False, True, False]))
    assert "gridlock" not in verdict_of(comparison(FAR, "fixed_time"))


@pytest.mark.filterwarnings("ignore:Mean of empty")
def test_runs_without_a_vehicle_have_no_winner():
    assert "No vehicle was due" in verdict_of(comparison({"a": [np.nan, np.nan], "b": [np.nan, np.nan]}, "b"))


@pytest.mark.filterwarnings("ignore:Mean of empty", "ignore:invalid value", "ignore:Degrees of freedom")
def test_one_draw_with_vehicles_among_several_is_no_proof():
    said = verdict_of(comparison({"a": [0.0, np.nan], "b": [0.0, np.nan]}, "b"))
    assert said == (
        "a has the least mean delay, 0.0 s/veh, the same as b to a tenth of a second. "
        "Fewer than two draws have vehicles, so there is no interval, and the order may be chance."
    )
