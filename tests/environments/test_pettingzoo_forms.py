"""PettingZoo's forms: its own tests, what its users expect, and that they show what the vectorised one does."""

import warnings

import numpy as np
import pytest

import traffic_marl
from traffic_marl import load_scenario
from traffic_marl.errors import TrafficError, UsageError

pytest.importorskip("pettingzoo", reason="the environment's PettingZoo forms need pettingzoo")

from gymnasium.error import InvalidAction, ResetNeeded
from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test

SHORT = load_scenario("grid_2x2_smoke").model_copy(update={"duration_s": 60})


def made(**settings):
    return traffic_marl.parallel_env(SHORT, **{"seed": 3, **settings})


@pytest.mark.parametrize("action", ["phase", "cycle", "duration"])
def test_the_parallel_form_passes_the_test_of_pettingzoo(action):
    parallel_api_test(made(action=action), num_cycles=60)


def test_the_parallel_form_passes_the_seed_test_of_pettingzoo():
    parallel_seed_test(made)


def test_the_turn_taking_form_passes_the_test_of_pettingzoo():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it advises on bounds of images and the like
        api_test(traffic_marl.env(SHORT, seed=3), num_cycles=60)
        assert traffic_marl.aec_env(SHORT, seed=3).metadata["name"] == "traffic_marl_v0"


def test_the_parallel_form_is_a_view_of_the_vectorised_one():
    parallel, vector = made(), traffic_marl.vector_env(SHORT, 1, seeds=range(3, 9))
    observations, infos = parallel.reset()
    rows = vector.reset()
    generator = np.random.default_rng(0)
    assert parallel.possible_agents == list(vector.intersections)
    for _ in range(3 * vector.steps):
        for n, agent in enumerate(parallel.possible_agents):
            assert np.array_equal(observations[agent], rows[0, n])
            assert infos[agent]["action_mask"].tolist() == vector.action_masks()[0, n].tolist()
            assert infos[agent]["action_masks"].tolist() == infos[agent]["action_mask"].tolist()
            assert infos[agent]["phase"] == vector.readings.phase[0, n]
        assert np.array_equal(parallel.state(), rows.ravel())
        assert parallel.state_space.contains(parallel.state())
        actions = {agent: int(generator.integers(4)) for agent in parallel.agents}
        observations, rewards, terminated, truncated, infos = parallel.step(actions)
        rows, values, _, over, final = vector.step(np.array([list(actions.values())]))
        assert list(rewards.values()) == values[0].tolist()
        assert not any(terminated.values())
        assert set(truncated.values()) == {bool(over[0])}
        if over[0]:
            assert np.array_equal(observations["intersection_1_1"], final["final_obs"][0, 0])
            assert parallel.agents == []
            observations, infos = parallel.reset()


def test_seeds_say_which_traffic():
    def traffic(env):
        return env.vector.simulation.records().scheduled.tolist()

    env, other = made(seed=11), made(seed=5)
    env.reset()
    first = traffic(env)
    env.reset()
    second = traffic(env)
    other.reset(seed=12)
    assert second == traffic(other)
    assert first != second
    with pytest.raises(UsageError, match="seed: -1 is not a seed"):
        env.reset(seed=-1)


def test_wrong_steps_are_refused():
    env = made()
    with pytest.raises(ResetNeeded, match=r"call reset\(\) first"):
        env.step({})
    env.reset()
    actions = dict.fromkeys(env.agents, 0)
    with pytest.raises(InvalidAction, match="action 4 of agent 'intersection_2_1' is not in its action space"):
        env.step(actions | {"intersection_2_1": 4})
    missing = {agent: 0 for agent in env.agents if agent != "intersection_2_2"}
    with pytest.raises(InvalidAction, match="agent 'intersection_2_2' has no action"):
        env.step(missing)
    while env.agents:
        env.step(actions)
    with pytest.raises(ResetNeeded):
        env.step(actions)


def test_rendering_needs_a_mode():
    env = made()
    env.reset()
    with pytest.raises(UsageError, match="made without one; make it with one of"):
        env.render()
    with pytest.raises(TrafficError, match="unknown render mode 'ansi'; available: human, rgb_array"):
        made(render_mode="ansi")
    env.close()


def test_pictures_of_the_traffic():
    pytest.importorskip("pygame", reason="drawing needs pygame")
    env = made(render_mode="rgb_array")
    env.reset()
    first = env.render()
    for _ in range(6):
        env.step(dict.fromkeys(env.agents, 0))
    second = env.render()
    assert first.shape == second.shape
    assert first.ndim == 3
    assert first.shape[2] == 3
    assert first.dtype == np.uint8
    assert (first != second).any()
    env.close()
