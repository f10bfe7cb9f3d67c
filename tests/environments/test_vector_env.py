"""The vectorised environment: the same traffic as everywhere, honest masks, episodes that follow each other."""

import dataclasses

import numpy as np
import pytest

from tests.helpers.data_sets import data_set
from tests.helpers.observed_traffic import NETWORKS
from traffic_marl import Scenario, load_scenario, rollout, vector_env
from traffic_marl.actions import ACTIONS
from traffic_marl.actions.phases import DURATIONS
from traffic_marl.detection import lane_table
from traffic_marl.errors import ScenarioError, UsageError
from traffic_marl.scenario import Sensors, cityflow_scenario, scenario_names
from traffic_marl.scenario.seeds import TRAINING
from traffic_marl.strategies.named import NamedStrategy

SMOKE = load_scenario("grid_2x2_smoke")


def short(seconds, scenario=SMOKE, **signals):
    """A scenario that ends after some seconds, under other rules for its signals."""
    rules = scenario.signals.model_copy(update=signals)
    return scenario.model_copy(update={"duration_s": seconds, "clearing_s": 0, "signals": rules})


def random_actions(env, decisions, seed=0):
    """(decisions, B, N) of the space, also those that are masked."""
    generator = np.random.default_rng(seed)
    return generator.integers(0, env.num_actions, (decisions, env.copies, len(env.intersections)))


def values(part):
    return {field.name: getattr(part, field.name) for field in dataclasses.fields(part)}


def assert_equal(one, other):
    for name, value in values(one).items():
        assert np.array_equal(value, getattr(other, name)), name


class Repeats:
    """A strategy that asks for what is written down."""

    interval = None

    def __init__(self, decisions):
        self.decisions = iter(decisions)

    def start(self, conditions):
        return self

    def decide(self, readings):
        return next(self.decisions)


def test_environment_and_rollout_move_the_same_traffic():
    """Every vehicle in every second."""
    scenario = short(300)
    env = vector_env(scenario, 2, seeds=(4, 5), interval=1, autoreset=False)
    decisions = random_actions(env, 300).astype(np.int32)
    seen = []

    def observer(simulation, readings, phases):
        seen.append([simulation.positions(copy) for copy in range(2)])

    strategy = NamedStrategy("repeats", Repeats(decisions))
    run = rollout.run(scenario, strategy, (4, 5), interval=1, each_decision=observer)
    env.reset()
    for second, actions in enumerate(decisions):
        for copy in range(2):
            assert_equal(env.simulation.positions(copy), seen[second][copy])
        *_, infos = env.step(actions)
    assert len(seen[-1][0].vehicle) > 20
    assert_equal(env.simulation.records(), run.at_end)
    assert infos["episode"]["mean_delay"].tolist() == run.measures.mean_delay.tolist()
    assert infos["episode"]["travel_time_cityflow"].tolist() == run.measures.travel_time_cityflow.tolist()


@pytest.mark.parametrize("action", ACTIONS)
def test_copies_in_a_batch_are_as_alone(action):
    scenario = short(200)
    options = {"action": action, "observation": "upstream+plan"}
    batch = vector_env(scenario, 3, seeds=(7, 8, 9), **options)
    actions = random_actions(batch, 80)
    alone = [vector_env(scenario, 1, seeds=(seed,), **options) for seed in (7, 8, 9)]
    together = [batch.reset()]
    apart = [np.concatenate([env.reset() for env in alone])]
    for k in range(len(actions)):
        observations, rewards, _, _, infos = batch.step(actions[k])
        singles = [env.step(actions[k, b : b + 1]) for b, env in enumerate(alone)]
        together += [observations, rewards, infos["action_masks"]]
        apart += [np.concatenate([single[place] for single in singles]) for place in (0, 1)]
        apart.append(np.concatenate([single[4]["action_masks"] for single in singles]))
    assert all(np.array_equal(one, other) for one, other in zip(together, apart, strict=True))
    assert len({each.tobytes() for each in together}) > 100


def test_episodes_follow_each_other_on_fresh_seeds():
    env = vector_env(short(50), 2, seeds=(3, 4, 5, 6), interval=20)
    assert env.steps == 3
    first = env.reset()
    assert env.episode_seeds == (3, 4)
    actions = random_actions(env, 6)
    returns = np.zeros(env.reward(env.readings).shape)
    for k in range(2):
        _, rewards, terminated, truncated, infos = env.step(actions[k])
        returns += rewards
        assert not truncated.any()
        assert "episode" not in infos
    simulation = env.simulation
    observations, rewards, terminated, truncated, infos = env.step(actions[2])
    assert simulation.time == 50
    assert truncated.all()
    assert not terminated.any()
    assert env.episode_seeds == (5, 6)
    assert env.simulation.time == 0
    assert np.array_equal(infos["final_obs"], env.encoder(simulation.readings()))
    assert np.array_equal(infos["action_masks"], env.action_masks())
    assert infos["episode"]["return"] == pytest.approx(returns + rewards)
    assert not np.array_equal(observations, infos["final_obs"])
    assert np.array_equal(observations, first), "an empty network looks the same for all seeds"
    for k in range(3, 6):
        env.step(actions[k])
    assert env.episode_seeds == (3, 4), "from the first again"


def test_training_seeds_are_the_default_and_reset_takes_others():
    env = vector_env(SMOKE, 2)
    env.reset()
    assert env.episode_seeds == (TRAINING[0], TRAINING[1])
    env.reset(seeds=range(50, 60))
    assert env.episode_seeds == (50, 51)
    env.reset()
    assert env.episode_seeds == (52, 53)


def test_without_autoreset_the_last_observations_stay():
    env = vector_env(short(10), 1, seeds=(1,), autoreset=False)
    env.reset()
    for _ in range(2):
        observations, *_, infos = env.step(np.zeros((1, 4), int))
    assert np.array_equal(observations, infos["final_obs"])
    with pytest.raises(UsageError, match=r"the episode is over; call reset\(\) first"):
        env.step(np.zeros((1, 4), int))


def test_wrong_actions_are_told():
    env = vector_env(SMOKE, 2)
    with pytest.raises(UsageError, match=r"no episode has begun; call reset\(\) first"):
        env.step(np.zeros((2, 4), int))
    env.reset()
    with pytest.raises(UsageError, match=r"actions: int64 of shape \(4,\); give whole numbers of shape \(2, 4\)"):
        env.step(np.zeros(4, int))
    with pytest.raises(UsageError, match="actions: float64 of shape"):
        env.step(np.zeros((2, 4)))
    with pytest.raises(UsageError, match="actions: 4 is not an action; give 0 to 3"):
        env.step(np.full((2, 4), 4))


FREE = {"max_green_s": None, "max_red_s": None}  # no limit that overrules a request


@pytest.mark.parametrize("interval", [1, 4, 5])
@pytest.mark.parametrize(("min_green", "yellow", "all_red"), [(0, 5, 0), (5, 3, 2), (7, 3, 0), (12, 0, 0), (3, 0, 2)])
def test_masks_show_exactly_the_phases_that_would_be_granted(min_green, yellow, all_red, interval):
    """What is masked out is not shown before the next decision; what is allowed is granted."""
    rules = FREE | {"min_green_s": min_green, "yellow_s": yellow, "all_red_s": all_red}
    env = vector_env(short(400, **rules), 4, interval=interval)
    env.reset()
    granted = refused = 0
    for actions in random_actions(env, 400 // interval - 1):
        before = env.readings.phase
        allowed = np.take_along_axis(env.action_masks(), actions[:, :, None], axis=2)[:, :, 0]
        env.step(actions)
        shown = env.readings.phase
        assert (shown[allowed] == actions[allowed]).all()
        assert (shown[~allowed] == before[~allowed]).all()
        granted += (allowed & (actions != before)).sum()
        refused += (~allowed).sum()
    assert granted > 20
    assert (refused > 20) == (min_green + yellow + all_red > interval)


def test_a_phase_that_an_intersection_lacks_is_masked_and_keeps_the_one_shown():
    network = SMOKE.network.model_copy(update={"missing": (("intersection_1_1", "W"),)})
    env = vector_env(short(100, SMOKE.model_copy(update={"network": network}), **FREE), 1, interval=20)
    env.reset()
    counts = env.network.tables.phase_count
    assert counts.min() < counts.max() == env.num_actions
    poor = counts.argmin()
    actions = np.full((1, len(counts)), env.num_actions - 1)
    assert not env.action_masks()[0, poor, -1]
    env.step(actions)
    shown = env.readings.phase[0]
    assert shown[poor] == 0
    assert (np.delete(shown, poor) == env.num_actions - 1).all()


def test_cycle_actions_keep_or_go_on():
    env = vector_env(short(200, **FREE), 1, interval=20, action="cycle")
    env.reset()
    assert env.action_masks().shape == (1, 4, 2)
    shown = []
    for action in (1, 0, 1, 1, 1, 1):
        env.step(np.full((1, 4), action))
        shown.append(env.readings.phase[0, 0])
    assert shown == [1, 1, 2, 3, 0, 1]


def test_a_duration_binds_the_agent_until_it_is_over():
    """Phase 2 for the third duration, three decisions against all other requests. Then phase 1 for one."""
    env = vector_env(short(200, **FREE), 1, interval=20, action="duration")
    env.reset()
    chosen = 2 * len(DURATIONS) + 2
    asked = [chosen, 0, 5, 1 * len(DURATIONS), 0]
    shown = []
    for k, action in enumerate(asked):
        masks = env.action_masks()[0, 0]
        assert masks.sum() == (1 if k in (1, 2) else env.num_actions)
        assert masks[chosen]
        env.step(np.full((1, 4), action))
        shown.append(env.readings.phase[0, 0])
    assert shown == [2, 2, 2, 1, 0]


SCENARIOS = [*scenario_names(), "jinan_real", "hangzhou_real"]


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("observation", ["local", "pressure", "upstream", "neighbours"])
def test_observations_stay_in_their_space_on_every_scenario(name, observation):
    real = name.endswith("_real")
    scenario = cityflow_scenario(data_set(name), phases=(1, 2, 3, 4)) if real else load_scenario(name)
    env = vector_env(scenario, 2, seeds=(1,), observation=observation)
    seen = [env.reset()]
    seen += [env.step(actions)[0] for actions in random_actions(env, 60)]
    together = np.stack(seen)
    assert together.dtype == np.float32
    assert together.min() >= 0.0
    assert together.max() <= 1.0
    assert (together[-1] != together[0]).any()


@pytest.mark.parametrize("name", NETWORKS)
def test_agents_of_different_shape_share_a_space(name):
    """Random play on networks with missing legs and other phase tables: what is absent shows nothing."""
    from traffic_marl.observation.slots import slots

    network = {
        "grid": {"rows": 2, "columns": 3},
        "eight phases": {"phases": "eight"},
        "two phases, missing legs": {"phases": "two", "missing": (("intersection_1_1", "W"),)},
        "arterial": {"missing": (("intersection_1_1", "W"), ("intersection_2_2", "N"))},
    }[name]
    document = SMOKE.model_dump()
    document["signals"]["phases"] = network.pop("phases", None)
    document["network"].update(network)
    document["demand"].update({"inflow_vph": 600} if "inflow_vph" in document["demand"] else {})
    env = vector_env(Scenario.model_validate(document), 2)
    env.reset()
    for actions in random_actions(env, 50):
        observations, *_ = env.step(actions)
    movements, phases, _ = env.layout.split(observations)
    present = slots(env.network) >= 0
    assert (movements[..., 0] == present).all()
    assert not movements[:, ~present].any()
    absent = np.arange(env.num_actions) >= env.network.tables.phase_count[:, None]
    assert not phases[:, absent].any()
    assert movements.max() <= 1.0


def test_wrong_arguments_are_told_with_what_would_do():
    with pytest.raises(UsageError, match="copies: 0 is too small; give a whole number, at least 1"):
        vector_env(SMOKE, 0)
    with pytest.raises(UsageError, match="interval: 0 is too small"):
        vector_env(SMOKE, 1, interval=0)
    with pytest.raises(UsageError, match=r"interval: 2\.5 is not a whole number"):
        vector_env(SMOKE, 1, interval=2.5)
    with pytest.raises(UsageError, match="threads: 0 is too small"):
        vector_env(SMOKE, 1, threads=0)
    with pytest.raises(UsageError, match="neighbour_weight: 'x' is not a number"):
        vector_env(SMOKE, 1, neighbour_weight="x")
    with pytest.raises(UsageError, match="seeds: there are none; give at least one"):
        vector_env(SMOKE, 1, seeds=())
    with pytest.raises(UsageError, match="seeds: -5 is not a seed"):
        vector_env(SMOKE, 1, seeds=(7, -5))
    with pytest.raises(UsageError, match=r"action: unknown action 'phases'; did you mean phase\?"):
        vector_env(SMOKE, 1, action="phases")
    with pytest.raises(UsageError, match="available: delay, queue, pressure, wait, throughput"):
        vector_env(SMOKE, 1, reward="xyz")
    with pytest.raises(ScenarioError, match="did you mean grid_2x2_smoke"):
        vector_env("grid_2x2_smoky", 1)


def test_agents_see_what_detectors_report_and_earn_by_the_truth():
    faulty = short(300, SMOKE.model_copy(update={"sensors": Sensors(missed_share=0.4, delay_s=3)}))
    sound, failing = (vector_env(each, copies=2, seeds=(1, 2), interval=5) for each in (short(300), faulty))
    sound.reset(), failing.reset()
    unlike = 0
    for actions in random_actions(sound, 50):
        seen, rewards, *_ = sound.step(actions)
        reported, earned, *_ = failing.step(actions)
        assert np.array_equal(rewards, earned)
        assert np.array_equal(failing.encoder(failing.simulation.detected()), reported)
        unlike += not np.array_equal(seen, reported)
    assert unlike > 40


@pytest.mark.parametrize("known", [True, False])
def test_in_the_choices_of_detectors_blind_lanes_call_and_are_served(known):
    sensors = Sensors(blind_share=0.3, known=known)
    faulty = short(900, SMOKE.model_copy(update={"sensors": sensors}), max_red_s=None)
    env = vector_env(
        faulty, copies=2, seeds=(1, 2), interval=1, action="gap_out", longest_wait=120, observation="detectors"
    )
    env.reset()
    broken, lanes = env.simulation._detectors.broken > 0, lane_table(env.network, faulty.flow())
    generator, longest = np.random.default_rng(0), np.zeros(broken.shape, int)
    for _ in range(899):
        shown, masks = env.readings.phase, env.action_masks()
        weights = masks * generator.random(masks.shape)
        np.put_along_axis(weights, shown[:, :, None], 0.5, axis=2)
        env.step(np.where(masks, weights, -1.0).argmax(axis=2))
        longest = np.maximum(longest, lanes.unserved(env.readings))
    found = env.readings.blind & broken & lanes.waits
    assert found.sum() >= 0.8 * (broken & lanes.waits).sum() > 0
    assert longest[found].max() <= (240 if known else 600)
    seen = env.encoder(env.readings)
    slots = env.layout.split(seen)[0][..., env.layout.movement_features.index("blind")]
    assert 0.0 < slots.mean() < 0.6


def test_decisions_of_gap_out_are_a_second_apart_unless_they_meet_its_moments():
    assert vector_env(SMOKE, 1, action="gap_out").interval == 1
    assert vector_env(SMOKE, 1, action="gap_out", interval=5).interval == 5
    assert vector_env(SMOKE, 1).interval == SMOKE.decision_interval_s == 5
    with pytest.raises(UsageError, match="interval: gap_out may leave an occupied green every 5 s"):
        vector_env(SMOKE, 1, action="gap_out", interval=4)
