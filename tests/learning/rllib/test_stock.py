import numpy as np
import pytest
import torch

from traffic_marl.environments import VectorEnv
from traffic_marl.learning.networks import architecture_for, build_actor
from traffic_marl.learning.rllib.build import actor_of, build_algorithm, set_progress, summary_of
from traffic_marl.learning.rllib.stock import SHARED, team_weights
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.network.generators.grid import grid
from traffic_marl.observation import ObservationLayout
from traffic_marl.scenario import load_scenario
from traffic_marl.scenario.seeds import TRAINING

LAYOUT = ObservationLayout(phases=3, movements=1, movement_features=("present", "queue"))


def greedy_delay(actor, scenario):
    """[s/veh] mean delay on two seeds that are not used for training."""
    env = VectorEnv(scenario, 2, (10_000, 10_001), interval=5)
    observations, over = env.reset(), False
    with torch.inference_mode():
        while not over:
            asked = actor(torch.from_numpy(observations)).argmax(-1).numpy()
            observations, _, _, truncated, infos = env.step(asked)
            over = truncated[0]
    return infos["episode"]["mean_delay"].mean()


@pytest.mark.slow
def test_both_ways_of_sampling_learn_the_same(cluster, one_way):
    delays = {}
    for stock in (True, False):
        settings = TrainingSettings(stock=stock, copies=8, minibatch=60, learning_rate=5e-3, discount=0.9)
        algorithm = build_algorithm(one_way, settings)
        returns = []
        for iteration in range(16):
            set_progress(algorithm, settings, iteration / 16)
            returns.append(summary_of(algorithm.train())["return"])
        delays[stock] = greedy_delay(actor_of(algorithm), one_way)
        algorithm.stop()
        assert returns[0] < -15.0  # random phases
        assert returns[-1] > -2.5  # green for the vehicles that come
    assert delays[True] == pytest.approx(delays[False], rel=0.15)


@pytest.mark.parametrize("policy", ["independent", "by-type"])
def test_stock_sampling_trains_policies_apart_and_puts_them_together(cluster, policy):
    smoke = load_scenario("grid_2x2_smoke")
    settings = TrainingSettings(stock=True, policy=policy, copies=3, fragment=4, minibatch=16)
    algorithm = build_algorithm(smoke, settings)
    set_progress(algorithm, settings, 0.5)
    summary = summary_of(algorithm.train())
    envs = [env.unwrapped.par_env.vector for env in algorithm.env_runner.env.unwrapped.envs]
    met = {seed for env in envs for seed in env.episode_seeds}
    actor = actor_of(algorithm)
    algorithm.stop()
    assert summary["agent_steps"] == 3 * 4 * 4
    assert summary["learning_rate"] == pytest.approx(0.55 * settings.learning_rate)
    assert len(met) == 3, "no two copies meet the same traffic"
    assert all(seed in TRAINING for seed in met)
    assert actor(torch.rand(2, 4, actor.architecture.layout.size)).shape == (2, 4, 4)


@pytest.mark.parametrize("policy", ["shared", "independent", "by-type"])
def test_weights_put_together_decide_as_the_modules_did(policy):
    torch.manual_seed(0)
    network = grid(1, 2)
    architecture = architecture_for(LAYOUT, network, TrainingSettings(policy=policy, hidden=(6, 4)))
    solo = architecture_for(LAYOUT, grid(1, 1), TrainingSettings(hidden=(6, 4)))
    names = {"shared": [SHARED], "independent": ["intersection_0", "intersection_1"], "by-type": ["kind_0"]}[policy]
    alone = [build_actor(solo) for _ in names]
    states = {
        name: {key: value.numpy() for key, value in actor.state_dict().items()}
        for name, actor in zip(names, alone, strict=True)
    }
    team = build_actor(architecture)
    team.load_state_dict(team_weights(architecture, states))
    x = torch.rand(5, 2, LAYOUT.size)
    expected = torch.cat([alone[n % len(alone)](x[:, n : n + 1]) for n in range(2)], 1)
    assert np.allclose(team(x).detach(), expected.detach(), atol=1e-6)
