"""The learning algorithms: one record for each, with every property that the rest of the program uses.

A new algorithm is a record here and a learner: for an algorithm of RLlib a configuration in `rllib/configs.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from traffic_marl.checks import boolean
from traffic_marl.errors import UsageError

PUSH, PULL = "push", "pull"
WEIGHTS: dict[str, str] = {  # ways to the runners of asynchronous algorithms
    PUSH: "each runner is sent the weights of every update",
    PULL: "each runner asks for newer weights before it samples",
}
MODE = "asynchronous"  # choice of an algorithm's form that samples and learns at the same time, or in turn


@dataclass(frozen=True)
class Exploration:
    """Probability of a random decision: it falls with the budget and then stays constant."""

    first: float
    last: float
    until: float  # share of the budget at which the last value is reached

    def at(self, share: float) -> float:
        """The probability when this share (0 to 1) of the budget is used."""
        return self.first + (self.last - self.first) * min(1.0, share / self.until)


@dataclass(frozen=True)
class Algorithm:
    """The properties of an algorithm."""

    name: str
    description: str
    has_critic: bool = True
    is_value_based: bool = False  # learns values of phases, so that there are no probabilities
    is_asynchronous: bool = False  # samples and learns at the same time
    counterpart: str | None = None  # the algorithm that does the same in the other order of sampling and learning
    has_tables: bool = False  # fills a table for each intersection, without torch or ray
    takes_whole_episodes: bool = False  # learns from whole episodes alone
    learns_from_data: bool = False  # from recorded decisions, without any traffic of its own
    can_be_stock: bool = False  # RLlib's own sampling can train it, too
    most_learners: int | None = None  # processes that learn, None for any number
    fragment: int | None = None  # [decisions] of each copy between two updates, None for those of an iteration
    exploration: Exploration | None = None  # None for draws by the probabilities of the policy
    unused: tuple[str, ...] = ()  # settings without effect
    defaults: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))  # settings that differ from PPO's


PPO = Algorithm(
    name="ppo",
    description="proximal policy optimisation: clipped policy gradient with a critic",
    counterpart="appo",
    can_be_stock=True,
)
APPO = Algorithm(
    name="appo",
    description="asynchronous PPO: samples and learns at the same time",
    is_asynchronous=True,
    counterpart="ppo",
    fragment=32,
    unused=("gae_lambda", "epochs"),
)
IMPALA = Algorithm(
    name="impala",
    description="policy gradient with V-trace: samples and learns at the same time",
    is_asynchronous=True,
    fragment=32,
    unused=("gae_lambda", "epochs", "clip"),
)
DQN = Algorithm(
    name="dqn",
    description="deep Q-learning: values of phases from a memory of transitions",
    has_critic=False,
    is_value_based=True,
    most_learners=1,
    fragment=8,
    exploration=Exploration(first=1.0, last=0.05, until=0.5),
    unused=("gae_lambda", "epochs", "clip", "entropy", "value_weight", "residual"),
)
REINFORCE = Algorithm(
    name="reinforce",
    description="plain policy gradient from whole episodes, without a critic",
    has_critic=False,
    takes_whole_episodes=True,
    unused=("gae_lambda", "epochs", "clip", "value_weight"),
)
BC = Algorithm(
    name="bc",
    description="behaviour cloning: learns the choices in recorded decisions",
    has_critic=False,
    learns_from_data=True,
    unused=("gae_lambda", "epochs", "clip", "entropy", "value_weight", "discount", "copies", "fragment"),
)
MARWIL = Algorithm(
    name="marwil",
    description="learns the choices in recorded decisions, those with better returns more",
    learns_from_data=True,
    unused=("gae_lambda", "epochs", "clip", "entropy", "copies", "fragment"),
)
TABULAR_Q = Algorithm(
    name="tabular-q",
    description="Q-learning with a table for each intersection",
    has_critic=False,
    is_value_based=True,
    has_tables=True,
    takes_whole_episodes=True,
    exploration=Exploration(first=0.2, last=0.02, until=0.7),
    unused=(
        *("network", "hidden", "gae_lambda", "epochs", "minibatch", "clip", "entropy", "gradient_clip"),
        *("value_weight", "residual"),
    ),
    # A table step costs about the same for many copies as for few, so there are more copies than for neural networks.
    defaults=MappingProxyType({"policy": "independent", "learning_rate": 0.2, "copies": 64}),
)
ALGORITHMS: dict[str, Algorithm] = {
    each.name: each for each in (PPO, APPO, IMPALA, DQN, REINFORCE, BC, MARWIL, TABULAR_Q)
}


def in_mode(choices: Mapping[str, Any]) -> dict[str, Any]:
    """Choices of settings, in which `asynchronous` has become the algorithm's form that samples in this way.

    PPO samples and learns in turn, and APPO at the same time. An algorithm that is of the form already stays.

    Args:
        choices: values by name of the setting. `asynchronous` may be missing.

    Raises:
        UsageError: the algorithm has no such form, or `asynchronous` is neither true nor false.
    """
    chosen = dict(choices)
    if chosen.get(MODE) is None:
        chosen.pop(MODE, None)
        return chosen
    wanted = boolean(MODE, chosen.pop(MODE))
    name = chosen.get("algorithm", PPO.name)
    algorithm = ALGORITHMS.get(name) if isinstance(name, str) else None
    if algorithm is None or algorithm.is_asynchronous == wanted:
        return chosen  # one that does not exist is told with the others' names
    if algorithm.counterpart is None:
        form = "asynchronous" if wanted else "synchronous"
        users = [
            each.name for each in ALGORITHMS.values() if each.is_asynchronous == wanted and (wanted or each.counterpart)
        ]
        raise UsageError(MODE, f"{name} has no {form} form", f"leave it out, or use {' or '.join(users)}")
    return chosen | {"algorithm": algorithm.counterpart}
