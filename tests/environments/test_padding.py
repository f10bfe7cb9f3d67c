"""Observations of several networks in one layout."""

import numpy as np
import pytest

from traffic_marl import vector_env
from traffic_marl.environments import JointEnv
from traffic_marl.environments.padding import absent, has_room, places_in, widest
from traffic_marl.errors import UsageError
from traffic_marl.observation import ObservationLayout
from traffic_marl.scenario import GridNetwork, Scenario, Signals, TurningFlows

SMALL = ObservationLayout(2, 1, ("present", "queue"))
LARGE = ObservationLayout(3, 2, ("present", "queue"))


def made(phases, rows=1, columns=2, **options):
    scenario = Scenario(
        name=f"{phases}_{rows}x{columns}",
        network=GridNetwork(rows=rows, columns=columns),
        demand=TurningFlows(inflow_vph=500.0),
        signals=Signals(phases=phases),
        duration_s=120,
    )
    return vector_env(scenario, 2, seeds=range(9), autoreset=False, **{"interval": 5, **options})


def test_features_keep_their_phase_their_slot_and_their_meaning():
    seen = np.arange(1.0, SMALL.size + 1.0)
    wide = np.zeros(LARGE.size)
    wide[places_in(LARGE, SMALL)] = seen

    for large, small in zip(LARGE.split(wide), SMALL.split(seen), strict=True):
        inside = tuple(map(slice, small.shape))
        assert np.array_equal(large[inside], small)
        rest = large.copy()
        rest[inside] = 0.0
        assert not rest.any()


def test_an_intersection_that_is_not_there_shows_its_first_phase_and_may_show_no_other():
    observation = absent(LARGE)

    assert LARGE.allowed(observation).tolist() == [1.0, 0.0, 0.0]
    assert observation.sum() == 2.0


def test_room_is_a_matter_of_size_and_features():
    other = ObservationLayout(3, 2, ("queue",))

    assert widest([SMALL, LARGE, SMALL]) == LARGE
    assert has_room(LARGE, SMALL)
    assert not has_room(SMALL, LARGE)
    assert not has_room(LARGE, other)


@pytest.mark.parametrize("action", ["phase", "gap_out", "duration", "cycle"])
def test_networks_of_other_shapes_move_as_they_would_alone(action):
    parts = [made("two", action=action), made("eight", action=action)]
    alone = [made("two", action=action), made("eight", action=action)]
    joint = JointEnv(parts, sizes=(3, 2))
    seen, apart = joint.reset(), [env.reset() for env in alone]
    generator = np.random.default_rng(1)
    there = (slice(0, 2), slice(3, 5))

    assert joint.scenario_of.tolist() == [0, 0, 0, 1, 1]
    assert joint.layout.phases == 8
    assert joint.layout.movements == 4
    for _ in range(joint.steps):
        masks = joint.action_masks()
        actions = (generator.random(masks.shape) * masks).argmax(-1)
        for env, place, part in zip(alone, there, apart, strict=True):
            assert np.array_equal(seen[:, place][..., places_in(joint.layout, env.layout)], part)
            assert np.array_equal(masks[:, place, : env.num_actions], env.action_masks())
            assert not masks[:, place, env.num_actions :].any()
        assert np.array_equal(seen[:, 2], np.tile(absent(joint.layout), (2, 1)))
        seen, rewards, _, _, infos = joint.step(actions)
        steps = [env.step(actions[:, place]) for env, place in zip(alone, there, strict=True)]
        apart = [step[0] for step in steps]
        for place, step in zip(there, steps, strict=True):
            assert np.array_equal(rewards[:, place], step[1])
            assert np.array_equal(infos["phase"][:, place], step[4]["phase"])
        assert not rewards[:, 2].any()
    assert infos["final_obs"].shape == seen.shape
    assert infos["episode"]["return"].shape == (2, 5)


@pytest.mark.parametrize("action", ["phase", "duration"])
def test_an_action_that_an_intersection_lacks_keeps_its_phase(action):
    parts, alone = [made("two", action=action), made("eight", action=action)], made("two", action=action)
    joint = JointEnv(parts)
    joint.reset()
    alone.reset()
    for _ in range(4):
        keeps = alone.readings.phase * (alone.num_actions // alone.layout.phases)
        joint.step(np.full((2, 4), joint.num_actions - 1))
        alone.step(keeps)
        assert np.array_equal(joint.parts[0].readings.phase, alone.readings.phase)
        assert np.array_equal(joint.parts[0].readings.vehicles, alone.readings.vehicles)


def test_too_little_room_is_refused():
    two, eight = made("two"), made("eight")
    with pytest.raises(UsageError, match="has no room in an observation of 2 phases"):
        JointEnv([two, eight], layout=two.layout)
    with pytest.raises(UsageError, match="has 2 intersections, more than 1"):
        JointEnv([two, eight], sizes=(2, 1))
    with pytest.raises(UsageError, match="sizes: 1 for 2 environments"):
        JointEnv([two, eight], sizes=(2,))
