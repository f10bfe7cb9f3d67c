"""Scenarios side by side: each moves as it would alone."""

import numpy as np
import pytest

from traffic_marl import load_scenario, vector_env
from traffic_marl.environments import JointEnv
from traffic_marl.errors import UsageError


def lasting(name, seconds):
    return load_scenario(name).model_copy(update={"duration_s": seconds, "clearing_s": 0})


def made(name, seconds=60, **settings):
    return vector_env(lasting(name, seconds), 2, seeds=range(20), **{"interval": 10, **settings})


def test_each_scenario_moves_as_alone():
    names = ("grid_2x2_smoke", "arterial_1x6")
    joint, alone = JointEnv([made(name) for name in names]), [made(name) for name in names]
    assert joint.intersections[0] == "grid_2x2_smoke/intersection_1_1"
    assert len(joint.intersections) == 4 + 6
    generator = np.random.default_rng(0)
    seen = joint.reset()
    apart = [env.reset() for env in alone]
    for _ in range(2 * joint.steps):
        assert np.array_equal(seen, np.concatenate(apart, axis=1))
        actions = generator.integers(0, joint.num_actions, (2, 10))
        seen, rewards, _, truncated, infos = joint.step(actions)
        steps = [env.step(part) for env, part in zip(alone, (actions[:, :4], actions[:, 4:]), strict=True)]
        apart = [step[0] for step in steps]
        assert np.array_equal(rewards, np.concatenate([step[1] for step in steps], axis=1))
        assert np.array_equal(infos["action_masks"], joint.action_masks())
        assert np.array_equal(truncated, steps[1][3])
        if truncated[0]:
            delays = [step[4]["episode"]["mean_delay"] for step in steps]
            assert infos["episode"]["mean_delay"] == pytest.approx(np.mean(delays, axis=0))
            assert infos["episode"]["return"].shape == (2, 10)
            assert infos["final_obs"].shape == seen.shape
    joint.next_seed = 8
    joint.reset()
    assert [part.episode_seeds for part in joint.parts] == [(8, 9), (8, 9)]


def test_what_does_not_go_together_is_refused():
    with pytest.raises(UsageError, match=r"differ in decisions \(6, 7\); give scenarios that last equally long"):
        JointEnv([made("grid_2x2_smoke"), made("arterial_1x6", 70)])
    with pytest.raises(UsageError, match="differ in interval"):
        JointEnv([made("grid_2x2_smoke"), made("arterial_1x6", interval=5)])
    with pytest.raises(UsageError, match="differ in observation"):
        JointEnv([made("grid_2x2_smoke"), made("arterial_1x6", observation="local")])
