"""The options of `train` as a user gives them, and the settings of a run that follow from them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from traffic_marl.cli.training_flags import SETTINGS
from traffic_marl.errors import UsageError
from traffic_marl.learning.algorithms import MODE, PPO, in_mode
from traffic_marl.learning.federated.federation import Federation
from traffic_marl.learning.placing.checks import checked_placement
from traffic_marl.learning.placing.choosing import RUNNERS, is_left_open, with_chosen_runners, without_runners
from traffic_marl.learning.placing.placement import HERE, Placement
from traffic_marl.learning.runs.budget import DEFAULT_ITERATIONS, Budget, Validation, target_of
from traffic_marl.learning.runs.own_files import OWN, is_same
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.starting.start import start_of
from traffic_marl.learning.train import settings_from
from traffic_marl.scenario import Scenario


@dataclass(frozen=True)
class TrainOptions:
    """Options of `train` as given on the command line. Those that were not given are missing, or None."""

    settings: dict[str, Any]  # of TrainingSettings, and MODE
    budget: Budget | None
    validation: dict[str, Any]  # of Validation
    target: str | None = None
    margin: float | None = None
    start: dict[str, Any] = field(default_factory=dict)  # of Start
    placement: Placement = HERE
    federated: dict[str, Any] | None = None  # of Federation, None without districts
    divides: bool = False  # whether the districts divide the scenario that is named

    @property
    def algorithm(self) -> str:
        """The name of the algorithm that they choose."""
        return str(in_mode(self.settings).get("algorithm", PPO.name))

    def run_settings(self, *, trust: bool) -> RunSettings:
        """All settings of a new run. Those that were not given are those of the policy it begins with, or defaults.

        Raises:
            UsageError: a setting is wrong, or some exclude each other.
        """
        training = self.training(trust=trust)
        checked_placement(self.placement, training, has_districts=self.federated is not None)
        budget = Budget(iterations=DEFAULT_ITERATIONS) if self.budget is None else self.budget
        policy, imitate, warmup = (self.start.get(name) for name in ("source", "imitate", "critic_warmup"))
        start = start_of(policy, imitate, warmup, training.traits)
        validation, target = Validation(**self.validation), target_of(self.target, self.margin)
        districts = None if self.federated is None else Federation(**self.federated, divides=self.divides)
        return RunSettings(training, budget, validation, target, start, districts)

    def settled(self, scenario: Scenario, *, trust: bool, tell: Callable[[str], None]) -> Self:
        """The options with a number of runners, which a measurement finds if the user has left it open.

        Args:
            scenario: the traffic to learn on.
            trust: whether code in the folders of trained policies may be executed.
            tell: called with the reason, in one line.

        Raises:
            UsageError: a setting is wrong, or there is nothing to measure.
        """
        if not is_left_open(self.settings):
            return self
        training = self.training(trust=trust)
        training, placement = with_chosen_runners(scenario, training, self.placement, tell)
        return replace(self, settings={**self.settings, RUNNERS: training.runners}, placement=placement)

    def training(self, *, trust: bool) -> TrainingSettings:
        """The settings of the training. A number of runners that is left open counts as 0.

        Raises:
            UsageError: a setting is wrong.
        """
        return settings_from(self.start.get("source"), without_runners(self.settings), trust=trust)

    def ensure_same(self, settings: RunSettings) -> None:
        """Checks that the given options are those of the run that is resumed.

        Raises:
            UsageError: one is not.
        """
        chosen = self._settings_for(settings.training)
        given = {name: SETTINGS[name].check(name, value) for name, value in chosen.items()}
        parts: list[tuple[dict[str, Any], Any]] = [(given, settings.training), (self.validation, settings.validation)]
        parts += [(self.start, settings.start), (self.federated or {}, settings.federation)]
        if self.federated is not None and settings.federation is None:
            raise UsageError("resume", "the run was begun without districts", "leave out --federated")
        for values, former in parts:
            for name, value in values.items():
                if not _is_same(value, getattr(former, name)):
                    what = f"the run was begun with {getattr(former, name)}, not {value}"
                    raise UsageError(name, what, "leave it out, or begin another run without --resume")

    def _settings_for(self, former: TrainingSettings) -> dict[str, Any]:
        """The given settings of a run that is resumed.

        Raises:
            UsageError: its algorithm, which is not given, is not of the given form.
        """
        chosen = in_mode({"algorithm": former.algorithm, **self.settings})
        if "algorithm" not in self.settings and chosen["algorithm"] != former.algorithm:
            what = f"the run was begun with {former.algorithm}, not {chosen['algorithm']}"
            raise UsageError(MODE, what, "leave it out, or begin another run without --resume")
        return chosen

    def with_own_files(self, training: TrainingSettings) -> TrainingSettings:
        """The settings of a run with the files of the user's own in place of the equal copies in the folder."""
        own: dict[str, Any] = {name: self.settings[name] for name in OWN if name in self.settings}
        return replace(training, **own)


def _is_same(given: Any, former: Any) -> bool:
    """Whether a given value is that of the run. A file of the user's own may have another path."""
    if isinstance(given, list):
        return bool(tuple(given) == former)
    return is_same(given, former) if isinstance(given, str) else bool(given == former)
