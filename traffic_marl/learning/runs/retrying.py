"""Reading of a run while another process may train in it and replace its checkpoints."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from traffic_marl.errors import FileError
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import TRIES, newer_state, too_fast

Result = TypeVar("Result")


def while_training(path: Path, read: Callable[[RunFolder], Result]) -> Result:
    """What `read` gives for a run. It is called again with the new state if a training replaces a checkpoint meanwhile.

    Raises:
        FileError: there is no run, or it is damaged.
    """
    for _ in range(TRIES):
        folder = RunFolder.open_run(path)
        try:
            return read(folder)
        except FileError as error:
            newer_state(path, folder.state, error)
    raise too_fast(path)
