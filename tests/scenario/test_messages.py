"""Messages as part of a scenario: who is disturbed by them, JSON and hash."""

import json

import numpy as np
import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl import run
from traffic_marl.environments import VectorEnv
from traffic_marl.errors import ScenarioError
from traffic_marl.scenario import Messages, Scenario

ALL_FALSE = scenario(messages=Messages(false_share=1.0), duration_s=400)
PLAIN = scenario(duration_s=400)


def signals(one, strategy):
    return run(one, strategy, [0, 1], log_signals=True).simulation.signal_log()


def test_a_strategy_that_needs_no_neighbours_is_not_disturbed():
    assert np.array_equal(signals(ALL_FALSE, "longest_queue"), signals(PLAIN, "longest_queue"))


@pytest.mark.parametrize(
    "strategy", ["max_pressure", "max_pressure:exit=mean", "efficient_max_pressure", "rolling_horizon"]
)
def test_a_strategy_that_hears_of_neighbours_is_disturbed(strategy):
    assert not np.array_equal(signals(ALL_FALSE, strategy), signals(PLAIN, strategy))


def test_messages_of_which_none_fails_change_no_run():
    assert np.array_equal(
        signals(scenario(messages=Messages(), duration_s=400), "max_pressure"), signals(PLAIN, "max_pressure")
    )


@pytest.mark.parametrize("group", ["exit", "inflow", "turns", "room"])
def test_agents_see_of_neighbours_what_messages_tell(group):
    seen = []
    for one in (PLAIN, ALL_FALSE):
        env = VectorEnv(one, 1, seeds=[3], observation=f"queue+{group}")
        env.reset()
        for _ in range(20):
            observations = env.step(np.zeros((1, 2), np.int32))[0]
        seen.append(env.layout.split(observations)[0])
    changed = {
        name
        for place, name in enumerate(env.layout.movement_features)
        if not np.array_equal(seen[0][..., place], seen[1][..., place])
    }
    assert changed
    assert "queue" not in changed


def test_rewards_follow_the_truth():
    env, plain = (VectorEnv(one, 1, seeds=[3], reward="pressure") for one in (ALL_FALSE, PLAIN))
    env.reset()
    plain.reset()
    for _ in range(20):
        actions = np.zeros((1, 2), np.int32)
        assert np.array_equal(env.step(actions)[1], plain.step(actions)[1])


def test_messages_come_and_go_in_json_and_leave_other_hashes_as_they_are():
    stated, failing = scenario(messages=Messages()), scenario(messages={"lost_share": 0.5, "delay_s": 10})
    assert "messages" not in json.loads(stated.to_json())
    assert stated.hash() == scenario().hash() != failing.hash()
    assert Scenario.model_validate_json(failing.to_json()) == failing
    assert failing.is_random


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("lost_share", 1.5, "messages.lost_share: "),
        ("delay_s", -1, "messages.delay_s: "),
        ("delay_s", 1.5, "messages.delay_s: "),
        ("noise", 1, "messages.noise: "),
    ],
)
def test_a_wrong_field_is_told_by_its_name(field, value, told):
    with pytest.raises(ScenarioError, match="^" + told.replace(".", r"\.")):
        scenario(messages={field: value})


def test_silent_and_false_intersections_are_no_more_than_all():
    with pytest.raises(ScenarioError, match=r"0\.6 and silent_share 0\.5 are more than 1"):
        scenario(messages={"silent_share": 0.5, "false_share": 0.6})
