"""Training that begins again from its last checkpoint after the loss of a process that it cannot do without."""

from collections.abc import Callable
from contextlib import closing, nullcontext
from threading import Event

from traffic_marl.learning.iterations import Learner, LostProcessError
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.loop import TrainingRun
from traffic_marl.learning.runs.progress import STOPPING, Log, Report, Watch
from traffic_marl.learning.runs.stopping import stop_requests

MOST = 3  # times in a row that a training begins again without a new checkpoint


def train_through_losses(
    folder: RunFolder, watch: Watch, make: Callable[[], Learner], stop: Event | None = None
) -> Report:
    """Trains as `TrainingRun` does. After the loss of a process it goes on from the last checkpoint.

    What was learnt since that checkpoint is learnt again, as in a run that is resumed. Runners need no such thing: the
    learner goes on without those that are lost.

    Args:
        folder: of the run. The caller holds its lock.
        watch: called with a report before and after every step.
        make: makes a learner.
        stop: asks for the end after the present iteration, in place of Ctrl-C and SIGTERM.

    Returns:
        The last report.

    Raises:
        LostProcessError: a process is lost before training, after a request to stop, or again and again.
        TrafficError: anything that a training raises.
    """
    faults: tuple[str, ...] = ()
    checkpoint, losses = folder.state.last, 0
    while True:
        with closing(Log(folder)) as log:
            run = TrainingRun(folder, log, watch, faults)
            try:
                return _trained(run, make, stop)
            except LostProcessError as error:
                losses = losses + 1 if folder.state.last == checkpoint else 1
                if not run.started or run.report.doing == STOPPING or losses > MOST:
                    raise
                checkpoint = folder.state.last
                lost_at = f"iteration {run.report.iteration + 1}"
                faults = (*run.report.faults, f"{error}, back to iteration {folder.state.iteration} ({lost_at})")


def _trained(run: TrainingRun, make: Callable[[], Learner], stop: Event | None) -> Report:
    """The last report of a run, whose learner is closed."""
    run.measure_classical()
    run.measure_target()
    run.tell("starting")
    with closing(make()) as learner:
        run.restore(learner, is_trusted=run.folder.is_trusted)
        with stop_requests(lambda: run.tell(STOPPING)) if stop is None else nullcontext(stop) as asked:
            return run.train(learner, asked)
