"""A run of a sweep, trained in a process of Ray Tune."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import ray
from ray import tune

from traffic_marl.errors import ProcessError, TrafficError
from traffic_marl.learning.curves.reading import MEAN
from traffic_marl.learning.runs.budget import Budget
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.progress import Report
from traffic_marl.learning.sweeps.results import validated_rows
from traffic_marl.learning.train import run_training
from traffic_marl.remarks import silence_warnings

RUN, TRUST, BELL = "run", "trust", "bell"  # keys in the configuration of a trial
SHARE, DELAY, AGENT_STEPS, FAILED = "share", "delay", "agent_steps", "failed"  # keys of what a trial reports
PERCENT = 100.0  # of the budget, as Tune's scheduler counts it


@ray.remote(num_cpus=0)
class Bell:
    """Rings once in all processes of a sweep: each run saves, and ends after its present iteration."""

    def __init__(self) -> None:
        self._rings = False

    def ring(self) -> None:
        """Asks all runs to stop."""
        self._rings = True

    def rings(self) -> bool:
        """Whether the runs are asked to stop."""
        return self._rings


def train_run(config: Mapping[str, Any]) -> None:
    """Trains a run in its folder. Reports its earlier validations again, and each new one once it is saved.

    Raises:
        ProcessError: a process of the training has died, after which Tune begins again at the last checkpoint.
    """
    silence_warnings()  # because the process that began the sweep has told the remarks
    try:
        folder = RunFolder.open_run(Path(config[RUN]))
        folder.is_trusted = config[TRUST]
        for validation in validations(folder):
            tune.report(validation)
        stop = Event()
        run_training(folder, Reporter(config[BELL], stop), stop)
    except ProcessError:
        raise
    except TrafficError as error:
        tune.report({FAILED: str(error)})


def validations(folder: RunFolder) -> Iterator[dict[str, Any]]:
    """The validations of a run so far, without the one before its first iteration."""
    for row in validated_rows(folder):
        progress = Reached(int(row["iteration"]), int(row["agent_steps"]), float(row["seconds"] or 0.0))
        if progress.iteration > 0:
            yield told(folder.settings.budget, progress, float(row[MEAN]))


@dataclass(frozen=True)
class Reached:
    """The progress of a run at a validation."""

    iteration: int
    agent_steps: int
    seconds: float  # [s]


def told(budget: Budget, progress: Reached | Report, delay: float) -> dict[str, Any]:
    """What Tune is told of a validation."""
    return {SHARE: PERCENT * budget.share(progress), DELAY: delay, AGENT_STEPS: progress.agent_steps}


class Reporter:
    """Watches a training: reports each validation to Tune once its checkpoint is written, and listens to the bell."""

    def __init__(self, bell: Any, stop: Event) -> None:
        self._bell = bell
        self._stop = stop
        self._has_validated = False

    def __call__(self, report: Report) -> None:
        """Takes a report of the training. Tune ends the thread here if it stops the run."""
        if report.doing == "validating":
            self._has_validated = True
            return
        if self._has_validated and report.doing in ("training", "done", "stopped"):
            self._has_validated = False
            if report.iteration > 0 and report.delay is not None:
                tune.report(told(report.budget, report, report.delay))
        if report.doing == "training" and ray.get(self._bell.rings.remote()):
            self._stop.set()
