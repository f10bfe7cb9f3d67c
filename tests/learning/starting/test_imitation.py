"""A policy learns the choices of a strategy, under the masks of its training."""

import threading

import numpy as np
import pytest
import torch

from tests.helpers.made_up_runs import SMALL, actor_on
from traffic_marl.environments import JointEnv, VectorEnv
from traffic_marl.errors import UsageError
from traffic_marl.learning.policies import ActorPolicy
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.starting import imitation
from traffic_marl.learning.starting.imitation import NO_CHOICE, Asked, choices_of, imitate
from traffic_marl.rollout import run
from traffic_marl.scenario import GridNetwork, Messages, Sensors
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.named import NamedStrategy

FEW = {"hidden": (8, 8), "copies": 2, "minibatch": 256}


class Fixed:
    """Asks for one phase all the time, every so many seconds, and notes when it is asked."""

    def __init__(self, phase, interval=None):
        self.phase = phase
        self.interval = interval
        self.times = []
        self.begun = []

    def start(self, conditions):
        self.begun.append((conditions.interval, conditions.seeds))

        def decide(readings):
            self.times.append(readings.time)
            return np.full(readings.phase.shape, self.phase)

        return decide


class Hold(Fixed):
    """Asks for the phase that is shown."""

    def start(self, conditions):
        return lambda readings: readings.phase


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """A tenth of the choices that are usual."""
    monkeypatch.setattr(imitation, "SAMPLED", 1_000)


def policy(**choices):
    return ActorPolicy(actor_on(SMALL, TrainingSettings.chosen(**FEW, **choices)), "ppo")


def rows_of(strategy, **choices):
    settings = TrainingSettings.chosen(**FEW, **choices)
    generator = np.random.default_rng(0)
    return choices_of(SMALL, settings, NamedStrategy("x", strategy), generator, threading.Event())


@pytest.mark.parametrize("action", ["phase", "gap_out"])
@pytest.mark.parametrize("shared", ["shared", "independent", "by-type", "attention", "message"])
def test_every_kind_of_policy_learns_to_choose_as_a_strategy_does(monkeypatch, action, shared):
    monkeypatch.setattr(imitation, "SAMPLED", 3_000)
    settings = TrainingSettings.chosen(**FEW, policy=shared, action=action)
    pupil = policy(policy=shared, action=action)
    told = []
    strategy = NamedStrategy("hold", Hold(0))
    again, imitated = imitate(SMALL, settings, pupil, strategy, told.append, threading.Event())
    assert again is pupil
    assert imitated.agreement > 0.97
    assert imitated.choices > 300
    assert told == [f"imitating hold: {step} its choices" for step in ("watching", "learning")]


def test_it_learns_what_a_strategy_makes_of_the_traffic(monkeypatch):
    monkeypatch.setattr(imitation, "SAMPLED", 6_000)
    settings = TrainingSettings.chosen(**FEW)
    pupil, strategy = policy(), parse("longest_queue")
    choices = choices_of(SMALL, settings, strategy, np.random.default_rng(1), threading.Event())
    before = imitation._agreement(pupil.actor, choices, np.arange(len(choices.actions)))
    _, imitated = imitate(SMALL, settings, pupil, strategy, lambda step: None, threading.Event())
    assert imitated.agreement > before + 0.2


def test_all_decisions_are_counted_and_those_without_a_choice_are_not_learnt_from():
    choices = rows_of(Fixed(0))
    assert choices.agent_steps % (24 * 2 * 2) == 0  # whole episodes of two copies of two intersections
    assert (choices.actions == 0).all()
    assert 0 < len(choices.actions) < choices.agent_steps
    allowed = layout_of("phase").allowed(choices.observations)
    assert (allowed.sum(-1) > 1.0).all()


def layout_of(action):
    return VectorEnv(SMALL, 1, interval=5, action=action).layout


@pytest.mark.parametrize("action", ["phase", "gap_out"])
def test_a_choice_that_the_mask_forbids_is_left_out_and_counted(action):
    """A strategy that asks for another phase in each second is forbidden most of them by the calls of detectors."""

    class Restless(Fixed):
        def start(self, conditions):
            count = conditions.network.tables.phase_count
            return lambda readings: np.broadcast_to(readings.time % count, readings.phase.shape).astype(int)

    choices = rows_of(Restless(0), action=action)
    allowed = layout_of(action).allowed(choices.observations) > 0.5
    granted = torch.gather(allowed, 2, choices.actions.unsqueeze(-1))
    assert granted.all()
    if action == "gap_out":
        assert choices.left_out > 0
    else:  # every phase may be asked for where there is a choice
        assert choices.left_out == 0


def test_a_team_keeps_its_rows_together_and_marks_what_is_not_to_be_learnt():
    choices = rows_of(Fixed(1), policy="attention", action="gap_out")
    assert choices.observations.shape[1] == choices.actions.shape[1] == 2
    assert set(choices.actions.flatten().tolist()) == {1, NO_CHOICE}
    assert (choices.actions != NO_CHOICE).any(1).all()


def test_the_traffic_is_that_of_the_training_seeds_and_each_episode_begins_anew():
    strategy = Fixed(0)
    rows_of(strategy, seed=3)
    seeds = [seed for _, seeds in strategy.begun for seed in seeds]
    assert len(set(seeds)) == len(seeds) > 2
    assert {interval for interval, _ in strategy.begun} == {5}
    assert strategy.times[:25] == [*range(0, 120, 5), 0]
    first = VectorEnv(SMALL, 1)
    first.next_seed = TrainingSettings(seed=3).first_seed
    first.reset()
    assert seeds[0] == first.episode_seeds[0]


@pytest.mark.parametrize(("own", "asked"), [(None, 5), (1, 5), (5, 5), (15, 15)])
def test_a_strategy_is_asked_at_the_decisions_of_the_training_or_at_its_own_longer_interval(own, asked):
    env = VectorEnv(SMALL, 1, interval=5)
    env.reset()
    strategy = Fixed(0, own)
    ask = Asked(env, NamedStrategy("x", strategy), 5)
    for _ in range(7):
        env.step(ask())
    assert strategy.begun[0][0] == asked
    assert strategy.times == list(range(0, 35, asked))


@pytest.mark.parametrize("failing", [{"sensors": Sensors(blind_share=0.3)}, {"messages": Messages(lost_share=0.5)}])
@pytest.mark.parametrize("strategy", ["actuated:interval_s=5", "max_pressure"])
def test_a_strategy_decides_as_in_a_run_of_its_own_where_detectors_or_messages_fail(failing, strategy):
    scenario = SMALL.model_copy(update={"duration_s": 600, "clearing_s": 0, **failing})
    asked, strategy, seeds = [], parse(strategy), (3, 4)
    run(scenario, strategy, seeds, interval=5, each_decision=lambda simulation, readings, phases: asked.append(phases))
    env = VectorEnv(scenario, 2, seeds, interval=5, autoreset=False)
    env.reset()
    ask = Asked(env, strategy, 5)
    for phases in asked:
        assert (ask() == phases).all()
        env.step(phases)


def test_it_asks_for_all_scenarios_side_by_side_each_by_its_own_conditions():
    """Also where there is room for more intersections than a scenario has."""
    other = SMALL.model_copy(update={"network": GridNetwork(rows=2, columns=2, block_m=150.0)})
    parts = [VectorEnv(scenario, 1, interval=5) for scenario in (SMALL, other)]
    env = JointEnv(parts, sizes=(3, 4))
    env.reset()
    strategy = parse("longest_queue")
    ask = Asked(env, strategy, 5)
    alone = [Asked(part, strategy, 5) for part in parts]
    for _ in range(10):
        phases = ask()
        assert (phases[:, :2] == alone[0]()).all()
        assert (phases[:, 2] == 0).all()
        assert (phases[:, 3:] == alone[1]()).all()
        env.step(phases)


def test_a_strategy_without_an_allowed_choice_is_refused(monkeypatch):
    """In one second no signal has had its min green yet."""
    monkeypatch.setattr(imitation, "MOST_EPISODES", 2)
    short = SMALL.model_copy(update={"duration_s": 1})
    with pytest.raises(UsageError, match=r"^imitate: x makes no choice that the training allows"):
        imitate(
            short,
            TrainingSettings.chosen(**FEW, action="gap_out"),
            policy(action="gap_out"),
            NamedStrategy("x", Fixed(1)),
            lambda step: None,
            threading.Event(),
        )


def test_a_stop_ends_it_at_once():
    stop = threading.Event()
    stop.set()
    pupil = policy()
    before = {name: value.clone() for name, value in pupil.actor.state_dict().items()}
    _, imitated = imitate(SMALL, TrainingSettings.chosen(**FEW), pupil, parse("sotl"), lambda step: None, stop)
    assert imitated is None
    assert all(torch.equal(before[name], value) for name, value in pupil.actor.state_dict().items())


def test_the_same_seed_gives_the_same_weights():
    found = []
    for _ in range(2):
        torch.manual_seed(len(found))  # what others draw has no effect
        settings, pupil = TrainingSettings.chosen(**FEW), policy()
        imitate(SMALL, settings, pupil, parse("sotl"), lambda step: None, threading.Event())
        found.append(pupil.arrays())
    assert all(np.array_equal(found[0][name], found[1][name]) for name in found[0])


def test_more_rows_than_memory_holds_are_thinned_at_random(monkeypatch):
    whole = rows_of(Fixed(0))
    monkeypatch.setattr(imitation, "MOST_NUMBERS", whole.agent_steps * whole.observations.shape[-1] // 4)
    thinned = rows_of(Fixed(0))
    assert thinned.agent_steps == whole.agent_steps
    assert len(thinned.actions) == pytest.approx(len(whole.actions) / 4, rel=0.3)
