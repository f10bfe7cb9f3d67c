"""Imitation: a policy learns the choices of a strategy by cross-entropy, before it learns from rewards."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from traffic_marl.arrays import Ints, Singles
from traffic_marl.errors import UsageError
from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.networks import Actor
from traffic_marl.learning.networks.threads import free_threads, threads_for_learning, torch_threads
from traffic_marl.learning.offline.following import Asked, decided
from traffic_marl.learning.policies import ActorPolicy
from traffic_marl.learning.policy import Policy
from traffic_marl.learning.runs.state import Imitated
from traffic_marl.learning.settings import CHOICES, TrainingSettings
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.named import NamedStrategy

MOST_NUMBERS = 60_000_000  # of the observations that are kept, 240 MB
SAMPLED = 100_000  # choices of single intersections that are imitated, approximately and in whole episodes
MOST_EPISODES = 100  # of all copies
LEAST_EPOCHS, LEAST_UPDATES = 8, 400
RATE, LAST_RATE = 2e-3, 0.05  # learning rate at the start, and the last one as a share of it
KEPT_APART = 0.1  # share of the rows that are not learnt from
NO_CHOICE = -1  # action of an agent that has no choice, or one that the mask forbids

Tell = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Choices:
    """Choices of a strategy as rows for a policy."""

    observations: Tensor  # (rows, N, F), or (rows, 1, F) for a policy that sees one intersection at a time
    actions: Tensor  # (rows, N) or (rows, 1), NO_CHOICE where nothing is to be learnt
    agent_steps: int  # decisions of single intersections that were sampled
    left_out: int  # choices that the action mask forbids


EMPTY = Choices(torch.zeros(0, 1, 1), torch.zeros(0, 1, dtype=torch.int64), 0, 0)  # of a watch that was stopped


def imitate(
    scenario: Scenario,
    settings: TrainingSettings,
    policy: Policy,
    strategy: NamedStrategy,
    tell: Tell,
    stop: threading.Event,
) -> tuple[ActorPolicy, Imitated | None]:
    """Teaches a policy the choices of a strategy on the training seeds, under the masks of the training.

    The strategy drives the traffic for whole episodes. It is asked at the decisions of the training, or less often if
    it has a longer interval of its own, a multiple of that of the training.

    Args:
        scenario: of the training, with those that the settings add.
        settings: of the training.
        policy: with an actor, whose weights are changed.
        strategy: to imitate.
        tell: called with each step.
        stop: ends the imitation early when it is set.

    Returns:
        The policy, and what it has learnt. None if it was stopped.

    Raises:
        UsageError: the strategy never had a choice that the training allows.
        TrafficError: the strategy cannot be used.
    """
    assert isinstance(policy, ActorPolicy), "only probabilities can imitate"
    generator = np.random.default_rng(settings.seed)
    tell(f"imitating {strategy.label}: watching its choices")
    choices = choices_of(scenario, settings, strategy, generator, stop)
    if stop.is_set():
        return policy, None
    if not len(choices.actions):
        what = f"{strategy.label} makes no choice that the training allows"
        raise UsageError("imitate", what, "imitate another strategy, or leave it out")
    tell(f"imitating {strategy.label}: learning its choices")
    with torch_threads(free_threads(threads_for_learning(settings))):
        agreement = _learn(policy.actor, choices, settings, generator, stop)
    learnt = int((choices.actions != NO_CHOICE).sum())
    return policy, None if stop.is_set() else Imitated(choices.agent_steps, learnt, choices.left_out, agreement)


def episodes_to_watch(each: int, action: str) -> int:
    """Number of whole episodes, of so many agent-steps each, in which a strategy is watched."""
    return min(MOST_EPISODES, max(1, round(CHOICES[action] * SAMPLED / each)))


def ensure_enough(scenario: Scenario, settings: TrainingSettings, agent_steps: int | None) -> None:
    """Checks that a budget of agent-steps leaves some to train after the imitation.

    Raises:
        UsageError: it leaves none.
    """
    if agent_steps is None:
        return
    env = ScenarioEnvironment(scenario, settings)(settings.copies)
    each = env.steps * env.copies * len(env.intersections)
    watched = each * episodes_to_watch(each, settings.action)
    if agent_steps <= watched:
        what = f"the imitation alone takes {watched:,}, and {agent_steps:,} leave none to train"
        raise UsageError("agent_steps", what, f"give more, such as {4 * watched:,}, or another budget")


def choices_of(
    scenario: Scenario,
    settings: TrainingSettings,
    strategy: NamedStrategy,
    generator: np.random.Generator,
    stop: threading.Event,
) -> Choices:
    """The choices of a strategy in whole episodes, as rows.

    Rows are drawn at random if there are more than memory should hold.
    """
    env = ScenarioEnvironment(scenario, settings)(settings.copies)
    each = env.steps * env.copies * len(env.intersections)
    episodes = episodes_to_watch(each, settings.action)
    share = min(1.0, MOST_NUMBERS * CHOICES[settings.action] / (episodes * each * env.layout.size))
    is_single = settings.policy == "shared"
    observations = env.reset()
    rows: list[tuple[Singles, Ints]] = []
    left_out = 0
    for now in range(episodes * env.steps):
        if stop.is_set():
            return EMPTY
        if now % env.steps == 0:
            asked = Asked(env, strategy, settings.interval)
        wanted, known, forbidden = decided(env.layout, observations, asked())
        left_out += int(forbidden.sum())
        drawn = known if share == 1.0 else known & (generator.random(known.shape) < share)
        rows.append(_rows(observations, np.where(drawn, wanted, NO_CHOICE), is_single))
        observations = env.step(wanted)[0]
    seen, chosen = zip(*rows, strict=True)
    return Choices(
        torch.from_numpy(np.concatenate(seen)),
        torch.from_numpy(np.concatenate(chosen)),
        len(rows) * env.copies * len(env.intersections),
        left_out,
    )


def _rows(observations: Singles, actions: Ints, is_single: bool) -> tuple[Singles, Ints]:
    """Observations and actions of the rows with something to learn: of single intersections, or of teams."""
    if is_single:
        known = actions != NO_CHOICE
        return observations[known][:, None], actions[known][:, None].astype(np.int64)
    known = (actions != NO_CHOICE).any(axis=1)
    return observations[known], actions[known].astype(np.int64)


def _learn(
    actor: Actor, choices: Choices, settings: TrainingSettings, generator: np.random.Generator, stop: threading.Event
) -> float:
    """Changes the weights of an actor. Gives its share of equal choices in the rows that were kept apart."""
    count, agents = choices.actions.shape
    order = generator.permutation(count)
    apart = order[: max(1, round(KEPT_APART * count))]
    learnt = order[len(apart) :] if count > 1 else order
    size = max(1, settings.minibatch // agents)
    batches = -(-len(learnt) // size)
    epochs = max(LEAST_EPOCHS, -(-LEAST_UPDATES // batches))
    optimiser = torch.optim.Adam(actor.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, LAST_RATE, epochs * batches)
    actor.train()
    for _ in range(epochs):
        for rows in np.array_split(generator.permutation(learnt), batches):
            if stop.is_set():
                return 0.0
            optimiser.zero_grad(set_to_none=True)
            cross_entropy(actor, choices, rows).backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(actor.parameters(), settings.gradient_clip)
            optimiser.step()
            schedule.step()
    actor.eval()
    return _agreement(actor, choices, apart)


def cross_entropy(actor: Actor, choices: Choices, rows: Any) -> Tensor:
    """Mean cross-entropy of an actor's probabilities with the choices in some rows."""
    logits, actions = actor(choices.observations[rows]).flatten(0, 1), choices.actions[rows].flatten()
    return torch.nn.functional.cross_entropy(logits, actions, ignore_index=NO_CHOICE)


def _agreement(actor: Actor, choices: Choices, rows: Any) -> float:
    """Share of the choices in some rows that the actor's greedy policy makes, too."""
    equal = known = 0
    with torch.inference_mode():
        for part in np.array_split(rows, -(-len(rows) // 4096)):
            actions = choices.actions[part]
            found = actor(choices.observations[part]).argmax(-1)
            known += int((actions != NO_CHOICE).sum())
            equal += int((found == actions).sum())
    return equal / max(1, known)
