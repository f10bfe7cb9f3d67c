"""Rewards, observations and strategies of a user's own, in every form of the environment; wrong types in one line."""

import numpy as np
import pytest
from gymnasium.error import InvalidAction

import traffic_marl
from traffic_marl.environments import JointEnv
from traffic_marl.errors import TrafficError, UsageError
from traffic_marl.scenario import load_scenario

pytest.importorskip("pettingzoo", reason="pettingzoo is not installed")

SMOKE = load_scenario("grid_2x2_smoke").model_copy(update={"duration_s": 30})
FILE = """
import numpy as np
from traffic_marl import ObservationLayout, allowed_phases

def calm(network):
    return lambda readings: -readings.longest_wait.max(axis=1, keepdims=True) * np.ones(readings.phase.shape)

class Clock:
    def __init__(self, network, timing, interval):
        phases = network.tables.served.shape[1]
        signal = ("time",)
        self.layout = ObservationLayout(phases, 0, (), ("allowed",), signal, low=0.0, high=np.inf)
        self.allowed = lambda readings: allowed_phases(network, timing, interval, readings)

    def __call__(self, readings):
        time = np.full((*readings.phase.shape, 1), readings.time)
        return np.concatenate([self.allowed(readings), time], axis=2)

def first(conditions):
    return lambda readings: np.zeros_like(readings.phase)
"""


@pytest.fixture
def own(tmp_path):
    """Options with a reward and an observation of a user's file, and that file."""
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    return {"reward": f"{path}:calm", "observation": f"{path}:Clock"}, path


def test_the_vectorised_form_takes_them(own):
    options, _ = own
    env = traffic_marl.vector_env(SMOKE, 2, seeds=np.arange(4), autoreset=False, **options)
    assert env.reset()[..., -1].tolist() == [[0.0] * 4] * 2
    observations, rewards, *_ = env.step(np.zeros((2, 4), int))
    assert (observations[..., -1] == env.interval).all()
    assert rewards.shape == (2, 4)
    assert (rewards == rewards[:, :1]).all()
    assert np.array_equal(env.layout.allowed(observations), env.action_masks())


def test_scenarios_side_by_side_take_them(own):
    options, _ = own
    parts = [traffic_marl.vector_env(SMOKE, 1, seeds=range(2), **options) for _ in range(2)]
    joint = JointEnv(parts)
    assert joint.reset().shape == (1, 8, parts[0].layout.size)
    assert joint.step(np.zeros((1, 8), int))[1].shape == (1, 8)


def test_pettingzoo_and_gymnasium_forms_take_them_and_tell_their_bounds(own):
    options, path = own
    parallel = traffic_marl.parallel_env(SMOKE, **options)
    observations, _ = parallel.reset(seed=1)
    space = parallel.observation_space(parallel.agents[0])
    assert space.high.max() == np.inf
    assert all(space.contains(each) for each in observations.values())
    alone = traffic_marl.gymnasium_env(
        SMOKE, form="intersection", intersection="intersection_1_1", others=f"{path}:first", **options
    )
    alone.reset(seed=1)
    alone.step(1)
    assert alone.observation_space.shape == (space.shape[0],)
    assert alone.vector.readings.phase[0].tolist()[1:] == [0, 0, 0]


def test_a_strategy_object_decides_for_the_others():
    strategy = traffic_marl.named_strategy("max_pressure")
    env = traffic_marl.gymnasium_env(SMOKE, form="intersection", intersection="intersection_1_1", others=strategy)
    env.reset()
    assert env.step(0)[1] <= 0.0


def test_an_encoder_that_keeps_its_array_sees_no_masks_written_into_it():
    kept = []

    def make(network, timing, interval):
        encoder = traffic_marl.make_encoder(network, timing, interval)

        class Keeping:
            layout = encoder.layout

            def __call__(self, readings):
                kept.append(encoder(readings))
                kept[-1].setflags(write=False)
                return kept[-1]

        return Keeping()

    env = traffic_marl.vector_env(SMOKE, 1, interval=1, observation=make, action="gap_out")
    for _ in range(9):
        observed = env.reset() if not kept else env.step(env.readings.phase)[0]
    assert (env.layout.allowed(observed) == env.action_masks()).all()
    assert (env.layout.allowed(kept[-1]) != env.action_masks()).any()


def test_groups_of_features_make_an_observation():
    for groups in ("queue+wait", ("queue", "wait")):
        env = traffic_marl.vector_env(SMOKE, 1, observation=groups)
        assert env.layout.movement_features == ("present", "queue", "longest_wait")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"seeds": 5}, "seeds: 5 is not a sequence of seeds; give a sequence of whole numbers, such as range(10)"),
        ({"seeds": "01"}, "seeds: '01' is not a sequence of seeds; "),
        ({"copies": True}, "copies: True is not a whole number; "),
        ({"interval": True}, "interval: True is not a whole number; give a whole number, at least 1"),
        ({"threads": "2"}, "threads: '2' is not a whole number; "),
        ({"shared_reward": "yes"}, "shared_reward: 'yes' is neither true nor false; give True or False"),
        ({"autoreset": 1}, "autoreset: 1 is neither true nor false; "),
        ({"action": 3}, "action: 3 is not a name; available: phase, cycle, duration"),
        ({"reward": 3}, "reward: 3 is not a reward; "),
        ({"observation": 3}, "observation: 3 is not an observation; "),
        ({"neighbour_weight": None}, "neighbour_weight: None is not a number; "),
    ],
)
def test_a_wrong_type_is_told_in_one_line(arguments, line):
    with pytest.raises(UsageError) as caught:
        traffic_marl.vector_env(SMOKE, **{"copies": 1, **arguments})
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize("scenario", [None, 5, ["grid_2x2_smoke"]])
@pytest.mark.parametrize("form", ["vector_env", "parallel_env", "aec_env", "env", "gymnasium_env"])
def test_what_is_no_scenario_is_refused_by_every_form(form, scenario):
    arguments = (scenario, 1) if form == "vector_env" else (scenario,)
    with pytest.raises(TrafficError, match=r"^scenario: "):
        getattr(traffic_marl, form)(*arguments)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"seed": 1.5}, "seed: 1.5 is not a whole number; "),
        ({"seed": "1"}, "seed: '1' is not a whole number; "),
        ({"render_mode": 3}, "render_mode: 3 is not a name; available: human, rgb_array"),
        ({"form": None}, "form: None is not a name; available: network, intersection"),
        ({"form": "intersection", "others": 5}, "others: "),
        ({"form": "intersection", "intersection": 5}, "intersection: 5 is not a name; available: intersection_1_1, "),
        ({"intersection": "intersection_1_1"}, "intersection: intersection_1_1 cannot be the agent, because "),
        ({"form": "intersection", "others": "max_presure"}, "others: unknown strategy 'max_presure'; did you mean "),
    ],
)
def test_a_wrong_type_is_told_in_one_line_by_single_agent_forms(arguments, line):
    with pytest.raises(TrafficError) as caught:
        traffic_marl.gymnasium_env(SMOKE, **arguments)
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize("form", ["parallel_env", "gymnasium_env"])
@pytest.mark.parametrize("seed", ["1", -1, 1.5])
def test_an_episode_begins_with_a_whole_number_as_its_seed(form, seed):
    env = getattr(traffic_marl, form)(SMOKE)
    with pytest.raises(UsageError, match=rf"^seed: {seed!r} is not a "):
        env.reset(seed=seed)


def test_a_step_before_the_first_episode_is_refused_whatever_the_actions():
    with pytest.raises(UsageError, match=r"^the environment: no episode has begun; call reset\(\) first"):
        traffic_marl.vector_env(SMOKE, 1).step(None)


def test_agents_without_a_dictionary_of_actions_are_named():
    env = traffic_marl.parallel_env(SMOKE)
    env.reset()
    with pytest.raises(InvalidAction, match="agent 'intersection_1_1' has no action"):
        env.step(None)


@pytest.mark.parametrize("actions", [None, "0123", [[0, 1], [2]], 0.0, [[0.0] * 4]])
def test_actions_that_are_no_array_of_whole_numbers_are_refused(actions):
    env = traffic_marl.vector_env(SMOKE, 1)
    env.reset()
    with pytest.raises(UsageError, match=r"^actions: .*; give whole numbers of shape \(1, 4\)"):
        env.step(actions)
    joint = JointEnv([env])
    joint.reset()
    with pytest.raises(UsageError, match=r"^actions: .*; give whole numbers of shape \(1, 4\)"):
        joint.step(actions)


@pytest.mark.parametrize(("parts", "what"), [([], "there are none"), (None, "None is not"), ([1], r"\[1\] is not")])
def test_what_is_no_list_of_environments_is_refused(parts, what):
    with pytest.raises(UsageError, match=f"^parts: {what}.*; give "):
        JointEnv(parts)
