"""How a policy is trained: every choice there is, with the defaults that worked, and which choices exclude others."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from traffic_marl.checks import check_name
from traffic_marl.errors import UsageError
from traffic_marl.observation import OBSERVATIONS
from traffic_marl.reward import REWARDS
from traffic_marl.scenario.seeds import TRAINING

ALGORITHMS: dict[str, str] = {
    "ppo": "proximal policy optimisation: clipped policy gradient with a critic",
    "appo": "the same, sampling and learning at the same time",
    "impala": "policy gradient with V-trace, sampling and learning at the same time",
    "dqn": "deep Q-learning: values of phases from a memory of transitions",
    "reinforce": "plain policy gradient from whole episodes, without a critic",
    "tabular-q": "Q-learning with a table for each intersection",
}
NETWORKS: dict[str, str] = {
    "phase": "treats all phases alike, so that it works on intersections of other shapes too",
    "mlp": "sees the observation as a plain list of numbers",
}
POLICIES: dict[str, str] = {
    "shared": "one policy for all intersections",
    "independent": "a policy for each intersection",
    "by-type": "a policy for each kind of intersection: those with the same phases of the same movements",
    "attention": "one policy, which looks at the neighbouring intersections too",
}
CRITICS: dict[str, str] = {
    "local": "judges by what the intersection itself sees",
    "central": "judges by what all intersections see",
}
WITHOUT_CRITIC = ("dqn", "reinforce", "tabular-q")
UNUSED: dict[str, tuple[str, ...]] = {  # settings that an algorithm has no use for
    "appo": ("gae_lambda", "epochs"),
    "impala": ("gae_lambda", "epochs", "clip"),
    "dqn": ("gae_lambda", "epochs", "clip", "entropy", "value_weight"),
    "reinforce": ("gae_lambda", "epochs", "clip", "value_weight"),
    "tabular-q": (
        *("network", "hidden", "gae_lambda", "epochs", "minibatch", "clip", "entropy", "gradient_clip"),
        "value_weight",
    ),
}
AGENT_STEPS = 20_000  # of one iteration, about, where it is left open
LEAST_DECISIONS = 20  # of each copy in one iteration, likewise: rewards that come late must be in sight
SHORT_FRAGMENTS = {"appo": 32, "impala": 32, "dqn": 8}  # [decisions] of each copy, where they are left open
LONGEST_INTERVAL = 3600  # [s]
SEEDS_OF_A_RUN = 100_000  # training seeds that lie between the first ones of two runs


@dataclass(frozen=True)
class TrainingSettings:
    """How a policy is trained.

    The defaults of PPO come from trials on two city networks: many small updates, a short horizon, a reward that is
    local, learning rate and entropy bonus that fall as the budget is used.

    Raises:
        UsageError: a value is out of its range, or choices exclude each other.
    """

    algorithm: str = "ppo"
    network: str = "phase"
    policy: str = "shared"
    critic: str = "local"
    observation: str = "upstream"
    reward: str = "delay"
    neighbour_weight: float = 0.0  # of the neighbours' mean reward, added to an intersection's own
    interval: int = 5  # [s] between decisions
    copies: int = 16  # of the traffic that each runner steps together
    runners: int = 0  # processes that sample; 0: this one does
    learners: int = 0  # processes that learn; 0: this one does
    seed: int = 0  # of weights, exploration and traffic
    discount: float = 0.95  # of the reward a decision later
    gae_lambda: float = 0.9  # of generalised advantage estimation
    learning_rate: float = 7e-4  # at the start; falls to `last_rate` of it
    last_rate: float = 0.1
    entropy: float = 0.01  # bonus at the start; falls to 0
    clip: float = 0.2  # most change of a decision's probability in one update, as a share of it
    epochs: int = 2  # passes over the samples of an iteration
    minibatch: int = 2048  # [agent-steps]
    gradient_clip: float = 0.5  # greatest norm of actor's and critic's gradient, for each policy of its own
    value_weight: float = 0.5  # of the critic's squared error in the loss
    fragment: int | None = None  # [decisions] of each copy between two updates; None: see `fragment_for`
    hidden: tuple[int, ...] = (32, 32)  # units in each layer; of the phase network: for a movement, for a phase
    stock: bool = False  # RLlib's own sampling instead of ours: the slow reference
    also: tuple[str, ...] = ()  # names or files of further scenarios to train on at the same time

    def __post_init__(self) -> None:
        if isinstance(self.hidden, list):  # as JSON has it
            object.__setattr__(self, "hidden", tuple(self.hidden))
        object.__setattr__(self, "also", tuple(self.also))
        _check_names(self)
        _check_numbers(self)
        _check_choices(self)

    def fragment_for(self, intersections: int, episode: int) -> int:
        """Decisions that each copy takes before something is learnt from them.

        What `fragment` says; else whole episodes where no critic can look ahead, few decisions where samples are to
        be fresh, and else those of one iteration.

        Args:
            intersections: N.
            episode: decisions of an episode.
        """
        if self.fragment is not None:
            return min(self.fragment, episode)
        if self.algorithm == "reinforce":
            return episode
        if self.algorithm in SHORT_FRAGMENTS:
            return min(SHORT_FRAGMENTS[self.algorithm], episode)
        return self.decisions_for(intersections, episode)

    def decisions_for(self, intersections: int, episode: int) -> int:
        """Decisions that each copy takes in one iteration, where `fragment` and the algorithm leave it open.

        An equal part of an episode, such that all copies and intersections together take at most about AGENT_STEPS; but
        at least LEAST_DECISIONS.

        Args:
            intersections: N.
            episode: decisions of an episode.
        """
        pieces = math.ceil(episode * intersections * self.copies / AGENT_STEPS)
        return math.ceil(episode / max(1, min(pieces, episode // LEAST_DECISIONS)))

    @property
    def first_seed(self) -> int:
        """Place among the training seeds from which the run's traffic is drawn."""
        return self.seed * SEEDS_OF_A_RUN % len(TRAINING)

    def to_json(self) -> dict[str, Any]:
        """The settings as plain values; `from_json` reads them."""
        return asdict(self) | {"hidden": list(self.hidden), "also": list(self.also)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Settings from plain values; what is missing is as by default.

        Raises:
            UsageError: a name is unknown or a value is wrong.
        """
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise UsageError(
                    f"settings.{name}", "there is no such setting", f"there are {', '.join(sorted(known))}"
                )
        return cls(**values)


def default_policy(algorithm: str) -> str:
    """The policy an algorithm is used with where none is asked for."""
    return "independent" if algorithm == "tabular-q" else "shared"


def ensure_used(algorithm: str, names: Iterable[str]) -> None:
    """Checks that an algorithm makes use of the settings that somebody has chosen for it.

    Raises:
        UsageError: it has no use for one of them.
    """
    for name in names:
        if name in UNUSED.get(algorithm, ()):
            users = [each for each in ALGORITHMS if name not in UNUSED.get(each, ())]
            raise UsageError(name, f"{algorithm} has no use for it", f"leave it out, or use {' or '.join(users)}")


def _check_names(settings: TrainingSettings) -> None:
    for name, known in (
        ("algorithm", ALGORITHMS),
        ("network", NETWORKS),
        ("policy", POLICIES),
        ("critic", CRITICS),
        ("observation", OBSERVATIONS),
        ("reward", REWARDS),
    ):
        value = getattr(settings, name)
        if not isinstance(value, str):
            raise UsageError(name, f"{value!r} is not a name", f"there are {', '.join(known)}")
        check_name(name, value, known)


def _check_numbers(settings: TrainingSettings) -> None:
    for name in ("interval", "copies", "epochs", "minibatch"):
        _check_whole(settings, name, 1)
    for name in ("runners", "learners", "seed"):
        _check_whole(settings, name, 0)
    if settings.fragment is not None:
        _check_whole(settings, "fragment", 1)
    if settings.interval > LONGEST_INTERVAL:
        raise UsageError("interval", f"{settings.interval} s is too long", f"give at most {LONGEST_INTERVAL} s")
    zero_to_one = "give a number from 0 to 1"
    _check_number(settings, "discount", lambda value: 0.0 <= value < 1.0, "give a number from 0 to below 1")
    _check_number(settings, "gae_lambda", lambda value: 0.0 <= value <= 1.0, zero_to_one)
    _check_number(settings, "last_rate", lambda value: 0.0 <= value <= 1.0, zero_to_one)
    for name in ("learning_rate", "clip", "gradient_clip"):
        _check_number(settings, name, lambda value: value > 0.0, "give a number above 0")
    for name in ("entropy", "value_weight", "neighbour_weight"):
        _check_number(settings, name, lambda value: value >= 0.0, "give a number, at least 0")
    if type(settings.stock) is not bool:
        raise UsageError("stock", f"{settings.stock!r} is not true or false", "give one of the two")
    hidden: Any = settings.hidden
    if type(hidden) is not tuple or not hidden or any(type(units) is not int or units < 1 for units in hidden):
        raise UsageError("hidden", f"{hidden!r} are no layer sizes", "give whole numbers, at least 1 each")


def _check_whole(settings: TrainingSettings, name: str, least: int) -> None:
    value = getattr(settings, name)
    if type(value) is not int or value < least:
        raise UsageError(name, f"{value!r} is not such a number", f"give a whole number, at least {least}")


def _check_number(settings: TrainingSettings, name: str, fits: Callable[[float], bool], remedy: str) -> None:
    value = getattr(settings, name)
    if type(value) not in (int, float) or not math.isfinite(value) or not fits(value):
        raise UsageError(name, f"{value!r} is not such a number", remedy)


def _check_choices(settings: TrainingSettings) -> None:
    """Refuses choices that make no sense together."""
    algorithm, policy = settings.algorithm, settings.policy
    if settings.critic == "central" and algorithm in WITHOUT_CRITIC:
        raise UsageError("critic", f"{algorithm} has no critic to be central", "leave it local, or use ppo")
    if algorithm == "reinforce" and settings.fragment is not None:
        raise UsageError("fragment", "reinforce learns from whole episodes", "leave it out, or use ppo")
    if policy == "attention" and settings.network == "mlp":
        raise UsageError("network", "attention is built on the phase network", "use phase with attention")
    if algorithm == "tabular-q" and policy != "independent":
        raise UsageError("policy", f"tabular-q has a table for each intersection, not {policy}", "use independent")
    if algorithm == "tabular-q" and (settings.runners or settings.learners):
        raise UsageError("runners", "tabular-q runs in this process alone", "leave runners and learners at 0")
    if algorithm == "dqn" and settings.learners > 1:
        raise UsageError("learners", "dqn learns from one memory in one process", "give 0 or 1")
    if settings.also and (policy != "shared" or settings.critic == "central" or settings.stock):
        what = "the intersections of several scenarios have only a shared policy and a local critic in common"
        raise UsageError("also", what, "use those, or train on one scenario")
    if settings.stock:
        _check_stock(settings)


def _check_stock(settings: TrainingSettings) -> None:
    """Refuses what RLlib's own sampling, which knows no team, cannot do."""
    if settings.algorithm != "ppo":
        raise UsageError("stock", f"the reference is there for ppo, not {settings.algorithm}", "use ppo")
    if settings.policy == "attention" or settings.critic == "central":
        what = "attention" if settings.policy == "attention" else "a central critic"
        remedy = "use shared, independent or by-type with a local critic"
        raise UsageError("stock", f"RLlib's own sampling shows {what} one intersection only", remedy)
