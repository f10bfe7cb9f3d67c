"""A run of a sweep, trained in a process of Ray Tune."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

import ray
from ray import tune

from traffic_marl.errors import ProcessError, TrafficError
from traffic_marl.learning.curves.reading import MEAN
from traffic_marl.learning.rllib.trials.keeper import SendBack, folder_here
from traffic_marl.learning.runs.budget import Budget
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.progress import Report
from traffic_marl.learning.sweeps.results import validated_rows
from traffic_marl.learning.train import run_training
from traffic_marl.remarks import silence_warnings
from traffic_marl.tasks import ensure_same

RUN, TRUST, JUDGED, KEEPER, NODE = "run", "trust", "judged", "keeper", "node"  # keys in the configuration of a trial
RUNG = "rung"  # the same as SHARE, reported by runs that the scheduler may stop
SHARE, DELAY, AGENT_STEPS, FAILED = "share", "delay", "agent_steps", "failed"  # keys of what a trial reports
PERCENT = 100.0  # of the budget, as Tune's scheduler counts it


def train_run(config: Mapping[str, Any]) -> None:
    """Trains a run in its folder. Reports its earlier validations again, and each new one once it is saved.

    Raises:
        ProcessError: a process of the training has died, after which Tune begins again at the last checkpoint.
    """
    silence_warnings()  # because the process that began the sweep has told the remarks
    try:
        with folder_here(config[KEEPER], config[RUN], config[NODE]) as (path, send_back):
            folder = RunFolder.open_run(path)
            folder.is_trusted = config[TRUST]
            ensure_same(folder.scenario, str(folder.state.scenario))
            for validation in validations(folder):
                report(validation, is_judged=config[JUDGED])
            stop = Event()
            run_training(folder, Reporter(config[KEEPER], stop, send_back, is_judged=config[JUDGED]), stop)
            send_back()
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


def report(validation: dict[str, Any], *, is_judged: bool) -> None:
    """Tells Tune of a validation. Tune ends the thread here if it stops the run."""
    tune.report({**validation, RUNG: validation[SHARE]} if is_judged else validation)


class Reporter:
    """Watches a training: reports each validation to Tune once its checkpoint is written, and asks when to stop."""

    def __init__(self, keeper: Any, stop: Event, send_back: SendBack, *, is_judged: bool) -> None:
        self._keeper = keeper
        self._stop = stop
        self._send_back = send_back
        self._is_judged = is_judged
        self._has_validated = False

    def __call__(self, news: Report) -> None:
        """Takes a report of the training. Tune ends the thread here if it stops the run."""
        if news.doing == "validating":
            self._has_validated = True
            return
        if self._has_validated and news.doing in ("training", "done", "stopped"):
            self._has_validated = False
            if news.iteration > 0 and news.delay is not None:
                self._send_back()
                report(told(news.budget, news, news.delay), is_judged=self._is_judged)
        if news.doing == "training" and ray.get(self._keeper.is_stopping.remote()):
            self._stop.set()
