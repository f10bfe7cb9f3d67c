"""RunState and RunSettings: the progress of a run, and its settings."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Self

from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.settings import TrainingSettings


@dataclass(frozen=True)
class RunState:
    """The progress of a run. The counts are those of its last checkpoint."""

    iteration: int = 0
    agent_steps: int = 0
    seconds: float = 0.0  # [s] of training and validation
    last: str | None = None  # name of the newest checkpoint
    best: str | None = None  # name of the checkpoint with the lowest mean delay on the validation seeds
    best_delay: float | None = None  # [s/veh] mean delay of `best`
    validation_seeds: tuple[int, ...] = ()
    also: tuple[str, ...] = ()  # hashes of the further scenarios at the beginning of the run
    classical: tuple[tuple[str, float], ...] = ()  # strategy and mean delay [s/veh] on the validation seeds, best first

    def to_json(self) -> dict[str, Any]:
        """The state as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """The state from plain values.

        Raises:
            KeyError, TypeError, ValueError: a value is missing or of another kind.
        """
        return cls(
            iteration=int(content["iteration"]),
            agent_steps=int(content["agent_steps"]),
            seconds=float(content["seconds"]),
            last=_optional(str, content["last"]),
            best=_optional(str, content["best"]),
            best_delay=_optional(float, content["best_delay"]),
            validation_seeds=tuple(int(seed) for seed in content["validation_seeds"]),
            also=tuple(str(each) for each in content.get("also", ())),
            classical=tuple((str(label), float(delay)) for label, delay in content["classical"]),
        )


@dataclass(frozen=True)
class RunSettings:
    """The settings of a run: the training, its length, and its validation."""

    training: TrainingSettings
    budget: Budget
    validation: Validation

    def to_json(self) -> dict[str, Any]:
        """The settings as plain values."""
        parts = {"budget": asdict(self.budget), "validation": asdict(self.validation)}
        return {"training": self.training.to_json(), **parts}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Settings from plain values.

        Raises:
            KeyError, TypeError, UsageError: a value is missing or wrong.
        """
        budget, validation = Budget(**values["budget"]), Validation(**values["validation"])
        return cls(TrainingSettings.from_json(values["training"]), budget, validation)


def _optional(kind: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else kind(value)
