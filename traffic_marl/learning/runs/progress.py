"""Reports of a run in progress: to a watcher, to a table, and to TensorBoard."""

from collections.abc import Callable
from dataclasses import dataclass

from traffic_marl.learning.costs.costs import Costs
from traffic_marl.learning.iterations import Iteration
from traffic_marl.learning.runs.budget import Budget, Target
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import START_AT_RANDOM, Imitated
from traffic_marl.learning.runs.table import OF, ProgressRow
from traffic_marl.learning.runs.tensorboard import make_board
from traffic_marl.learning.runs.validation import Delays
from traffic_marl.learning.starting.start import Start

STOPPING = "stopping after this iteration"  # the step after a request to stop


@dataclass(frozen=True)
class Report:
    """Progress and results of a run."""

    doing: str  # "starting", "measuring ...", "training", "validating", STOPPING, and in the end "done" or "stopped"
    budget: Budget
    iteration: int = 0  # number of finished iterations
    agent_steps: int = 0  # sampled since the run was begun
    pace: float | None = None  # [agent-steps/s] of the last iteration, for sampling and learning together
    mean_return: float | None = None  # of the last iteration
    training_delay: float | None = None  # [s/veh] of the last iteration
    delay: float | None = None  # [s/veh] on the validation seeds, at the last validation
    best_delay: float | None = None  # [s/veh] the lowest of these
    classical: tuple[str, float] | None = None  # best classical strategy with its best parameters, mean delay [s/veh]
    start: Start = START_AT_RANDOM
    imitated: Imitated | None = None  # choices of a strategy that were learnt before the first iteration
    target: Target | None = None  # strategy to beat
    target_delay: float | None = None  # [s/veh] of that strategy on the same seeds
    costs: Costs | None = None  # of the last iteration
    faults: tuple[str, ...] = ()  # what has happened to processes of this training, in sentences
    seconds: float = 0.0  # [s] of training so far
    seconds_left: float | None = None  # [s] None: unknown

    @property
    def goal(self) -> float | None:
        """Mean delay [s/veh] on the validation seeds at which the training ends. None without a target."""
        if self.target is None or self.target_delay is None:
            return None
        return self.target.goal(self.target_delay)

    @property
    def is_reached(self) -> bool:
        """Whether the best policy beats the target by its margin."""
        return self.goal is not None and self.best_delay is not None and self.best_delay <= self.goal


Watch = Callable[[Report], None]


def ignore(report: Report) -> None:
    """Watches nothing."""


def progress_row(
    iteration: Iteration, *, number: int, agent_steps: int, seconds: float, pace: float | None, delays: Delays | None
) -> ProgressRow:
    """A line of the table."""
    row: ProgressRow = {
        "iteration": number,
        "agent_steps": agent_steps,
        "seconds": round(seconds, 3),
        "agent_steps_per_s": "" if pace is None else round(pace, 1),
        "mean_return": _cell(iteration.mean_return),
        "training_delay": _cell(iteration.training_delay),
        "validation_delay": "" if delays is None else delays.mean,
        "validation_delay_least": "" if delays is None else delays.least,
        "validation_delay_most": "" if delays is None else delays.most,
    }
    row |= {name: float(value) for name, value in iteration.scalars.items()}
    row |= {} if iteration.costs is None else iteration.costs.row()
    each = {} if delays is None else delays.each
    return row | {f"{OF}{name}": delay for name, delay in each.items()}


class Log:
    """Writes the lines of a run to its table and, if TensorBoard is installed, to its files."""

    def __init__(self, folder: RunFolder) -> None:
        self.rows = folder.progress()
        self._folder = folder
        self._board = make_board(folder)

    def add(self, row: ProgressRow) -> None:
        """Adds a line."""
        self.rows.append(row)
        self._folder.write_progress(self.rows)
        if self._board is not None:
            self._board.add(row)

    def close(self) -> None:
        """Closes TensorBoard's files."""
        if self._board is not None:
            self._board.close()


def _cell(value: float | None) -> float | str:
    return "" if value is None else float(value)
