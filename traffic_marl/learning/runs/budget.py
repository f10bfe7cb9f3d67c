"""Budget, Target and Validation: the length of a training run, its aim, and the validation of its policy."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from traffic_marl import checks
from traffic_marl.errors import UsageError

DEFAULT_ITERATIONS = 200
MINUTE = 60.0  # [s]
MOST_MINUTES = 1e6  # two years
MOST_AGENT_STEPS = 10**12
MORE_MINUTES = "give minutes, more than 0"  # remedy for a wrong duration
SOME_MARGIN = "give a number from 0 to below 1, such as 0.02"
ROUNDING = 1e-9  # of a number of validations
MOST_SEEDS = 1000  # of one validation, because all its copies of the traffic are in memory at once


class Progress(Protocol):
    """The progress of a run: a report, or the state of its folder."""

    @property
    def iteration(self) -> int:
        """Number of finished iterations."""
        ...

    @property
    def agent_steps(self) -> int:
        """Decisions of single intersections that were sampled."""
        ...

    @property
    def seconds(self) -> float:
        """[s] of training and validation."""
        ...


@dataclass(frozen=True)
class Budget:
    """Iterations, minutes or agent-steps of training, one of the three. Schedules run over the whole budget.

    Iterations and agent-steps give the same training on a busy machine as on an idle one. Minutes do not.

    Raises:
        UsageError: none or several are given, or a value is out of its range.
    """

    iterations: int | None = None
    minutes: float | None = None  # [min] validation included, start excluded
    agent_steps: int | None = None  # decisions of single intersections. The iteration that reaches them is the last.

    def __post_init__(self) -> None:
        given = [name for name in ("iterations", "minutes", "agent_steps") if getattr(self, name) is not None]
        if len(given) != 1:
            where = given[-1] if given else "minutes"
            raise UsageError(where, "a budget is one of iterations, minutes and agent-steps", "give one of the three")
        if self.iterations is not None:
            object.__setattr__(self, "iterations", checks.at_least_one("iterations", self.iterations))
        if self.minutes is not None:
            object.__setattr__(self, "minutes", _checked_minutes(self.minutes))
        if self.agent_steps is not None:
            steps = checks.at_least_one("agent_steps", self.agent_steps, MOST_AGENT_STEPS)
            object.__setattr__(self, "agent_steps", steps)

    def share(self, progress: Progress) -> float:
        """Used share of the budget, 0 to 1."""
        used, whole = self._used(progress)
        return min(1.0, used / whole)

    def is_spent(self, progress: Progress) -> bool:
        """Whether the whole budget is used."""
        return self.share(progress) >= 1.0

    def seconds_left(self, progress: Progress) -> float | None:
        """Remaining time [s], estimated from the pace so far. None before the first iteration of a counted budget."""
        used, whole = self._used(progress)
        if self.minutes is not None:
            return max(0.0, whole - used)
        if used == 0:
            return None
        return max(0.0, whole - used) * progress.seconds / used

    def _used(self, progress: Progress) -> tuple[float, float]:
        """The part that is used and the whole, in iterations, seconds or agent-steps."""
        if self.iterations is not None:
            return progress.iteration, self.iterations
        if self.agent_steps is not None:
            return progress.agent_steps, self.agent_steps
        assert self.minutes is not None, "a budget is one of the three"
        return progress.seconds, MINUTE * self.minutes

    def __str__(self) -> str:
        for number, unit in ((self.iterations, "iteration"), (self.agent_steps, "agent-step")):
            if number is not None:
                return f"{number:,} {unit}{'' if number == 1 else 's'}"
        return f"{self.minutes:g} minute{'' if self.minutes == 1 else 's'}"


def budget_of(iterations: int | None, minutes: float | None, agent_steps: int | None) -> Budget | None:
    """The budget that a user has given, None if none is.

    Raises:
        UsageError: several are given, or a value is out of its range.
    """
    given = any(value is not None for value in (iterations, minutes, agent_steps))
    return Budget(iterations, minutes, agent_steps) if given else None


def _checked_minutes(value: float) -> float:
    """The minutes as a plain number.

    Raises:
        UsageError: they are no duration.
    """
    minutes = checks.finite_number("minutes", value, MORE_MINUTES)
    if minutes > MOST_MINUTES:
        raise UsageError("minutes", f"{minutes:g} are too many", f"give at most {MOST_MINUTES:g}")
    if minutes <= 0.0:
        raise UsageError("minutes", f"{minutes:g} is not a duration", MORE_MINUTES)
    return minutes


@dataclass(frozen=True)
class Target:
    """A strategy that the policy has to beat on the validation seeds. Then the training ends, before its budget does.

    Raises:
        UsageError: a value is of the wrong kind or out of its range.
    """

    strategy: str  # a name with parameters, file.py:Name, or the folder of a trained policy
    margin: float = 0.02  # by which the mean delay has to be lower, as a share of that of the strategy

    def __post_init__(self) -> None:
        if not isinstance(self.strategy, str | Path) or not str(self.strategy).strip():
            what = f"{checks.shown(self.strategy)} is not a name"
            raise UsageError("target", what, "give the name of a strategy, such as actuated")
        object.__setattr__(self, "strategy", str(self.strategy).strip())
        margin = checks.finite_number("margin", self.margin, SOME_MARGIN)
        if not 0.0 <= margin < 1.0:
            raise UsageError("margin", f"{margin:g} is out of range", SOME_MARGIN)
        object.__setattr__(self, "margin", margin)

    def goal(self, delay: float) -> float:
        """Mean delay [s/veh] at which the training ends, for the delay [s/veh] of the strategy. Both may be below 0."""
        return (1.0 - self.margin if delay >= 0.0 else 1.0 + self.margin) * delay


def target_of(strategy: str | Path | None, margin: float | None, former: Target | None = None) -> Target | None:
    """The target that a user has given, None if none is.

    Args:
        strategy: as in `Target`.
        margin: as in `Target`.
        former: gives what the user leaves out.

    Raises:
        UsageError: a value is wrong, or there is a margin without a strategy.
    """
    if strategy is None and margin is None:
        return None
    if strategy is None and former is None:
        raise UsageError("margin", "there is no target of which it is a share", "give a target as well")
    given = {"strategy": strategy, "margin": margin}
    known = {} if former is None else asdict(former)
    return Target(**known | {name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True)
class Validation:
    """The validation of the greedy policy during its training, on seeds of their own.

    Raises:
        UsageError: a number makes no sense.
    """

    every: int = 15  # iterations between validations. There is one before the first and one after the last, too.
    seeds: int = 5  # number of validation seeds. It counts as 1 if the trips are the same for every seed.
    classical: bool = True  # whether the classical strategies are tuned on the same seeds first
    times: int | None = None  # validations, spread evenly over the budget, in place of `every`

    def __post_init__(self) -> None:
        object.__setattr__(self, "every", checks.at_least_one("every", self.every))
        object.__setattr__(self, "seeds", checks.at_least_one("seeds", self.seeds))
        object.__setattr__(self, "classical", checks.boolean("classical", self.classical))
        if self.times is not None:
            object.__setattr__(self, "times", checks.at_least_one("times", self.times))
        if self.seeds > MOST_SEEDS:
            raise UsageError("seeds", f"{self.seeds} are too many for one validation", f"give at most {MOST_SEEDS}")

    def is_due(self, iteration: int, before: float, now: float) -> bool:
        """Whether the policy is validated after an iteration.

        Args:
            iteration: number of finished iterations.
            before: share of the budget that was used before the iteration, 0 to 1.
            now: share that is used after it.
        """
        if self.times is None:
            return iteration % self.every == 0
        return int(now * self.times + ROUNDING) > int(before * self.times + ROUNDING)

    def to_json(self) -> dict[str, Any]:
        """The validation as plain values. Those that are not given are left out, as in runs of former versions."""
        return {name: value for name, value in asdict(self).items() if value is not None}
