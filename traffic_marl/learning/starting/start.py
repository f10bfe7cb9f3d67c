"""Start: with what a training begins, besides random weights."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from traffic_marl import checks
from traffic_marl.errors import UsageError
from traffic_marl.learning.algorithms import ALGORITHMS, Algorithm

CRITIC_WARMUP = 4  # iterations in which the critic alone learns, if a policy does not begin at random
MOST_WARMUP = 10**6  # iterations
ACTOR, CRITIC = "actor.npz", "critic.npz"  # files with the first weights


@dataclass(frozen=True)
class Start:
    """The policy or the strategy with which a training begins, and the patience with its critic.

    Raises:
        UsageError: a value is of the wrong kind or out of its range.
    """

    source: str | None = None  # folder of a trained policy, whose weights are the first ones
    imitate: str | None = None  # strategy whose choices are learnt before the first iteration
    critic_warmup: int = 0  # iterations in which the critic alone learns

    def __post_init__(self) -> None:
        for name, flag in (("source", "start"), ("imitate", "imitate")):
            object.__setattr__(self, name, _text(flag, getattr(self, name)))
        warmup = checks.whole_number("critic_warmup", self.critic_warmup, 0, MOST_WARMUP)
        object.__setattr__(self, "critic_warmup", warmup)

    @property
    def is_warm(self) -> bool:
        """Whether the policy does not begin at random."""
        return self.source is not None or self.imitate is not None

    def ensure_fit(self, algorithm: Algorithm) -> None:
        """Checks that an algorithm can begin so.

        Raises:
            UsageError: it cannot.
        """
        if self.imitate is not None and algorithm.is_value_based:
            able = [each.name for each in ALGORITHMS.values() if not each.is_value_based]
            what = f"{algorithm.name} learns values of phases, which the choices of a strategy do not tell"
            raise UsageError("imitate", what, f"leave it out, or use {' or '.join(able)}")
        if self.critic_warmup and not algorithm.has_critic:
            able = [each.name for each in ALGORITHMS.values() if each.has_critic]
            raise UsageError("critic_warmup", f"{algorithm.name} has no critic", f"use {' or '.join(able)}")

    def to_json(self) -> dict[str, Any]:
        """The start as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        parts = [f"the weights of {self.source}"] if self.source else []
        parts += [f"the choices of {self.imitate}"] if self.imitate else []
        return " and then ".join(parts) or "random weights"


def start_of(
    source: str | Path | None, imitate: str | Path | None, critic_warmup: int | None, algorithm: Algorithm
) -> Start:
    """The start that a user has given, with the usual patience with a critic.

    Raises:
        UsageError: a value is wrong, or the algorithm cannot begin so.
    """
    is_warm = source is not None or imitate is not None
    usual = CRITIC_WARMUP if is_warm and algorithm.has_critic else 0
    start = Start(
        source=source,  # type: ignore[arg-type]
        imitate=imitate,  # type: ignore[arg-type]
        critic_warmup=usual if critic_warmup is None else critic_warmup,
    )
    start.ensure_fit(algorithm)
    return start


def _text(where: str, value: Any) -> str | None:
    """The name of a policy or a strategy as text.

    Raises:
        UsageError: it is none.
    """
    if value is None:
        return None
    if not isinstance(value, str | Path) or not str(value).strip():
        raise UsageError(where, f"{checks.shown(value)} is not a name", "give a text, or leave it out")
    return str(value).strip()
