"""The environment of a district that is a part of a network."""

import numpy as np
import pytest

from traffic_marl.environments import VectorEnv
from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.federated.district import own_delays
from traffic_marl.learning.federated.part import PartEnvironment, PartOf
from traffic_marl.learning.settings import TrainingSettings

COPIES = 2


class Always:
    """A policy that asks for one phase everywhere."""

    def __init__(self, phase):
        self.phase = phase

    def probabilities(self, observations):
        given = np.zeros((*observations.shape[:2], 2), np.float32)
        given[..., self.phase] = 1.0
        return given


def environments():
    return [VectorEnv("grid_2x2_smoke", COPIES, interval=5, threads=1) for _ in range(2)]


def test_a_district_sees_and_moves_its_own_intersections_among_those_of_the_common_policy():
    whole, other = environments()
    part = PartEnvironment(whole, (1, 3))
    part.common = Always(1)
    assert part.intersections == (other.intersections[1], other.intersections[3])
    assert (part.reset() == other.reset()[:, [1, 3]]).all()

    for _ in range(12):
        seen, rewards, _, _, infos = part.step(np.zeros((COPIES, 2), np.int32))
        asked = np.ones((COPIES, 4), np.int32)
        asked[:, [1, 3]] = 0
        expected, all_rewards, _, _, all_infos = other.step(asked)
        assert (seen == expected[:, [1, 3]]).all()
        assert (rewards == all_rewards[:, [1, 3]]).all()
        assert (infos["phase"] == all_infos["phase"][:, [1, 3]]).all()


def test_the_result_of_an_episode_has_the_returns_of_the_district_alone():
    whole, _ = environments()
    part = PartEnvironment(whole, (2,))
    part.common = Always(0)
    part.reset()
    infos = {}
    for _ in range(part.steps):
        infos = part.step(np.zeros((COPIES, 1), np.int32))[-1]
    assert infos["episode"]["return"].shape == (COPIES, 1)
    assert infos["episode"]["mean_delay"].shape == (COPIES,)
    assert infos["final_obs"].shape == (COPIES, 1, part.layout.size)


def test_before_the_first_round_the_others_ask_for_phases_that_are_allowed(monkeypatch):
    whole = VectorEnv("random_100000", COPIES, interval=5, threads=1)
    asked, step = [], whole.step

    def noted(actions):
        assert np.take_along_axis(whole.action_masks(), actions[:, :, None], axis=2)[:, 1:].all()
        asked.append(actions.copy())
        return step(actions)

    monkeypatch.setattr(whole, "step", noted)
    part = PartEnvironment(whole, (0,))
    part.reset()
    for _ in range(20):
        part.step(np.zeros((COPIES, 1), np.int32))

    counts = whole.network.tables.phase_count
    most = np.concatenate(asked).max(axis=0)
    assert set(counts.tolist()) == {3, 4}
    assert most[1:].tolist() == (counts[1:] - 1).tolist()  # each phase that is there is drawn at some time


def test_no_two_runners_of_any_districts_have_the_same_traffic():
    make = ScenarioEnvironment(whole := VectorEnv("grid_2x2_smoke", 1).scenario, TrainingSettings())
    assert whole.name == "grid_2x2_smoke"
    seeds = [PartOf(make, (0,), district, 3)(1, runner, 2, 1).seeds[:50] for district in range(3) for runner in (0, 1)]
    assert len({seed for each in seeds for seed in each}) == 6 * 50


def test_seeds_without_vehicles_at_its_intersections_have_no_delay():
    total, arrived = np.array([[30.0, 9.0], [-2.0, 9.0], [0.0, 9.0]]), np.array([[3, 9], [4, 9], [0, 9]])
    assert own_delays(total, arrived, (0,)) == pytest.approx([10.0, -0.5, np.nan], nan_ok=True)
