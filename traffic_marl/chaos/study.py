"""A study of chaos: trainings with and without faults, and their policies in traffic with and without faults."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.chaos.enduring import Endurance
from traffic_marl.chaos.folder import course_file, course_of, is_finished, open_study, run_folder
from traffic_marl.chaos.machines import ensure_reachable, machines_for
from traffic_marl.chaos.outcomes import Outcome, Study
from traffic_marl.chaos.plan import Line, Plan, Trained, When, plan
from traffic_marl.chaos.schedule import Schedule, ensure_strikable
from traffic_marl.checks import at_least_one
from traffic_marl.comparison.statistics import mean_over_seeds
from traffic_marl.errors import UsageError
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.learning.placing.placement import HERE, Placement
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.runs.validation import ensure_usable, seeds_to_validate
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.rollout import run
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.conversion import StrategyLike
from traffic_marl.strategies.named import NamedStrategy

DEFAULT_SEEDS = 3
MOST_SEEDS = 100
BESIDE = "actuated"
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Trainings:
    """The trainings of a study, all alike but for their seeds and faults."""

    settings: TrainingSettings  # with the first seed
    budget: Budget
    validation: Validation = Validation(classical=False)  # noqa: RUF009 - frozen
    count: int = DEFAULT_SEEDS
    placement: Placement = HERE

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each training."""
        return tuple(range(self.settings.seed, self.settings.seed + self.count))

    def run_settings(self) -> RunSettings:
        """The settings of the runs, with the first seed. Classical strategies are not tuned."""
        return RunSettings(self.settings, self.budget, replace(self.validation, classical=False))


def study(
    scenario: Scenario,
    schedules: Sequence[Schedule],
    trainings: Trainings,
    out: Path,
    *,
    whens: Sequence[When] = tuple(When),
    beside: StrategyLike = BESIDE,
    progress: Progress | None = None,
) -> Study:
    """Trains with and without faults, and compares the policies on the validation seeds.

    Each training is a process of its own, which strikes hit in earnest. What the folder holds already is not made
    again, so that a study that was interrupted goes on.

    Args:
        scenario: without faults.
        schedules: of faults, at least one.
        trainings: settings and seeds.
        out: folder of the study.
        whens: where faults of the roadside are met.
        beside: a strategy that is measured in the same traffic.
        progress: called with what is being done and the share that is done.

    Raises:
        UsageError: a schedule strikes a process that the trainings do not have, or a value is wrong.
        FileError: the folder holds another study, or cannot be written.
        TrafficError: the scenario cannot be used, with or without faults.
    """
    check(schedules, trainings)
    planned = plan(scenario, schedules, whens)
    settings = trainings.run_settings()
    seeds = seeds_to_validate(scenario, settings.validation.seeds)
    named = choose_strategy(beside, "beside", trust=True)
    for used_in in dict.fromkeys(line.used_in for line in planned.lines):
        ensure_usable(used_in, named, seeds)
    open_study(out, scenario, settings)
    told = progress or (lambda label, share: None)
    _train_all(planned, trainings, out, told)
    measured = {}
    for used_in in dict.fromkeys(line.used_in for line in planned.lines):
        told(f"measuring {named.label}", 1.0)
        measured[used_in] = mean_over_seeds(run(used_in, named, seeds).measures.mean_delay)
    outcomes = [_outcome(line, out, trainings.seeds, seeds, measured[line.used_in], told) for line in planned.lines]
    return Study(scenario, trainings.seeds, seeds, named.label, tuple(outcomes))


def check(schedules: Sequence[Schedule], trainings: Trainings, where: str = "faults") -> None:
    """Checks what needs no scenario.

    Raises:
        UsageError: it makes no sense.
    """
    if not schedules:
        raise UsageError(where, "there are none", "give some, such as driver@0.5")
    at_least_one("count", trainings.count, MOST_SEEDS)
    if trainings.settings.random is not None:
        raise UsageError("random", "policies under faults are compared on one scenario", "leave it out")
    ensure_strikable(schedules, trainings.settings, where)
    for schedule in schedules:
        ensure_reachable(schedule, trainings.placement, where)


def _train_all(planned: Plan, trainings: Trainings, out: Path, progress: Progress) -> None:
    """Makes the trainings that are not there yet."""
    todo = [(trained, seed) for trained in planned.trained for seed in trainings.seeds]
    for place, (trained, seed) in enumerate(todo):
        label = f"{place + 1}/{len(todo)} training: {trained.folder}, seed {seed}"

        def tell(share: float, place: int = place, label: str = label) -> None:
            progress(label, (place + share) / len(todo))

        _train(trained, seed, trainings, out, tell)


def _train(trained: Trained, seed: int, trainings: Trainings, out: Path, tell: Callable[[float], None]) -> None:
    """Makes a training, as far as it is not there yet."""
    tell(0.0)
    folder = run_folder(out, trained, trainings.run_settings(), seed)
    strikes = () if trained.schedule is None else trained.schedule.strikes_for(seed)
    file = course_file(out, trained, seed)
    if is_finished(folder, course_of(out, trained, seed)):
        return
    with machines_for(trained.schedule, trainings.settings, trainings.placement) as machines:
        Endurance(folder.path, file, strikes, seed, machines).run(tell)


def _outcome(
    line: Line, out: Path, seeds: Sequence[int], validation: Sequence[int], beside: float, progress: Progress
) -> Outcome:
    """The outcome of a line, measured as far as it has not been."""
    progress(f"measuring: {line.name}", 1.0)
    delays = [mean_over_seeds(_delays(line, out, seed, validation)) for seed in seeds]
    courses = tuple(course_of(out, line.trained, seed) for seed in seeds)
    return Outcome(line, np.array(delays), beside, courses)


def _delays(line: Line, out: Path, seed: int, validation: Sequence[int]) -> Floats:
    """[s/veh] of the last policy of a training on the validation seeds. nan without vehicles, or if it has failed."""
    course = course_of(out, line.trained, seed)
    if course.failure is not None:
        return np.full(len(validation), np.nan)
    key = f"{line.used_in.hash()}:{len(validation)}"
    if key not in course.delays:
        strategy = _policy(out / line.trained.folder / f"seed_{seed}")
        found = run(line.used_in, strategy, validation).measures.mean_delay
        course = replace(course, delays={**course.delays, key: tuple(found.tolist())})
        course.write(course_file(out, line.trained, seed))
    return np.array(course.delays[key])


def _policy(path: Path) -> NamedStrategy:
    """The last policy of a training."""
    return choose_strategy(f"{path}:checkpoint=last", trust=True)
