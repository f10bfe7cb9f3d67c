"""The loop of a training run: iterations, validations and checkpoints, for any algorithm."""

import math
import threading
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from traffic_marl.actions.choice import OWN_MOMENTS
from traffic_marl.errors import UsageError
from traffic_marl.files import damage
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.learning.iterations import Iteration, Learner, LostProcessError
from traffic_marl.learning.policies import PolicyFacts, write_policy
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import CHECKPOINTS, TRAINING
from traffic_marl.learning.runs.own_files import kept_name
from traffic_marl.learning.runs.progress import Log, Report, Watch, progress_row
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.runs.validation import Delays, validate
from traffic_marl.learning.starting.beginning import begin_learner
from traffic_marl.learning.validating.traffic import ValidationTraffic
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.tuning import tuned

WAITING = "waiting for a runner"
SAVE_EVERY = 60.0  # [s] longest time of training that a crash may lose, besides one iteration


@dataclass
class TrainingRun:
    """A run in progress: it counts, saves and reports."""

    folder: RunFolder
    log: Log
    watch: Watch
    faults: tuple[str, ...] = ()  # of earlier attempts, in sentences
    scenario: Scenario = field(init=False)
    settings: RunSettings = field(init=False)
    report: Report = field(init=False)
    started: float = 0.0  # [s] by the clock, as if the run had never been interrupted
    may_end_early: bool = False  # at the target, unless the run has gone on beyond it

    def __post_init__(self) -> None:
        self.scenario = self.folder.scenario
        self.settings = self.folder.settings
        state = self.folder.state
        self.report = Report(
            doing="starting",
            budget=self.settings.budget,
            iteration=state.iteration,
            agent_steps=state.agent_steps,
            best_delay=state.best_delay,
            classical=state.classical[0] if state.classical else None,
            start=self.settings.start,
            imitated=state.imitated,
            target=self.settings.target,
            target_delay=None if state.target is None else state.target[1],
            seconds=state.seconds,
            faults=self.faults,
        )

    @cached_property
    def traffic(self) -> ValidationTraffic:
        """The traffic of validations."""
        state = self.folder.state
        return ValidationTraffic(self.scenario, self.settings.training, state.validation_seeds, state.mean)

    def tell(self, doing: str, **news: object) -> None:
        """Reports the next step and new results to the watcher."""
        self.report = replace(self.report, doing=doing, **news)  # type: ignore[arg-type]
        self.watch(self.report)

    def measure_classical(self) -> None:
        """Tunes the classical strategies on the validation seeds, once in a run."""
        state = self.folder.state
        if state.classical or not self.settings.validation.classical:
            return
        delays = self._measured_classical()
        self.folder.write_state(replace(state, classical=delays))
        self.tell("starting", classical=delays[0] if delays else None)

    def _measured_classical(self) -> tuple[tuple[str, float], ...]:
        """Mean delay [s/veh] of classical strategies, lowest first."""

        def tell(label: str) -> None:
            self.tell(f"measuring {label} for comparison")

        if self.traffic.is_random:
            return self.traffic.rules(tell)
        return tuned(self.scenario, self.folder.state.validation_seeds, tell)

    def measure_target(self) -> None:
        """Measures the strategy to beat on the validation seeds, once for each such strategy.

        Raises:
            TrafficError: it cannot be used.
        """
        state, target = self.folder.state, self.settings.target
        if target is None:
            return
        if state.target is None or state.target[0] != target.strategy:
            self.tell(f"measuring {target.strategy}, the target")
            strategy = choose_strategy(target.strategy, "target", trust=self.folder.is_trusted)
            delay = self._mean_delay(strategy)
            if delay is None:
                what = "no vehicle departs on the validation seeds, so there is no delay to beat"
                raise UsageError("target", what, "leave it out, or give more validation seeds")
            state = replace(state, target=(target.strategy, delay))
            self.folder.write_state(state)
        assert state.target is not None, "it has been measured now or before"
        self.tell("starting", target_delay=state.target[1])
        self.may_end_early = not self.report.is_reached

    def _mean_delay(self, strategy: NamedStrategy) -> float | None:
        """Mean delay [s/veh] of a strategy on the validation seeds. None if no vehicle departs."""
        return self.traffic.mean_delay(strategy)

    def restore(self, learner: Learner, *, is_trusted: bool) -> None:
        """Restores the learner from the last checkpoint, if there is one, and starts the clock.

        Pickles of former versions are read if `is_trusted` alone.
        """
        name = self.folder.state.last
        if name is not None:
            training = self.folder.training_state(name)
            try:
                learner.restore(training, is_trusted=is_trusted)
            except (UsageError, LostProcessError):  # it needs trust, or is no matter of the files
                raise
            except Exception as error:  # damaged files make the libraries raise anything
                raise damage(self.folder.path, f"{CHECKPOINTS}/{name}/{TRAINING}") from error
        self.started = time.perf_counter() - self.folder.state.seconds

    def train(self, learner: Learner, stop: threading.Event) -> Report:
        """Iterates until the budget is used, the target is reached or a stop is requested."""
        saved = self._seconds()
        if self.folder.state.last is None and not self._begin(learner, stop):
            self.tell("stopped")
            return self.report
        over = self._is_over() or self._is_at_target()
        while not over and not stop.is_set():
            self.tell("training")
            before = self._seconds()
            share = self.settings.budget.share(replace(self.report, seconds=before))
            iteration = self._iterated(learner, share)
            self._tell_faults(iteration)
            if not iteration.agent_steps:
                continue
            pace = iteration.agent_steps / max(self._seconds() - before, 1e-9)
            self._count(iteration, pace)
            over = self._is_over()
            is_due = over or self._is_validation_due(share)
            delays = self._validated(learner) if over or (is_due and not stop.is_set()) else None
            self._note(iteration, pace, delays)
            if delays is not None or self._seconds() - saved > SAVE_EVERY:
                self._save(learner, None if delays is None else delays.mean)
                saved = self._seconds()
            over = over or self._is_at_target()
        if self.report.iteration > self.folder.state.iteration:  # stopped early
            self._save(learner, None)
        self.tell("done" if over else "stopped")
        return self.report

    def _begin(self, learner: Learner, stop: threading.Event) -> bool:
        """Gives a new learner its start and validates the policy before the first iteration.

        It is saved if it does not begin at random, or is better than the target already.

        Returns:
            False if a stop was requested before the start was complete.
        """
        start = self.settings.start
        imitated = begin_learner(self.folder, learner, self.tell, stop) if start.is_warm else None
        if stop.is_set() and start.is_warm:
            return False
        if imitated is not None:
            self.report = replace(self.report, imitated=imitated, agent_steps=imitated.agent_steps)
        delays = self._validated(learner)
        self.log.rows.clear()
        self._note(Iteration(0, None, None, {}), None, delays)
        delay = None if delays is None else delays.mean
        if start.is_warm or (delay is not None and replace(self.report, best_delay=delay).is_reached):
            self._save(learner, delay)
        return True

    def _iterated(self, learner: Learner, share: float) -> Iteration:
        """The results of an iteration, in which the critic learns alone if the run has just begun."""
        if self.report.iteration < self.settings.start.critic_warmup:
            return learner.iterate(share, critic_alone=True)
        return learner.iterate(share)

    def _is_validation_due(self, before: float) -> bool:
        """Whether the policy is validated now, where a share of the budget was used before the last iteration."""
        now = self.settings.budget.share(self.report)
        return self.settings.validation.is_due(self.report.iteration, before, now)

    def _tell_faults(self, iteration: Iteration) -> None:
        """Reports what has happened to processes, and that the training waits if no runner is left."""
        number = self.report.iteration + 1
        faults = tuple(f"{fault} (iteration {number})" for fault in iteration.faults)
        if faults or not iteration.agent_steps:
            doing = self.report.doing if iteration.agent_steps else WAITING
            self.tell(doing, faults=self.report.faults + faults)

    def _is_over(self) -> bool:
        return self.settings.budget.is_spent(self.report)

    def _is_at_target(self) -> bool:
        """Whether the target, which ends the training, is reached."""
        return self.may_end_early and self.report.is_reached

    def _seconds(self) -> float:
        """Time [s] of training so far."""
        return time.perf_counter() - self.started

    def _count(self, iteration: Iteration, pace: float) -> None:
        """Adds an iteration to the report."""
        self.report = replace(
            self.report,
            iteration=self.report.iteration + 1,
            agent_steps=self.report.agent_steps + iteration.agent_steps,
            pace=pace,
            mean_return=iteration.mean_return,
            training_delay=iteration.training_delay,
            costs=iteration.costs,
            seconds=self._seconds(),
        )

    def _validated(self, learner: Learner) -> Delays | None:
        """Mean delays [s/veh] of the policy on the validation seeds. None if there is none to tell."""
        self.tell("validating")
        return validate(self.traffic, learner.policy(), self.settings.training)

    def _note(self, iteration: Iteration, pace: float | None, delays: Delays | None) -> None:
        """Writes a line of the table and updates the report."""
        done, seconds = self.report.iteration, self._seconds()
        row = progress_row(
            iteration, number=done, agent_steps=self.report.agent_steps, seconds=seconds, pace=pace, delays=delays
        )
        self.log.add(row)
        delay = self.report.delay if delays is None else delays.mean
        now = replace(self.report, seconds=seconds, delay=delay)
        self.report = replace(now, seconds_left=self.settings.budget.seconds_left(now))

    def _save(self, learner: Learner, delay: float | None) -> None:
        """Writes a checkpoint. It becomes the best one if its delay is the lowest so far."""
        best = self.folder.state.best_delay
        is_best = delay is not None and math.isfinite(delay) and (best is None or delay < best)
        state = replace(
            self.folder.state,
            iteration=self.report.iteration,
            agent_steps=self.report.agent_steps,
            seconds=self._seconds(),
            imitated=self.report.imitated,
            best_delay=delay if is_best else best,
        )
        self.folder.save_checkpoint(state, lambda folder: self._write(learner, folder), is_best=is_best)
        self.report = replace(self.report, best_delay=state.best_delay)

    def _write(self, learner: Learner, folder: Path) -> None:
        """Fills a checkpoint's folder."""
        policy, training = learner.policy(), self.settings.training
        facts = PolicyFacts(
            kind=policy.kind,
            algorithm=training.algorithm,
            interval=training.interval,
            observation=kept_name("observation", training.observation),
            architecture=policy.architecture(),
            action=training.action,
            longest_wait=training.longest_wait if training.action in OWN_MOMENTS else None,
            longest_green=training.longest_green,
        )
        write_policy(folder, facts, policy.arrays())
        (folder / TRAINING).mkdir()
        learner.save(folder / TRAINING)
