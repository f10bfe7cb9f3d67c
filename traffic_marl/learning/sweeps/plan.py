"""Plan: all of a sweep that is known before its first run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from traffic_marl.checks import at_least_one, boolean, check_name
from traffic_marl.errors import UsageError
from traffic_marl.imported import is_reference, split_reference
from traffic_marl.learning.algorithms import ALGORITHMS
from traffic_marl.learning.resuming import ensure_trainable
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings, ensure_known
from traffic_marl.learning.starting.start import start_of
from traffic_marl.learning.sweeps.dimensions import SETTINGS, Dimension, Values, dimensions_of
from traffic_marl.learning.sweeps.points import Source
from traffic_marl.learning.train import settings_from

GRID, RANDOM, OPTUNA = "grid", "random", "optuna"
SEARCHES = {
    GRID: "tries all combinations of values",
    RANDOM: "draws combinations",
    OPTUNA: "asks Optuna for a combination after those that are done",
}
AGENT_STEPS = 1_000_000  # of each run, unless a budget is given
VALIDATIONS = 20  # of each run
MOST_SEEDS = 1000
STARTS = ("start", "imitate", "critic_warmup")  # what a training may begin with, as arguments of `train`


@dataclass(frozen=True)
class Plan:
    """Settings that all runs share, values that differ, and the length of each run.

    Raises:
        UsageError: a value is wrong, or some exclude each other.
    """

    dimensions: tuple[Dimension, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)  # that all runs share, by name
    seeds: int = 1  # of training, for each combination
    search: str = GRID
    trials: int | None = None  # combinations, unless all are tried
    budget: Budget = field(default_factory=lambda: Budget(agent_steps=AGENT_STEPS))
    validation: Validation = field(default_factory=lambda: Validation(times=VALIDATIONS))
    start: Mapping[str, Any] = field(default_factory=dict)  # of STARTS, as far as they are given
    stops_early: bool = False  # whether runs that are hopeless beside the others end before their budget does

    def __post_init__(self) -> None:
        if not self.dimensions:
            raise UsageError("over", "no setting is given", "give one with its values, as in learning_rate=3e-4,7e-4")
        ensure_known(self.settings)
        checked = {name: SETTINGS[name].check(name, value) for name, value in self.settings.items()}
        object.__setattr__(self, "settings", {name: _whole(value) for name, value in checked.items()})
        object.__setattr__(self, "seeds", at_least_one("seeds", self.seeds, MOST_SEEDS))
        object.__setattr__(self, "stops_early", boolean("stop_early", self.stops_early))
        check_name("search", self.search, SEARCHES)
        self._check_trials()
        for each in self.dimensions:
            if each.name in self.settings:
                raise UsageError(each.name, "the sweep goes over it", "leave one of the two out")

    def _check_trials(self) -> None:
        """Checks that combinations are counted where they are drawn, and only there."""
        if self.search == GRID and self.trials is not None:
            raise UsageError("trials", "a grid tries all combinations", "leave it out, or search at random")
        if self.search != GRID:
            if self.trials is None:
                raise UsageError("trials", f"a {self.search} search has no end", "give a number of combinations")
            object.__setattr__(self, "trials", at_least_one("trials", self.trials))

    @property
    def first_seed(self) -> int:
        """Seed of the first training of each combination."""
        return int(self.settings.get("seed", TrainingSettings.seed))

    @property
    def all_seeds(self) -> range:
        """Seeds of the trainings of each combination."""
        return range(self.first_seed, self.first_seed + self.seeds)

    def source(self) -> Source:
        """What the points of the sweep are made from."""

        def check(values: Values) -> None:
            ensure_trainable(self.run_settings(values, self.first_seed).training)

        return Source(self.dimensions, self.settings, check)

    def run_settings(self, values: Values, seed: int, *, trust: bool = False) -> RunSettings:
        """All settings of one run.

        Args:
            values: of the point.
            seed: of the training.
            trust: whether code in the folder of the policy that it begins with may be executed.

        Raises:
            TrafficError: they cannot be trained.
        """
        policy, imitate, warmup = (self.start.get(name) for name in STARTS)
        unused = self.without_effect(values["algorithm"]) if "algorithm" in values else ()
        shared = {name: value for name, value in self.settings.items() if name not in unused}
        training = settings_from(policy, {**shared, **values, "seed": seed}, trust=trust)
        return RunSettings(
            training, self.budget, self.validation, None, start_of(policy, imitate, warmup, training.traits)
        )

    def without_effect(self, algorithm: str) -> tuple[str, ...]:
        """The settings that all runs share and that an algorithm of the sweep does not use."""
        return tuple(name for name in self.settings if name in ALGORITHMS[algorithm].unused)

    def own_code(self) -> list[str]:
        """Files with code of the user's own that a run would execute."""
        texts = [*self.settings.values(), *self.start.values()]
        texts += [value for each in self.dimensions for value in each.values]
        return [str(split_reference(text, "over")[0]) for text in texts if is_reference(text)]

    def to_json(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {
            "over": [str(each) for each in self.dimensions],
            "settings": {name: plain(value) for name, value in self.settings.items()},
            "seeds": self.seeds,
            "search": self.search,
            "trials": self.trials,
            "budget": asdict(self.budget),
            "validation": self.validation.to_json(),
            "start": dict(self.start),
            "stops_early": self.stops_early,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The plan from plain values, of which none is believed.

        Raises:
            AttributeError, KeyError, TypeError, ValueError, UsageError: a value is missing or wrong.
        """
        start = {name: content["start"][name] for name in STARTS if name in content["start"]}
        return cls(
            dimensions=dimensions_of(content["over"]),
            settings=dict(content["settings"].items()),
            seeds=content["seeds"],
            search=content["search"],
            trials=content["trials"],
            budget=Budget(**content["budget"]),
            validation=Validation(**content["validation"]),
            start=start,
            stops_early=content["stops_early"],
        )


def plain(value: Any) -> Any:
    """A value of a setting as JSON has it."""
    return list(value) if isinstance(value, tuple) else value


def _whole(value: Any) -> Any:
    """The value of a setting, in which the path of a file of the user's own is whole."""
    if not is_reference(value):
        return value
    path, name = split_reference(value, "over")
    return f"{Path(path).resolve()}:{name}"
