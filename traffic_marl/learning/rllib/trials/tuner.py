"""A sweep in Ray Tune: each run is a trial, and a scheduler may stop those that are hopeless.

Tune's own memory is not used. The folders of the runs are the memory of a sweep, so that a sweep goes on after any
end of its processes, and nothing of Tune has to be read from a folder that may come from anybody.
"""

import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

from ray import tune
from ray.tune.progress_reporter import TrialProgressCallback
from ray.tune.schedulers import AsyncHyperBandScheduler, FIFOScheduler, TrialScheduler
from ray.tune.search import Searcher

from traffic_marl.errors import UsageError
from traffic_marl.learning.rllib.clusters.nodes import nodes_in_use
from traffic_marl.learning.rllib.trials.keeper import make_keeper, own_node
from traffic_marl.learning.rllib.trials.trial import (
    AGENT_STEPS,
    DELAY,
    FAILED,
    JUDGED,
    KEEPER,
    NODE,
    PERCENT,
    RUN,
    RUNG,
    SHARE,
    TRUST,
    train_run,
    validations,
)
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.sweeps.course import Course
from traffic_marl.learning.sweeps.folder import Member

MEMBER, RUNNERS = "member", "runners"  # keys in the configuration of a trial: its run, and its further processes
REDUCTION = 3  # of the runs that reach a rung, one in so many goes on beyond the next
FIRST_RUNG = 10.0  # [%] of the budget. The others are at REDUCTION times that, and so on.
TRIES = 2  # times that a run begins again at its last checkpoint after its process has died
QUIET = {  # environment variables of Tune, which has a display, files and signals of its own
    "RAY_AIR_NEW_OUTPUT": "0",
    "RAY_CHDIR_TO_TRIAL_DIR": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",
    "TUNE_DISABLE_STRICT_METRIC_CHECKING": "1",
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",
    "TUNE_WARN_THRESHOLD_S": "1000",
}

Watch = Callable[[Member, float, float], None]  # a run, the share (0 to 1) of its budget, and its last delay [s/veh]


def run_sweep(course: Course, stop: Event, watch: Watch, most: int | None) -> None:
    """Trains all runs of a sweep that are left. Ray runs already.

    Args:
        course: of the sweep.
        stop: asks all runs to save, and to end after their present iteration.
        watch: called at each validation of a run.
        most: runs at the same time, None for as many as there are CPUs.

    Raises:
        UsageError: a run has more processes than there are CPUs.
    """
    ensure_runs_fit(course.folder.processes())
    keeper = make_keeper()
    with tempfile.TemporaryDirectory(prefix="traffic_marl_sweep_") as scratch, quiet():
        tune.run(
            tune.with_resources(train_run, resources),
            num_samples=-1,
            search_alg=Runs(course, keeper),
            scheduler=scheduler_of(course),
            callbacks=[Listener(course, keeper, stop, watch)],
            max_concurrent_trials=most or 0,
            max_failures=TRIES,
            raise_on_failed_trial=False,
            reuse_actors=True,
            storage_path=scratch,
            name="sweep",
            verbose=0,
        )


def ensure_runs_fit(processes: int) -> None:
    """Checks that there are CPUs for the processes of a run. Tune would wait for them without end.

    Raises:
        UsageError: there are too few.
    """
    cpus = sum(int(node.cpus) for node in nodes_in_use())
    if processes > cpus:
        what = f"a run with its runners and learners takes {processes} CPUs, and ray has {cpus}"
        raise UsageError("runners", what, "give fewer runners or learners, or another address")


def resources(config: dict[str, Any]) -> Any:
    """The CPUs of a run: one, and one for each of its runners and learners."""
    return tune.PlacementGroupFactory([{"CPU": 1}] * (1 + config.get(RUNNERS, 0)))


def scheduler_of(course: Course) -> TrialScheduler:
    """What decides whether a run goes on. It knows the runs that have ended before, with all their validations."""
    if not course.folder.plan.stops_early:
        return FIFOScheduler()
    scheduler = AsyncHyperBandScheduler(
        time_attr=RUNG,
        metric=DELAY,
        mode="min",
        max_t=PERCENT,
        grace_period=FIRST_RUNG,
        reduction_factor=REDUCTION,
        stop_last_trials=False,
    )
    for run in ended(course):
        former = Former(str(run.path))
        scheduler.on_trial_add(None, former)
        for validation in validations(run):
            scheduler.on_trial_result(None, former, {**validation, RUNG: validation[SHARE]})
    return scheduler


def ended(course: Course) -> Iterator[RunFolder]:
    """The judged runs that do not go on: they have used their budget, or their point was stopped."""
    folder = course.folder
    for place, point in enumerate(folder.points):
        for member in folder.members(place):
            run = folder.run(member)
            if run is not None and course.is_judged(member) and (not point.is_open or folder.is_over(member)):
                yield run


class Former:
    """A run of an earlier part of a sweep, as far as a scheduler has to know it."""

    def __init__(self, name: str) -> None:
        self.trial_id = name


class Runs(Searcher):  # type: ignore[misc]
    """Gives Tune the runs of a sweep, one after the other."""

    def __init__(self, course: Course, keeper: Any) -> None:
        super().__init__(metric=DELAY, mode="min")
        self._course = course
        self._keeper = keeper
        self._node = own_node()

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        """The configuration of the next run. None if there is none now, FINISHED if none will come."""
        member = self._course.next()
        if member is None:
            return Searcher.FINISHED if self._course.is_done() else None
        run = self._course.run(member)
        training = run.settings.training
        return {
            RUN: str(run.path.resolve()),
            TRUST: self._course.is_trusted(member),
            JUDGED: self._course.is_judged(member),
            KEEPER: self._keeper,
            NODE: self._node,
            MEMBER: (member.point, member.seed),
            RUNNERS: training.runners + training.learners,
        }

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """Nothing: the listener tells the course."""

    def save(self, checkpoint_path: str) -> None:
        """Nothing: the folders of the runs are the memory."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing, likewise."""


class Listener(TrialProgressCallback):  # type: ignore[misc]
    """Tells the course what becomes of the trials, and passes a request to stop on.

    It stands in the place of Tune's own callback of this class, which prints the end of each trial at any verbosity.
    """

    def __init__(self, course: Course, keeper: Any, stop: Event, watch: Watch) -> None:
        super().__init__()
        self._course = course
        self._keeper = keeper
        self._stop = stop
        self._watch = watch
        self._failures: dict[str, str] = {}

    def on_step_begin(self, iteration: int, trials: list[Any], **info: Any) -> None:
        """Lets the keeper tell all runs, once a stop is requested."""
        if self._stop.is_set() and not self._course.is_stopping:
            self._course.is_stopping = True
            self._keeper.stop.remote()

    def on_trial_result(self, iteration: int, trials: list[Any], trial: Any, result: dict[str, Any], **i: Any) -> None:
        """Takes a validation, or the reason why a run cannot be trained."""
        if FAILED in result:
            self._failures[trial.trial_id] = result[FAILED]
        elif AGENT_STEPS in result:
            self._watch(_member(trial), result[SHARE] / PERCENT, result[DELAY])

    def on_trial_complete(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Takes the end of a run."""
        self._course.end(_member(trial), self._failures.get(trial.trial_id))

    def on_trial_error(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Takes the last death of a run's process."""
        self._course.lose(_member(trial), "its process has died")


@contextmanager
def quiet() -> Iterator[None]:
    """In a `with` block, Tune prints nothing and leaves the signals alone."""
    former = {name: os.environ.get(name) for name in QUIET}
    levels = {name: logging.getLogger(name).level for name in ("ray.tune", "ray.train")}
    os.environ.update(QUIET)
    for name in levels:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        for name, value in former.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _member(trial: Any) -> Member:
    """The run of a trial."""
    return Member(*trial.config[MEMBER])
