"""Budget and Validation: the length of a training run, and the validation of its policy."""

from dataclasses import dataclass

from traffic_marl import checks
from traffic_marl.errors import UsageError

DEFAULT_ITERATIONS = 200
MINUTE = 60.0  # [s]
MOST_MINUTES = 1e6  # two years
MORE_MINUTES = "give minutes, more than 0"  # remedy for a wrong duration
MOST_SEEDS = 1000  # of one validation, because all its copies of the traffic are in memory at once


@dataclass(frozen=True)
class Budget:
    """Iterations or minutes of training, one of the two. Schedules run over the whole budget.

    Raises:
        UsageError: both or neither are given, or a value is out of its range.
    """

    iterations: int | None = None
    minutes: float | None = None  # [min] validation included, start excluded

    def __post_init__(self) -> None:
        if (self.iterations is None) == (self.minutes is None):
            raise UsageError("minutes", "a budget is either iterations or minutes", "give one of the two")
        if self.iterations is not None:
            object.__setattr__(self, "iterations", checks.at_least_one("iterations", self.iterations))
        if self.minutes is not None:
            object.__setattr__(self, "minutes", checks.finite_number("minutes", self.minutes, MORE_MINUTES))
        if self.minutes is not None and self.minutes > MOST_MINUTES:
            raise UsageError("minutes", f"{self.minutes:g} are too many", f"give at most {MOST_MINUTES:g}")
        if self.minutes is not None and self.minutes <= 0.0:
            raise UsageError("minutes", f"{self.minutes:g} is not a duration", MORE_MINUTES)

    def share(self, iterations: int, seconds: float) -> float:
        """Used share of the budget, 0 to 1, after this number of iterations and seconds."""
        if self.iterations is not None:
            return min(1.0, iterations / self.iterations)
        assert self.minutes is not None, "a budget is one of the two"
        return min(1.0, seconds / (MINUTE * self.minutes))

    def is_spent(self, iterations: int, seconds: float) -> bool:
        """Whether the whole budget is used."""
        return self.share(iterations, seconds) >= 1.0

    def seconds_left(self, iterations: int, seconds: float) -> float | None:
        """Remaining time [s], estimated from the pace so far. None before the first iteration of a counted budget."""
        if self.minutes is not None:
            return max(0.0, MINUTE * self.minutes - seconds)
        assert self.iterations is not None, "a budget is one of the two"
        if iterations == 0:
            return None
        return max(0, self.iterations - iterations) * seconds / iterations

    def __str__(self) -> str:
        number, unit = (self.iterations, "iteration") if self.minutes is None else (self.minutes, "minute")
        return f"{number:g} {unit}{'' if number == 1 else 's'}"


@dataclass(frozen=True)
class Validation:
    """The validation of the greedy policy during its training, on seeds of their own.

    Raises:
        UsageError: a number makes no sense.
    """

    every: int = 15  # iterations between validations. There is one before the first and one after the last, too.
    seeds: int = 5  # number of validation seeds. It counts as 1 if the trips are the same for every seed.
    classical: bool = True  # whether the classical strategies are measured on the same seeds first

    def __post_init__(self) -> None:
        object.__setattr__(self, "every", checks.at_least_one("every", self.every))
        object.__setattr__(self, "seeds", checks.at_least_one("seeds", self.seeds))
        object.__setattr__(self, "classical", checks.boolean("classical", self.classical))
        if self.seeds > MOST_SEEDS:
            raise UsageError("seeds", f"{self.seeds} are too many for one validation", f"give at most {MOST_SEEDS}")
