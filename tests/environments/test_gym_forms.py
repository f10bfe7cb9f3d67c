"""Gymnasium's forms: its own check, and one learner of another library."""

import numpy as np
import pytest

import traffic_marl
from traffic_marl import load_scenario
from traffic_marl.errors import UsageError
from traffic_marl.scenario import Sensors
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.conditions import conditions_of

gymnasium = pytest.importorskip("gymnasium", reason="the environment's Gymnasium forms need gymnasium")

from gymnasium.error import InvalidAction, ResetNeeded  # noqa: E402
from gymnasium.utils.env_checker import check_env  # noqa: E402

SHORT = load_scenario("grid_2x2_smoke").model_copy(update={"duration_s": 60, "clearing_s": 0})
ONE = {"form": "intersection", "intersection": "intersection_1_2"}


@pytest.mark.parametrize("settings", [{}, ONE, {"action": "cycle"}])
@pytest.mark.filterwarnings("ignore:.*render:UserWarning")
def test_gymnasium_finds_nothing_amiss(settings):
    check_env(traffic_marl.gymnasium_env(SHORT, **settings), skip_render_check=True)


def test_both_forms_are_registered_under_their_ids():
    network = gymnasium.make("traffic_marl.environments.gymnasium:traffic_marl/Network-v0", scenario=SHORT, seed=1)
    one = gymnasium.make("traffic_marl/Intersection-v0", scenario=SHORT, intersection="intersection_2_2")
    assert network.action_space.nvec.tolist() == [4, 4, 4, 4]
    assert one.action_space.n == 4
    assert network.reset()[0].size == 4 * one.reset(seed=1)[0].size


def test_all_intersections_as_one_agent():
    env, vector = traffic_marl.gymnasium_env(SHORT, seed=8), traffic_marl.vector_env(SHORT, 1, seeds=(8,))
    env.reset()
    vector.reset()
    generator = np.random.default_rng(0)
    for _ in range(12):
        actions = generator.integers(0, 4, 4)
        observation, reward, terminated, truncated, _ = env.step(actions)
        rows, rewards, _, over, infos = vector.step(actions[None])
        if not over[0]:
            assert np.array_equal(observation, rows.ravel())
            assert np.array_equal(env.action_masks(), infos["action_masks"].ravel())
        assert reward == pytest.approx(rewards.mean())
        assert (terminated, truncated) == (False, over[0])
    with pytest.raises(ResetNeeded):
        env.step(actions)
    env.reset()
    with pytest.raises(InvalidAction, match="not in the action space"):
        env.step(np.full(4, 9))


@pytest.mark.parametrize("sensors", [Sensors(), Sensors(blind_share=0.3, stuck_share=0.2)])
def test_the_others_follow_their_strategy(sensors):
    """Where the agent does as the others' strategy would, all goes as if that ran alone."""
    town = SHORT.model_copy(update={"sensors": sensors, "duration_s": 600})
    env = traffic_marl.gymnasium_env(town, seed=8, others="longest_queue", **ONE)
    env.reset()
    place = env.vector.intersections.index("intersection_1_2")
    like = parse("longest_queue")
    run = traffic_marl.run(town, like, (8,), interval=env.vector.interval)
    decide = like.start(conditions_of(town, env.vector.interval, (8,))).decide
    over = False
    while not over:
        *_, over, _ = env.step(decide(env.vector.simulation.detected())[0, place])
    assert np.array_equal(env.vector.simulation.records().left, run.at_end.left)


def test_bad_forms_are_refused():
    with pytest.raises(UsageError, match="form: unknown form 'grid'; available: network, intersection"):
        traffic_marl.gymnasium_env(SHORT, form="grid")
    with pytest.raises(UsageError, match="intersection: the network has several; name one of"):
        traffic_marl.gymnasium_env(SHORT, form="intersection")
    with pytest.raises(UsageError, match="did you mean intersection_1_2"):
        traffic_marl.gymnasium_env(SHORT, form="intersection", intersection="intersection_12")
    env = traffic_marl.gymnasium_env(SHORT, others="fixed_time", **ONE)
    with pytest.raises(UsageError, match="fixed_time decides every 1 s, the environment every 5 s; add interval_s=5"):
        env.reset()


@pytest.mark.parametrize("others", ["actuated:interval_s=5", "pretrained/general:interval_s=5"])
def test_any_strategy_can_decide_for_the_others(others):
    if others.startswith("pretrained"):
        pytest.importorskip("torch", reason="a learned policy needs torch")
    env = traffic_marl.gymnasium_env(SHORT, others=others, **ONE)
    env.reset()
    for _ in range(12):
        *_, over, info = env.step(0)
    assert over
    assert info["phase"] == 0
    assert (env.vector.readings.phase != 0).any()


def test_stable_baselines_learns_on_it():
    library = pytest.importorskip("stable_baselines3", reason="stable-baselines3 is not installed")
    model = library.PPO("MlpPolicy", traffic_marl.gymnasium_env(SHORT, **ONE), n_steps=64, batch_size=64, seed=0)
    before = [each.clone() for each in model.policy.parameters()]
    model.learn(256)
    assert any((one != other).any() for one, other in zip(before, model.policy.parameters(), strict=True))
