"""Decisions of one moment: difference rewards, regret and what they leave unexplained, on cases worked by hand."""

import numpy as np
import pytest

from tests.helpers.lone_vehicles import EASTWARD, NS_THROUGH, WESTWARD, keeping, scenario
from traffic_marl.branching import Trunk
from traffic_marl.explaining.decisions import ONE, SEVERAL, examine, joint, joint_count
from traffic_marl.strategies.conversion import named_strategy

AHEAD = 20  # [s] in which a vehicle that gets green does not reach the other intersection
SPARED = 12.0  # [s] of them that it is spared: all but 5 s of yellow and nearly 3 s to reach its speed


def examined(folder, trips, ahead=AHEAD, interval=None):
    trunk = Trunk(scenario(folder, trips), [named_strategy(keeping(NS_THROUGH))], 0, interval=interval)
    trunk.advance_to(90)  # all vehicles have been standing for a while
    return examine(trunk, ahead)


def test_a_choice_that_lets_a_vehicle_stand_is_regretted_and_costs_the_mean_over_the_other_phases(tmp_path):
    found = examined(tmp_path, [(0, EASTWARD)])

    assert found.cost == pytest.approx(AHEAD)
    assert found.could.tolist() == [True, True]
    assert found.regret == pytest.approx([SPARED, 0.0], abs=2.0)
    assert found.saved == pytest.approx([-found.regret[0] / 3.0, 0.0])  # two of its three other phases change nothing
    assert found.best == pytest.approx(found.cost - found.regret[0])
    assert found.best_kind == ONE


def test_intersections_that_have_nothing_to_do_with_each_other_explain_all(tmp_path):
    found = examined(tmp_path, [(0, EASTWARD), (5, WESTWARD)])

    assert found.cost == pytest.approx(2.0 * AHEAD)
    assert found.regret == pytest.approx([SPARED, SPARED], abs=2.0)
    assert found.together == pytest.approx(found.saved.sum())
    assert found.not_explained == pytest.approx(0.0, abs=1e-9)
    assert found.best == pytest.approx(found.cost - found.regret.sum())
    assert found.best_kind == SEVERAL


def test_what_two_intersections_gain_only_together_is_not_explained_one_by_one(tmp_path):
    found = examined(tmp_path, [(0, EASTWARD)], ahead=90, interval=45)  # a green of 40 s lasts until it has come so far

    assert found.saved[0] < -5.0  # to keep the phase costs more than the mean of the others
    assert found.saved[1] == 0.0  # a green at the second one helps only a vehicle that got one at the first
    assert found.not_explained < -1.0


def test_no_vehicle_means_nothing_to_save_and_nothing_to_regret(tmp_path):
    found = examined(tmp_path, [(150, EASTWARD)])

    assert (found.cost, found.together, found.best) == (0.0, 0.0, 0.0)
    assert found.saved.tolist() == found.regret.tolist() == [0.0, 0.0]
    assert found.best_kind == ""


def test_intersections_between_two_greens_have_no_choice(tmp_path):
    trunk = Trunk(scenario(tmp_path, [(0, EASTWARD)]), [named_strategy("fixed_time:green_s=20")], 0, interval=1)
    trunk.advance_to(22)

    found = examine(trunk, AHEAD)

    assert not found.could.any()
    assert found.branches == 1
    assert (found.together, found.saved.tolist()) == (0.0, [0.0, 0.0])


def test_few_combinations_are_all_taken_and_of_many_each_phase_occurs_equally_often():
    generator = np.random.default_rng(0)

    few = joint({0: [1, 2], 3: [0, 2, 3]}, generator)
    many = joint({n: [1, 2, 3] for n in range(16)}, generator)

    assert len({tuple(each.items()) for each in few}) == len(few) == 6
    assert len(many) == 9
    for n in range(16):
        assert sorted(each[n] for each in many) == [1, 1, 1, 2, 2, 2, 3, 3, 3]


@pytest.mark.parametrize(("numbers", "count"), [([3, 3], 9), ([1, 4], 8), ([2, 3], 12), ([7, 5], 35), ([7, 5, 3], 60)])
def test_joint_branches_take_each_phase_equally_often_where_that_needs_few(numbers, count):
    assert joint_count(numbers) == count
