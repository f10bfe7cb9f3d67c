"""Costs: the time of an iteration by work, the bytes that it moved, and the age of its weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field

COPIES_OF = "copies_of_runner_"  # begins the columns with the copies of single runners
SAMPLING_OF = "sampling_s_of_runner_"  # begins the columns with the time that single runners sampled


@dataclass(frozen=True)
class RunnerCosts:
    """The work of one runner in an iteration."""

    copies: int  # of the traffic, that it stepped together
    sampling: float  # [s]
    moving: float  # [s] to take weights, and to hand samples over where it does that itself
    decisions: float  # of its copies, together


@dataclass(frozen=True)
class LearnerCosts:
    """The work of one learner in an iteration."""

    learning: float  # [s]
    moving: float  # [s] to receive samples


@dataclass(frozen=True)
class Bytes:
    """What moved between processes in an iteration."""

    samples: float = 0.0
    weights: float = 0.0
    gradients: float = 0.0  # between learners

    @property
    def total(self) -> float:
        """All bytes."""
        return self.samples + self.weights + self.gradients


@dataclass(frozen=True)
class Age:
    """The age of weights at their use: from the update that made them to the one that learns from their samples."""

    mean: float
    most: float


@dataclass(frozen=True)
class Costs:
    """What an iteration cost.

    Synchronous training with other processes samples, learns and moves data in turn. So the three shares add up to 1.
    Asynchronous training does all at the same time. Each share is then that of the busiest process.
    """

    seconds: float  # [s] of the iteration by the clock
    is_asynchronous: bool
    runners: Mapping[int, RunnerCosts]  # by number, from 1. The main process has number 0 and stands alone.
    learners: Mapping[int, LearnerCosts]  # by number, from 0
    moved: Bytes = field(default_factory=Bytes)
    age: Age | None = None  # [updates] None: no samples of known weights were learnt from
    age_in_seconds: Age | None = None  # [s]

    @property
    def has_processes(self) -> bool:
        """Whether other processes sample."""
        return any(self.runners)

    @property
    def is_alone(self) -> bool:
        """Whether the main process does all, so that nothing moves."""
        return not self.has_processes and not self.moved.total

    @property
    def sampling_share(self) -> float:
        """Share of the time in which the slowest runner sampled."""
        return self._share(max((each.sampling for each in self.runners.values()), default=0.0))

    @property
    def learning_share(self) -> float:
        """Share of the time in which the slowest learner learnt."""
        return self._share(max((each.learning for each in self.learners.values()), default=0.0))

    @property
    def transfer_share(self) -> float:
        """Share of the time in which samples and weights moved.

        Of synchronous training it is what is left beside sampling and learning, the bookkeeping of RLlib included. Of
        asynchronous training it is what the slowest runner and the slowest learner spent on it.
        """
        if self.is_alone:
            return 0.0
        if self.is_asynchronous:
            moving = max((each.moving for each in self.runners.values()), default=0.0)
            return self._share(moving + max((each.moving for each in self.learners.values()), default=0.0))
        return max(0.0, 1.0 - self.sampling_share - self.learning_share)

    @property
    def idle_share_of_runners(self) -> float | None:
        """Share of the time in which a runner waited, mean over them. None if the main process samples itself."""
        if not self.has_processes:
            return None
        idle = [1.0 - self._share(each.sampling + each.moving) for each in self.runners.values()]
        return max(0.0, sum(idle) / len(idle))

    @property
    def idle_share_of_learners(self) -> float | None:
        """Share of the time in which a learner waited, mean over them. None if it samples itself."""
        if not self.has_processes or not self.learners:
            return None
        idle = [1.0 - self._share(each.learning + each.moving) for each in self.learners.values()]
        return max(0.0, sum(idle) / len(idle))

    def row(self) -> dict[str, float | int]:
        """The cells of the table of a run, by column."""
        row: dict[str, float | int] = {
            "sampling_share": round(self.sampling_share, 4),
            "learning_share": round(self.learning_share, 4),
            "transfer_share": round(self.transfer_share, 4),
            "moved_bytes": round(self.moved.total),
            "moved_bytes_of_samples": round(self.moved.samples),
            "moved_bytes_of_weights": round(self.moved.weights),
            "moved_bytes_of_gradients": round(self.moved.gradients),
        }
        idle = {
            "idle_share_of_runners": self.idle_share_of_runners,
            "idle_share_of_learners": self.idle_share_of_learners,
        }
        row |= {name: round(value, 4) for name, value in idle.items() if value is not None}
        for unit, age in (("updates", self.age), ("s", self.age_in_seconds)):
            if age is not None:
                row |= {f"weights_age_{unit}": round(age.mean, 4), f"weights_age_{unit}_most": round(age.most, 4)}
        for number, each in self.runners.items():
            if number:
                row |= {f"{COPIES_OF}{number}": each.copies, f"{SAMPLING_OF}{number}": round(each.sampling, 4)}
        return row

    def _share(self, seconds: float) -> float:
        """A time as a share of the iteration, at most 1."""
        return min(1.0, seconds / self.seconds) if self.seconds > 0.0 else 0.0
