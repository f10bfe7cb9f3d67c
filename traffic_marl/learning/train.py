"""train: the loop of iterations, validations and checkpoints, whatever the algorithm; it can be stopped and resumed."""

import threading
import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from traffic_marl.errors import TrafficError, UsageError
from traffic_marl.files import locked
from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.iterations import Iteration, Learner
from traffic_marl.learning.policies import PolicyFacts, ensure_installed, write_policy
from traffic_marl.learning.runs.budget import Budget
from traffic_marl.learning.runs.folder import TRAINING, RunFolder, RunSettings, RunState, damaged, ensure_new
from traffic_marl.learning.runs.progress import STOPPING, Log, Report, Watch, progress_row
from traffic_marl.learning.runs.stopping import stop_wishes
from traffic_marl.learning.runs.validation import classical_delays, seeds_to_validate, validate
from traffic_marl.learning.runs.versions import versions
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario, load_scenario

SAVE_EVERY = 60.0  # [s] longest time of training that a crash may lose, an iteration aside


def begin(scenario: Scenario, settings: RunSettings, path: Path) -> RunFolder:
    """A folder for a new run, with nothing trained yet.

    Raises:
        UsageError: a library that the algorithm needs is not installed, or a setting makes no sense with it.
        FileError: there is something at `path` already, or it cannot be written to.
        TrafficError: the scenario cannot be used.
    """
    ensure_new(path, "--out")
    ensure_trainable(settings.training)
    ensure_controllable(scenario, settings.training)
    seeds = seeds_to_validate(scenario, settings.validation.seeds)
    return RunFolder.create(
        path, scenario, settings, RunState(validation_seeds=seeds, also=hashes_of(settings.training))
    )


def resume(path: Path, budget: Budget | None = None) -> RunFolder:
    """The folder of a run to go on with.

    Args:
        path: of the folder.
        budget: takes the place of the run's own, so that it can be longer; schedules then run over this one.

    Raises:
        FileError: there is no run, or it is damaged.
        UsageError: nothing of the budget is left, or a library is not installed.
    """
    folder = RunFolder.open_run(path)
    settings = folder.settings()
    ensure_trainable(settings.training)
    if folder.state.last is not None and not (folder.checkpoint(folder.state.last) / TRAINING).is_dir():
        what = f"{path} holds a policy to use, not what going on with its training needs"
        raise UsageError("--resume", what, "train anew, with another --out")
    if hashes_of(settings.training) != folder.state.also:
        what = f"one of {', '.join(settings.training.also)} is not what it was when {path} began"
        raise UsageError("--also", what, "bring it back, or begin another run without --resume")
    budget = settings.budget if budget is None else budget
    if budget.is_spent(folder.state.iteration, folder.state.seconds):
        what = f"{path} has had its {budget}: {folder.state.iteration} iterations, {folder.state.seconds:.0f} s"
        raise UsageError("--resume", what, "give more --iterations or --minutes")
    if budget != settings.budget:
        folder.write_settings(replace(settings, budget=budget))
    return folder


def train(folder: RunFolder, watch: Watch | None = None) -> Report:
    """Trains until the budget is spent, or until Ctrl-C or SIGTERM; saves before it returns.

    The run goes on where its last checkpoint left it. A second Ctrl-C stops at once, without saving.

    Args:
        folder: as `begin` or `resume` gives it.
        watch: told how it goes, before and after every step.

    Returns:
        The last report; its `doing` is "done", or "stopped" where something of the budget is left.

    Raises:
        FileError: the folder cannot be written to, is damaged, or another process trains in it.
        TrafficError: the scenario cannot be used.
    """
    with locked(folder.path), closing(Log(folder)) as log:
        folder.write_versions(versions())
        run = _Run(folder, log, watch or _nobody)
        run.measure_classical()
        run.tell("starting")
        with closing(make_learner(run.scenario, run.settings.training)) as learner:
            run.restore(learner)
            with stop_wishes(lambda: run.tell(STOPPING)) as stop:
                return run.train(learner, stop)


def make_learner(scenario: Scenario, settings: TrainingSettings) -> Learner:
    """The learner that the settings ask for, at its beginning.

    Raises:
        UsageError: a library that the algorithm needs is not installed.
    """
    ensure_trainable(settings)
    if settings.algorithm == "tabular-q":
        from traffic_marl.learning.tabular import TabularLearner

        return TabularLearner(scenario, settings)
    from traffic_marl.learning.rllib.learner import RllibLearner

    return RllibLearner(scenario, settings)


def hashes_of(settings: TrainingSettings) -> tuple[str, ...]:
    """Hashes of the further scenarios that a policy is trained on."""
    return tuple(load_scenario(name).hash() for name in settings.also)


def ensure_trainable(settings: TrainingSettings) -> None:
    """Checks that an algorithm can be used with these settings, and that the libraries it needs are there.

    Raises:
        UsageError: one is not, or a setting makes no sense with the algorithm.
    """
    if settings.algorithm != "tabular-q":
        ensure_installed("--algorithm", "torch", "ray", "gymnasium")
    elif settings.fragment is not None:
        raise UsageError("--fragment", "tabular-q learns from whole episodes", "leave it out")


def ensure_controllable(scenario: Scenario, settings: TrainingSettings) -> None:
    """Checks that the scenario makes an environment with these settings, without moving any traffic.

    Raises:
        TrafficError: it does not.
    """
    ScenarioEnvironment(scenario, settings)(settings.copies)


@dataclass
class _Run:
    """A run under way: counts, saves and tells."""

    folder: RunFolder
    log: Log
    watch: Watch
    scenario: Scenario = field(init=False)
    settings: RunSettings = field(init=False)
    report: Report = field(init=False)
    started: float = 0.0  # [s] on the clock when the run would have begun, had it never been interrupted

    def __post_init__(self) -> None:
        self.scenario = self.folder.scenario()
        self.settings = self.folder.settings()
        state = self.folder.state
        self.report = Report(
            doing="starting",
            budget=self.settings.budget,
            iteration=state.iteration,
            agent_steps=state.agent_steps,
            best_delay=state.best_delay,
            classical=state.classical[0] if state.classical else None,
            seconds=state.seconds,
        )

    def tell(self, doing: str, **news: object) -> None:
        """Tells the watcher what comes next and what is new."""
        self.report = replace(self.report, doing=doing, **news)  # type: ignore[arg-type]
        self.watch(self.report)

    def measure_classical(self) -> None:
        """Measures the classical strategies on the validation seeds, once a run."""
        state = self.folder.state
        if state.classical or not self.settings.validation.classical:
            return
        delays = classical_delays(
            self.scenario, state.validation_seeds, lambda name: self.tell(f"measuring {name} for comparison")
        )
        self.folder.write_state(replace(state, classical=delays))
        self.tell("starting", classical=delays[0] if delays else None)

    def restore(self, learner: Learner) -> None:
        """Takes the learner back to the last checkpoint, if there is one, and starts the clock."""
        name = self.folder.state.last
        if name is not None:
            try:
                learner.restore(self.folder.checkpoint(name) / TRAINING)
            except TrafficError:
                raise
            except Exception as error:  # whatever damaged files make the libraries do
                raise damaged(self.folder.path, f"checkpoints/{name}/{TRAINING}") from error
        self.started = time.perf_counter() - self.folder.state.seconds

    def train(self, learner: Learner, stop: threading.Event) -> Report:
        """Iterates until the budget is spent or a stop is asked for."""
        budget, saved = self.settings.budget, self._seconds()
        over = self._is_over()
        while not over and not stop.is_set():
            self.tell("training")
            before = self._seconds()
            iteration = learner.iterate(budget.share(self.report.iteration, before))
            pace = iteration.agent_steps / max(self._seconds() - before, 1e-9)
            self._count(iteration, pace)
            over = self._is_over()
            is_due = over or self.report.iteration % self.settings.validation.every == 0
            delay = self._validated(learner) if over or (is_due and not stop.is_set()) else None
            self._note(iteration, pace, delay)
            if delay is not None or self._seconds() - saved > SAVE_EVERY:
                self._save(learner, delay)
                saved = self._seconds()
        if self.report.iteration > self.folder.state.iteration:  # stopped before it was time
            self._save(learner, None)
        self.tell("done" if over else "stopped")
        return self.report

    def _is_over(self) -> bool:
        return self.settings.budget.is_spent(self.report.iteration, self.report.seconds)

    def _seconds(self) -> float:
        """[s] of training so far, by the clock."""
        return time.perf_counter() - self.started

    def _count(self, iteration: Iteration, pace: float) -> None:
        """Adds an iteration to what is done."""
        self.report = replace(
            self.report,
            iteration=self.report.iteration + 1,
            agent_steps=self.report.agent_steps + iteration.agent_steps,
            pace=pace,
            mean_return=iteration.mean_return,
            training_delay=iteration.training_delay,
            seconds=self._seconds(),
        )

    def _validated(self, learner: Learner) -> float:
        """[s/veh] the policy's mean delay on the validation seeds."""
        self.tell("validating")
        seeds = self.folder.state.validation_seeds
        return validate(self.scenario, learner.policy(), self.settings.training, seeds)

    def _note(self, iteration: Iteration, pace: float, delay: float | None) -> None:
        """Writes a line of the table, and takes the delay into the report."""
        done, seconds = self.report.iteration, self._seconds()
        row = progress_row(
            iteration, number=done, agent_steps=self.report.agent_steps, seconds=seconds, pace=pace, delay=delay
        )
        self.log.add(row)
        left = self.settings.budget.seconds_left(done, seconds)
        self.report = replace(
            self.report, seconds=seconds, seconds_left=left, delay=self.report.delay if delay is None else delay
        )

    def _save(self, learner: Learner, delay: float | None) -> None:
        """Writes a checkpoint, which becomes the best one if its delay is the least so far."""
        best = self.folder.state.best_delay
        is_best = delay is not None and (best is None or delay < best)
        state = replace(
            self.folder.state,
            iteration=self.report.iteration,
            agent_steps=self.report.agent_steps,
            seconds=self._seconds(),
            best_delay=delay if is_best else best,
        )
        self.folder.save_checkpoint(state, lambda folder: self._write(learner, folder), is_best=is_best)
        self.report = replace(self.report, best_delay=state.best_delay)

    def _write(self, learner: Learner, folder: Path) -> None:
        """Fills a checkpoint's folder."""
        policy, training = learner.policy(), self.settings.training
        facts = PolicyFacts(policy.kind, training.algorithm, training.interval, training.observation, policy.plan())
        write_policy(folder, facts, policy.arrays())
        (folder / TRAINING).mkdir()
        learner.save(folder / TRAINING)


def _nobody(report: Report) -> None:
    """Watches nothing."""
