"""The figures of a run for TensorBoard: over the iterations, over the agent-steps, and the settings beside them."""

import threading
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

from traffic_marl.files.writing import refusal
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import BY_AGENT_STEPS
from traffic_marl.learning.runs.table import COUNTS, OF, ProgressRow

WRITER = "tensorboard.summary.writer.event_file_writer"  # module of the thread that writes
PLAIN = (*COUNTS, "seconds")  # columns that are no figures of the training
RESULTS = "validation_delay", "training_delay", "mean_return"  # figures shown beside the hyperparameters


class Board:
    """Writes the lines of a run to TensorBoard's files. It discards the lines after the last checkpoint.

    TensorBoard draws over one count of steps. So the folder itself holds the figures by iteration. A folder in it holds
    the same figures by agent-steps, and TensorBoard shows it as a run of its own.
    """

    def __init__(self, folder: RunFolder) -> None:
        from torch.utils.tensorboard import SummaryWriter

        state, path = folder.state, folder.path
        self._path = path
        self._former_hook, threading.excepthook = threading.excepthook, self._note_end
        self._by_iteration: Any = SummaryWriter(str(path), purge_step=state.iteration + 1)
        self._by_agent_steps = SummaryWriter(str(path / BY_AGENT_STEPS), purge_step=state.agent_steps + 1)
        self._write_hyperparameters(folder)

    def add(self, row: ProgressRow) -> None:
        """Adds a line. Empty cells and the delays of single seeds are left out.

        Raises:
            FileError: it cannot be written.
        """
        named = {name: value for name, value in row.items() if name not in PLAIN and not name.startswith(OF)}
        figures = {name: value for name, value in named.items() if value != ""}
        try:
            self._add(row, figures)
        except OSError as error:
            raise refusal(None, self._path, error) from error

    def _add(self, row: ProgressRow, figures: ProgressRow) -> None:
        for name, value in figures.items():
            self._by_iteration.add_scalar(name, value, row["iteration"])
            self._by_agent_steps.add_scalar(name, value, row["agent_steps"])
        self._by_iteration.add_scalar("agent_steps", row["agent_steps"], row["iteration"])
        self._by_iteration.flush()
        self._by_agent_steps.flush()

    def close(self) -> None:
        """Closes the files. A file that could not be written was told before, or its last figures are lost."""
        for writer in (self._by_iteration, self._by_agent_steps):
            with suppress(OSError):
                writer.close()
        threading.excepthook = self._former_hook

    def _note_end(self, ending: threading.ExceptHookArgs) -> None:
        """Prints the error that has ended a thread, unless TensorBoard's thread raises it again in ours."""
        if not isinstance(ending.exc_value, OSError) or type(ending.thread).__module__ != WRITER:
            self._former_hook(ending)

    def _write_hyperparameters(self, folder: RunFolder) -> None:
        """Writes all settings, so that TensorBoard can compare runs by them."""
        from torch.utils.tensorboard.summary import hparams

        make: Any = hparams
        for summary in make(hyperparameters(folder), dict.fromkeys(RESULTS, 0.0)):
            self._by_iteration.file_writer.add_summary(summary)


def hyperparameters(folder: RunFolder) -> dict[str, bool | int | float | str]:
    """The scenario and the settings of a run by name, as values that TensorBoard shows."""
    settings = folder.settings
    traffic = folder.scenario.name if settings.federation is None else settings.federation.traffic
    found: dict[str, Any] = {"scenario": traffic, "budget": str(settings.budget)}
    for name, value in settings.training.to_json().items():
        found[name] = value if isinstance(value, bool | int | float | str) else _written(value)
    return found


def make_board(folder: RunFolder) -> Board | None:
    """A board for the run, None if TensorBoard is not installed."""
    missing = find_spec("torch") is None or find_spec("tensorboard") is None
    return None if missing else Board(folder)


def _written(value: list[Any] | None) -> str:
    """A list with commas, and a setting without a value as a word."""
    return "default" if value is None else ",".join(map(str, value))
