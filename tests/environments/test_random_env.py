"""Random scenarios side by side, new ones in every episode."""

import numpy as np
import pytest

from traffic_marl.environments import RandomEnv, VectorEnv
from traffic_marl.environments.random import bounds_of
from traffic_marl.errors import UsageError
from traffic_marl.scenario import GridNetwork, Ranges, Scenario, Signals, TurningFlows, load_scenario

SMALL = Ranges(intersections=(2, 6))
SMOKE = load_scenario("grid_2x2_smoke").within(until_s=60)


def made(scenarios=2, copies=2, seeds=range(100), **options):
    settings = {"ranges": SMALL, "duration": 60, "interval": 5, "action": "gap_out", **options}
    return RandomEnv(scenarios, copies, seeds, **settings)


def played(env, generator):
    """An episode of allowed actions: the observations and rewards of each decision, and the last infos."""
    seen, rewards = [env.reset()], []
    while True:
        masks = env.action_masks()
        observations, reward, _, truncated, infos = env.step((generator.random(masks.shape) * masks).argmax(-1))
        rewards.append(reward)
        if truncated[0]:
            return seen, rewards, infos
        seen.append(observations)


def test_each_episode_has_new_scenarios_and_the_same_shapes():
    env = made()
    names, shapes = set(), set()
    seen = env.reset()
    for _ in range(3 * env.steps):
        names.add(tuple(part.scenario.name for part in env.parts))
        shapes.add((seen.shape, env.action_masks().shape))
        seen, *_ = env.step(np.zeros(seen.shape[:2], np.int64))

    assert names == {("random_0", "random_1"), ("random_2", "random_3"), ("random_4", "random_5")}
    assert shapes == {((2, len(env.intersections), env.layout.size), (2, len(env.intersections), env.num_actions))}
    assert env.parts[0].scenario.name == "random_6"


def test_the_scenarios_of_an_episode_follow_from_the_number_of_episodes_before_it():
    env, later = made(), made()
    generator = np.random.default_rng(0)
    played(env, generator)
    later.next_seed = 2
    one, other = played(env, np.random.default_rng(7)), None
    later.next_seed = env.next_seed - 2 * 2  # the episode that was just played, since the next one has begun
    other = played(later, np.random.default_rng(7))

    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1], other[1])


def test_places_without_an_intersection_have_no_choice_and_no_reward():
    env = made(scenarios=3)
    seen, rewards, infos = played(env, np.random.default_rng(3))
    there = np.zeros(len(env.intersections), np.bool_)
    finished = made(scenarios=3)
    finished.reset()
    for k, part in enumerate(finished.parts):
        places = np.flatnonzero(finished.scenario_of == k)
        there[places[: len(part.intersections)]] = True

    assert not there.all()
    assert (env.layout.allowed(np.array(seen))[:, :, ~there].sum(-1) == 1).all()
    assert not np.array(rewards)[:, :, ~there].any()
    assert (np.array(rewards) <= 0).all()
    assert np.array(rewards)[:, :, there].any()
    assert infos["episode"]["mean_delay"].shape == (2,)


def test_the_end_of_an_episode_tells_its_last_moment_and_begins_the_next_one():
    env = made(autoreset=True)
    *_, infos = played(env, np.random.default_rng(1))

    assert infos["final_obs"].shape == (2, len(env.intersections), env.layout.size)
    assert np.array_equal(infos["action_masks"], env.action_masks())
    assert all(part.simulation.time == 0 for part in env.parts)


def test_without_autoreset_the_episode_stays_over():
    env = made(autoreset=False)
    played(env, np.random.default_rng(1))

    assert all(part.simulation.time == 60 for part in env.parts)
    with pytest.raises(UsageError, match="the episode is over"):
        env.step(np.zeros((2, len(env.intersections)), np.int64))


def test_scenarios_beside_random_ones_come_last_and_are_the_same_in_every_episode():
    env = made(beside=(SMOKE,))
    env.reset()
    played(env, np.random.default_rng(2))

    assert env.scenario_of[-4:].tolist() == [2] * 4
    assert (env.scenario_of[:-4] < 2).all()
    assert env.intersections[-4:] == tuple(f"grid_2x2_smoke/{name}" for name in SMOKE.build_network().intersections)
    assert [part.scenario.name for part in env.parts] == ["random_4", "random_5", "grid_2x2_smoke"]
    assert env.parts[2].episode_seeds == (4, 5)
    assert made().intersections == env.intersections[:-4]


def test_a_scenario_beside_random_ones_moves_as_it_does_alone():
    env, alone = made(beside=(SMOKE,)), VectorEnv(SMOKE, 2, range(100), interval=5, action="gap_out")
    there, generator = slice(-4, None), np.random.default_rng(5)
    env.reset()
    alone.reset()
    for _ in range(2 * env.steps + 3):
        masks = alone.action_masks()
        assert np.array_equal(env.action_masks()[:, there, : masks.shape[2]], masks)
        assert not env.action_masks()[:, there, masks.shape[2] :].any()
        actions = (generator.random(masks.shape) * masks).argmax(-1)
        everywhere = np.zeros((2, len(env.intersections)), np.int64)
        everywhere[:, there] = actions
        _, rewards, _, truncated, infos = env.step(everywhere)
        _, expected, _, _, results = alone.step(actions)
        assert np.array_equal(rewards[:, there], expected)
        if truncated[0]:
            assert np.array_equal(infos["episode"]["return"][:, there], results["episode"]["return"])

    assert env.parts[-1].episode_seeds == alone.episode_seeds == (4, 5)


def test_random_scenarios_are_the_same_whatever_stands_beside_them():
    one, other = made(), made(beside=(SMOKE, SMOKE))
    for _ in range(2):
        one.reset()
        other.reset()
        assert [part.scenario for part in one.parts] == [part.scenario for part in other.parts][:2]


def test_arrays_have_room_for_the_widest_scenario_beside_random_ones():
    narrow = Ranges(intersections=(2, 6), phases=("two",))
    grid = Scenario(
        name="eight",
        network=GridNetwork(rows=1, columns=1),
        demand=TurningFlows(inflow_vph=300.0),
        signals=Signals(phases="eight"),
        duration_s=60,
    )
    without, wide = made(ranges=narrow), made(ranges=narrow, beside=(grid,))
    seen = wide.reset()

    assert wide.layout.phases == 8
    assert without.layout.phases < 8
    assert wide.num_actions == VectorEnv(grid, 1, action="gap_out").num_actions > without.num_actions
    assert seen.shape == (2, len(without.intersections) + 1, wide.layout.size)
    assert wide.action_masks().shape == (2, len(without.intersections) + 1, wide.num_actions)


def test_seeds_that_are_given_later_hold_beside_random_scenarios_too():
    env = made(beside=(SMOKE,))
    env.reset(range(500, 600))

    assert env.parts[0].scenario.name == "random_500"
    assert [part.episode_seeds for part in env.parts] == [(500, 501)] * 3


def test_what_cannot_stand_beside_random_scenarios_is_told():
    with pytest.raises(UsageError, match=r"random scenarios and grid_2x2_smoke: differ in decisions \(12, 120\)"):
        made(beside=(load_scenario("grid_2x2_smoke"),))
    slower = SMOKE.model_copy(update={"decision_interval_s": 10})
    with pytest.raises(UsageError, match=r"random scenarios and grid_2x2_smoke: differ in interval \(5, 10\)"):
        made(beside=(slower,), interval=None, action="phase")
    for wrong in ("grid_2x2_smoke", ("grid_2x2_smoke",), None):
        with pytest.raises(UsageError, match="is not a list of scenarios; give a list of Scenario"):
            made(beside=wrong)


def test_together_the_scenarios_cover_all_sizes():
    assert bounds_of((4, 20), 4) == [(6, 8), (9, 12), (12, 16), (14, 20)]
    assert bounds_of((4, 20), 1) == [(14, 20)]
    assert bounds_of((5, 5), 3) == [(5, 5)] * 3


def test_wrong_arguments_are_told():
    for wrong in ({"scenarios": 0}, {"copies": 0}, {"duration": 0}, {"ranges": (4, 20)}, {"action": "fly"}):
        with pytest.raises(UsageError):
            made(**wrong)
    with pytest.raises(UsageError, match="no episode has begun"):
        made().step(np.zeros((2, 10), np.int64))
