"""TrainingSettings: all settings of a training with their defaults."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from traffic_marl.actions import LONGEST_GREEN, LONGEST_WAIT, OWN_MOMENTS
from traffic_marl.checks import MOST_COPIES
from traffic_marl.errors import UsageError, suggest
from traffic_marl.learning.algorithms import ALGORITHMS, PPO, PUSH, WEIGHTS, Algorithm, in_mode
from traffic_marl.learning.checking.exclusions import check_together
from traffic_marl.learning.fields import (
    above_zero,
    at_least,
    check_fields,
    count_or_auto,
    one_of,
    optional_text,
    optional_whole,
    own,
    range_texts,
    several,
    share,
    sizes,
    switch,
    whole,
)
from traffic_marl.observation import OBSERVATIONS
from traffic_marl.observation import name_of as observation_name
from traffic_marl.observation.features import PLAN
from traffic_marl.reward import REWARDS
from traffic_marl.reward import name_of as reward_name
from traffic_marl.scenario import Ranges, ranges_of
from traffic_marl.scenario.seeds import TRAINING

NETWORKS: dict[str, str] = {
    "phase": "treats all phases alike, so that it works on intersections of other shapes too",
    "mlp": "takes the observation as a plain list of numbers",
}
POLICIES: dict[str, str] = {
    "shared": "one policy for all intersections",
    "independent": "a policy for each intersection",
    "by-type": "a policy for each kind of intersection: those with the same phases of the same movements",
    "attention": "one policy that attends to the neighbouring intersections",
    "message": "one policy that sends a learnt number from each movement to the intersection downstream",
}
CRITICS: dict[str, str] = {
    "local": "sees the observation of the intersection itself",
    "central": "sees the observations of all intersections",
}
TRAINED_ACTIONS = ("phase", *OWN_MOMENTS)
_BY_MOMENTS = {"interval": 1, "learning_rate": 1e-3, "entropy": 0.02, "epochs": 3, "minibatch": 1024}
ACTION_DEFAULTS: Mapping[str, Mapping[str, Any]] = {  # where they differ from those of the algorithm
    "gap_out": _BY_MOMENTS,
    "plan": {**_BY_MOMENTS, "observation": f"upstream+{PLAN}", "residual": True},
}
CHOICES = {"phase": 1, "gap_out": 8, "plan": 7}  # approximate number of decisions of which one holds a choice
AGENT_STEPS = 20_000  # approximate size of an iteration, if `fragment` is not given
LEAST_DECISIONS = 20  # of each copy in such an iteration, so that delayed rewards are seen
LONGEST_INTERVAL = 3600  # [s]
SEEDS_OF_A_RUN = 100_000  # training seeds between the first ones of two runs


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of a training.

    The defaults of PPO come from trials on two city networks: many small updates, a short horizon, a local reward, a
    learning rate and an entropy bonus that fall as the budget is used. Each field carries its help text and its range.

    Raises:
        UsageError: a value is out of its range, or choices exclude each other.
    """

    algorithm: str = one_of("ppo", "Learning algorithm", ALGORITHMS)
    network: str = one_of("phase", "Network of the policy", NETWORKS)
    policy: str = one_of("shared", "Sharing of the policy among intersections", POLICIES)
    critic: str = one_of("local", "Observations that the critic sees", CRITICS)
    observation: str = own(
        "upstream",
        f"Observation of each intersection: {', '.join(OBSERVATIONS)}, groups such as queue+wait, or file.py:Name.",
        observation_name,
    )
    residual: bool = switch("Begin as the plan: the network's logits are added to those of the observed plan.")
    reward: str = own("delay", f"Reward of each intersection: {', '.join(REWARDS)}, or file.py:Name.", reward_name)
    neighbour_weight: float = at_least(0.0, "Weight of the neighbours' mean reward in each reward.", "W")
    action: str = one_of("phase", "Action space: the choices of an intersection, and when it has them", TRAINED_ACTIONS)
    longest_wait: int = whole(
        LONGEST_WAIT, "Bound of the wait of a call for its green, in the action spaces gap_out and plan.", "S"
    )
    longest_green: int = whole(
        LONGEST_GREEN,
        "Green after which another phase with a call follows, in the action spaces gap_out and plan.",
        "S",
    )
    interval: int = whole(5, "Seconds between decisions.", "S", most=LONGEST_INTERVAL)
    copies: int = whole(16, "Copies of the traffic that each runner steps together.", "B", most=MOST_COPIES)
    runners: int = count_or_auto(
        0,
        "Number of sampling processes, or auto for the fewest that come near the best pace in a short measurement. "
        "With 0 the main process samples.",
        most=256,
    )
    learners: int = whole(0, "Number of learning processes. With 0 the main process learns.", "N", least=0, most=256)
    weights: str = one_of(PUSH, "Way of weights to the runners of asynchronous algorithms", WEIGHTS)
    balance: bool = switch("Move copies of the traffic between runners, by the time that each takes for a copy.")
    seed: int = whole(0, "Random seed for weights, exploration and traffic.", "SEED", least=0)
    discount: float = share(0.99, "Discount factor per second.", "G", below_one=True)
    gae_lambda: float = share(0.98, "Lambda of generalised advantage estimation, per second.", "L")
    learning_rate: float = above_zero(7e-4, "Learning rate at the start.", "R")
    last_rate: float = share(0.1, "Learning rate at the end, as a share of the rate at the start.", "SHARE")
    entropy: float = at_least(0.01, "Weight of the entropy bonus at the start. It falls to 0.", "W")
    clip: float = above_zero(0.2, "Largest relative change of a probability in one update.", "SHARE")
    epochs: int = whole(2, "Passes over the samples of an iteration.", "N", most=10_000)
    minibatch: int = whole(2048, "Agent-steps in a minibatch.", "N")
    gradient_clip: float = above_zero(0.5, "Largest norm of the gradient of each network.", "NORM")
    value_weight: float = at_least(0.5, "Weight of the critic's squared error in the loss.", "W")
    fragment: int | None = optional_whole(
        "Decisions of each copy between two updates.", "N", "from the algorithm and the size of the network"
    )
    hidden: tuple[int, ...] = sizes((32, 32), "Units of each hidden layer of a network.", "N,N,...")
    stock: bool = switch("Sample with RLlib's own runners, the slow reference.")
    also: tuple[str, ...] = several("Further scenario to train on at the same time. May be repeated.", "SCENARIO")
    random: int | None = optional_whole(
        "Random scenarios to train on side by side, new ones in each episode, beside those that are named.",
        "K",
        "none, but the scenario itself",
    )
    ranges: tuple[str, ...] = range_texts(
        "Range within which random scenarios are drawn, such as load=0.4:1.1, tide=0.5 or phases=two,four. May be "
        "repeated.",
        "RANGE",
    )

    data: str | None = optional_text("Folder of recorded decisions to learn from, made by `record`.", "DIR")

    def __post_init__(self) -> None:
        check_fields(self)
        check_together(self, self.traits)

    @classmethod
    def chosen(cls, **choices: Any) -> Self:
        """Settings of which some are chosen. The others have the defaults of the algorithm.

        Args:
            choices: values by name of the field. `asynchronous` is no field but chooses the form of the algorithm.

        Raises:
            UsageError: a setting is unknown, is out of its range, or has no effect with the algorithm.
        """
        choices = in_mode(choices)
        ensure_known(choices)
        algorithm = choices.get("algorithm", PPO.name)
        known = ALGORITHMS.get(algorithm, PPO) if isinstance(algorithm, str) else PPO
        by_action = ACTION_DEFAULTS.get(str(choices.get("action")), {})
        usual = {name: value for name, value in by_action.items() if name not in known.unused}
        settings = cls(**{**known.defaults, **usual, **choices})
        ensure_used(known, choices)
        return settings

    @property
    def traits(self) -> Algorithm:
        """The properties of the algorithm."""
        return ALGORITHMS[self.algorithm]

    @property
    def bounds(self) -> Ranges:
        """The ranges within which random scenarios are drawn."""
        return ranges_of(self.ranges)

    def fragment_for(self, intersections: int, episode: int) -> int:
        """Decisions that each copy takes between two updates.

        `fragment` if it is given. Otherwise whole episodes for algorithms that need them, short fragments for those
        that need fresh samples, and the decisions of one iteration for all others.

        Args:
            intersections: N.
            episode: decisions of an episode.
        """
        if self.fragment is not None:
            return min(self.fragment, episode)
        if self.traits.takes_whole_episodes:
            return episode
        if self.traits.fragment is not None:
            return min(self.traits.fragment, episode)
        return self.decisions_for(intersections, episode)

    def decisions_for(self, intersections: int, episode: int) -> int:
        """Decisions that each copy takes in one iteration, unless `fragment` or the algorithm says otherwise.

        An equal part of an episode, such that all copies and intersections together have at most about AGENT_STEPS
        choices, but at least LEAST_DECISIONS.

        Args:
            intersections: N.
            episode: decisions of an episode.
        """
        each = CHOICES[self.action]
        pieces = math.ceil(episode * intersections * self.copies / (each * AGENT_STEPS))
        return math.ceil(episode / max(1, min(pieces, episode // (each * LEAST_DECISIONS))))

    @property
    def first_seed(self) -> int:
        """Index among the training seeds at which the traffic of the run starts."""
        return self.seed * SEEDS_OF_A_RUN % len(TRAINING)

    def learning_rate_at(self, share: float) -> float:
        """Learning rate when this share (0 to 1) of the budget is used."""
        return self.learning_rate * (1.0 - (1.0 - self.last_rate) * share)

    def entropy_at(self, share: float) -> float:
        """Weight of the entropy bonus when this share (0 to 1) of the budget is used."""
        return self.entropy * (1.0 - share)

    def to_json(self) -> dict[str, Any]:
        """The settings as plain values for `from_json`."""
        return asdict(self) | {name: list(getattr(self, name)) for name in ("hidden", "also", "ranges")}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Settings from plain values. Missing ones have their default.

        Raises:
            UsageError: a name is unknown or a value is wrong.
        """
        ensure_known(values)
        return cls(**_per_second(values))


def _per_second(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with factors per second. Former versions, which knew one action space, wrote them per decision."""
    given = dict(values)
    if "action" not in given:
        for name in ("discount", "gae_lambda"):
            if name in given:
                given[name] **= 1.0 / given.get("interval", 5)
    return given


def ensure_known(names: Iterable[str]) -> None:
    """Checks that all names are settings.

    Raises:
        UsageError: one is not.
    """
    known = [field.name for field in fields(TrainingSettings)]
    for name in names:
        if name not in known:
            raise UsageError(f"settings.{name}", "there is no such setting", suggest(name, sorted(known)))


def ensure_used(algorithm: Algorithm, names: Iterable[str]) -> None:
    """Checks that the chosen settings have an effect with the algorithm.

    Raises:
        UsageError: one has none.
    """
    for name in names:
        if name in algorithm.unused:
            users = [each.name for each in ALGORITHMS.values() if name not in each.unused]
            raise UsageError(name, f"{algorithm.name} does not use it", f"leave it out, or use {' or '.join(users)}")
