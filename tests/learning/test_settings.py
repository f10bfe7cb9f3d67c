import json
import subprocess
import sys
from dataclasses import replace

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.algorithms import ALGORITHMS
from traffic_marl.learning.settings import AGENT_STEPS, LEAST_DECISIONS, TrainingSettings
from traffic_marl.scenario.seeds import TRAINING


def test_settings_come_back_from_json_unchanged():
    settings = TrainingSettings(algorithm="appo", policy="by-type", hidden=(16, 8), fragment=12, neighbour_weight=0.5)
    assert TrainingSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


def test_what_json_leaves_out_is_as_by_default():
    assert TrainingSettings.from_json({"copies": 4}) == TrainingSettings(copies=4)


def test_an_unknown_setting_is_refused():
    with pytest.raises(UsageError, match=r"settings\.copys: there is no such setting; did you mean copies"):
        TrainingSettings.from_json({"copys": 4})


@pytest.mark.parametrize(
    ("choices", "where"),
    [
        ({"algorithm": "sarsa"}, "algorithm"),
        ({"network": "cnn"}, "network"),
        ({"policy": "shard"}, "policy"),
        ({"critic": "global"}, "critic"),
        ({"observation": "pixels"}, "observation"),
        ({"reward": "money"}, "reward"),
        ({"reward": 3}, "reward"),
        ({"copies": 0}, "copies"),
        ({"copies": 2.0}, "copies"),
        ({"copies": True}, "copies"),
        ({"runners": -1}, "runners"),
        ({"interval": 0}, "interval"),
        ({"interval": 4000}, "interval"),
        ({"fragment": 0}, "fragment"),
        ({"discount": 1.0}, "discount"),
        ({"gae_lambda": 1.1}, "gae_lambda"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"entropy": -0.1}, "entropy"),
        ({"hidden": ()}, "hidden"),
        ({"hidden": (8, 0)}, "hidden"),
        ({"hidden": 8}, "hidden"),
        ({"stock": "yes"}, "stock"),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_name(choices, where):
    with pytest.raises(UsageError) as error:
        TrainingSettings(**choices)
    assert error.value.where == where


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"algorithm": "dqn", "critic": "central"}, "dqn has no critic"),
        ({"algorithm": "reinforce", "critic": "central"}, "reinforce has no critic"),
        ({"algorithm": "reinforce", "fragment": 8}, "whole episodes"),
        ({"algorithm": "tabular-q", "policy": "independent", "fragment": 8}, "whole episodes"),
        ({"policy": "attention", "network": "mlp"}, "attention needs the phase network; use phase with attention"),
        ({"policy": "message", "network": "mlp"}, "message needs the phase network; use phase with message"),
        ({"algorithm": "tabular-q"}, "a table for each intersection"),
        ({"algorithm": "tabular-q", "policy": "independent", "runners": 2}, "main process alone"),
        ({"algorithm": "dqn", "learners": 2}, "one memory"),
        ({"stock": True, "algorithm": "appo"}, "own sampling is for ppo"),
        ({"stock": True, "policy": "attention"}, "one intersection only"),
        ({"stock": True, "policy": "message"}, "shows message one intersection only"),
        ({"stock": True, "critic": "central"}, "one intersection only"),
        ({"weights": "pull", "runners": 2}, "ppo waits until each runner has the weights"),
        ({"weights": "pull", "algorithm": "appo"}, "main process samples with the weights that it learns"),
        ({"balance": True, "runners": 1}, "between runners, and there are 1"),
        ({"balance": True}, "between runners, and there are 0"),
        ({"balance": True, "runners": 2, "algorithm": "impala"}, "impala waits for no runner"),
        ({"balance": True, "runners": 2, "stock": True}, "own runners keep their copies"),
    ],
)
def test_choices_that_exclude_each_other_are_refused_with_the_reason(choices, reason):
    with pytest.raises(UsageError, match=reason):
        TrainingSettings(**choices)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_works_with_its_defaults(algorithm):
    data = {"data": "recorded"} if ALGORITHMS[algorithm].learns_from_data else {}
    settings = TrainingSettings.chosen(algorithm=algorithm, **data)
    assert settings.algorithm == algorithm
    assert {name: getattr(settings, name) for name in settings.traits.defaults} == dict(settings.traits.defaults)


def test_an_iteration_is_an_equal_part_of_an_episode_of_bounded_size():
    settings = TrainingSettings(copies=16)
    assert settings.decisions_for(4, 120) == 120
    for intersections, decisions in ((12, 103), (16, 72), (48, 26)):
        parts = 720 / decisions
        assert settings.decisions_for(intersections, 720) == decisions
        assert decisions * intersections * 16 <= AGENT_STEPS
        assert parts == pytest.approx(round(parts), rel=0.03)
    assert settings.fragment_for(16, 720) == settings.decisions_for(16, 720)


def test_an_iteration_has_room_for_late_rewards_on_large_networks_and_short_episodes():
    settings = TrainingSettings(copies=16)
    assert settings.decisions_for(500, 720) == LEAST_DECISIONS
    assert settings.decisions_for(500, 30) == 30
    assert settings.decisions_for(500, 5) == 5


def test_fragments_are_as_the_algorithm_needs_them():
    assert TrainingSettings(algorithm="reinforce").fragment_for(500, 720) == 720
    assert TrainingSettings(algorithm="appo").fragment_for(16, 720) == 32
    assert TrainingSettings(algorithm="dqn").fragment_for(16, 5) == 5
    assert TrainingSettings(fragment=100).fragment_for(16, 720) == 100
    assert TrainingSettings(fragment=100).fragment_for(16, 50) == 50


def test_runs_with_other_seeds_meet_other_traffic():
    places = [replace(TrainingSettings(), seed=seed).first_seed for seed in (0, 1, 2, 10**6)]
    assert len(set(places[:3])) == 3
    assert all(0 <= place < len(TRAINING) for place in places)


def test_settings_need_neither_torch_nor_ray():
    code = (
        "import sys; sys.modules['torch'] = sys.modules['ray'] = None\n"
        "from traffic_marl.learning.settings import TrainingSettings; print(TrainingSettings().algorithm)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "ppo"


def test_rates_fall_in_a_line_with_the_budget():
    settings = TrainingSettings(learning_rate=1e-2, last_rate=0.1, entropy=0.5)
    assert [settings.learning_rate_at(share) for share in (0.0, 0.5, 1.0)] == pytest.approx([1e-2, 0.55e-2, 1e-3])
    assert [settings.entropy_at(share) for share in (0.0, 0.5, 1.0)] == [0.5, 0.25, 0.0]
