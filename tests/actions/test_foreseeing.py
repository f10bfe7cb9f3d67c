"""The action space of plans: the observation says when a plan wants another phase."""

import numpy as np
import pytest

from traffic_marl.actions import planned_change
from traffic_marl.environments import VectorEnv
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import GREEN
from traffic_marl.observation import ObservationLayout
from traffic_marl.planning import Planner, PlanOptions

LAYOUT = ObservationLayout(3, 0, (), ("shown", "since_served", "allowed", "plan_near", "plan_far"), ())


@pytest.mark.parametrize(
    ("near", "shown", "wanted"),
    [
        ((1.0, 0.5, 0.0), 0, False),  # the phase shown is the best one
        ((1.0, 0.5, 0.0), 1, True),
        ((1.0, 0.5, 0.0), 2, True),  # it does not even come next
        ((1.0, 1.0, 0.2), 1, False),  # as good as the best one
        ((0.0, 0.0, 1.0), 2, False),
    ],
)
def test_a_plan_wants_another_phase_if_that_has_less_delay_than_the_one_shown(near, shown, wanted):
    observations = np.zeros((1, 1, LAYOUT.size), np.float32)
    phases = LAYOUT.split(observations)[1]
    phases[0, 0, :, 3] = near
    phases[0, 0, shown, 0] = 1.0
    assert planned_change(LAYOUT, observations).tolist() == [[wanted]]


def test_without_features_of_plans_nobody_plans():
    layout = ObservationLayout(2, 1, ("present",))
    assert not planned_change(layout, np.ones((3, 4, layout.size), np.float32)).any()


@pytest.mark.parametrize("observation", ["plan", "arrivals+room+plan"])
def test_an_agent_has_a_choice_when_its_plan_wants_a_phase_with_a_call(observation):
    """The same traffic, held wherever that is allowed: choices beyond those of `gap_out` are those of the plan."""
    options = {"seeds": [3, 4], "observation": observation, "interval": 1}
    env = VectorEnv("grid_2x2_smoke", 2, action="plan", **options)
    plain = VectorEnv("grid_2x2_smoke", 2, action="gap_out", **options)
    planner = Planner(env.network, env.scenario.timing(), 1, PlanOptions(), env.scenario.flow())
    for each in (env, plain):
        each.reset()
    more = 0
    for _ in range(400):
        delays, readings = planner(env.readings), env.readings
        own = np.take_along_axis(delays, readings.phase[:, :, None], axis=2)[:, :, 0]
        differs = (env.action_masks() != plain.action_masks()).any(axis=2)
        assert (own > delays.min(axis=2))[differs].all()
        assert (readings.interval == GREEN)[differs].all()
        more += int(differs.sum())
        may_hold = np.take_along_axis(plain.action_masks(), readings.phase[:, :, None], axis=2)[:, :, 0]
        actions = np.where(may_hold, readings.phase, plain.action_masks().argmax(axis=2)).astype(np.int32)
        for each in (env, plain):
            each.step(actions)
        assert np.array_equal(env.readings.phase, plain.readings.phase)
    assert more > 20


def test_an_observation_without_a_plan_is_refused():
    with pytest.raises(UsageError) as error:
        VectorEnv("grid_2x2_smoke", 1, action="plan", observation="queue")
    assert str(error.value) == (
        "observation: the action space plan follows the feature plan_near of each phase, which the observation lacks; "
        "give one with +plan, or use another action space"
    )


def test_decisions_are_a_second_apart():
    assert VectorEnv("grid_2x2_smoke", 1, action="plan", observation="plan").interval == 1
    with pytest.raises(
        UsageError, match="plan may leave an occupied green every 5 s, and decisions every 3 s miss that"
    ):
        VectorEnv("grid_2x2_smoke", 1, action="plan", observation="plan", interval=3)


def test_an_observation_that_does_not_tell_the_phase_shown_tells_no_plan():
    layout = ObservationLayout(2, 0, (), ("allowed", "plan_near"), ())
    assert not planned_change(layout, np.zeros((3, 4, layout.size), np.float32)).any()
