"""New folders of runs: the names of their files, and folders that are filled before they get their name."""

import shlex
from collections.abc import Callable
from pathlib import Path

from traffic_marl.errors import FileError
from traffic_marl.files.folders import fill_folder
from traffic_marl.program import program
from traffic_marl.reading import ensure_nameable

STATE, SETTINGS, SCENARIO, VERSIONS = "state.json", "settings.json", "scenario.json", "versions.json"
PROGRESS, CURVE, CHECKPOINTS = "progress.csv", "curve.png", "checkpoints"
BY_AGENT_STEPS = "by_agent_steps"  # folder of TensorBoard's figures over the agent-steps
START = "start"  # folder with the weights that a training begins with, if they are not drawn
TRAINING = "training"  # folder in a checkpoint: the state of the training, written by the learner


def ensure_new(path: Path, flag: str) -> None:
    """Checks that a new folder can be made.

    Args:
        path: of the folder.
        flag: the flag or argument that holds it, for messages.

    Raises:
        FileError: it exists already and is not an empty folder.
    """
    ensure_nameable(path, flag)
    if path.is_dir() and not any(path.iterdir()):
        return
    if (path / STATE).is_file():
        command = f"{program()} train --resume --out {shlex.quote(str(path))}"
        remedy = f"name another folder, or continue with: {command}" if flag == "out" else "name another folder"
        raise FileError(flag, f"{path} already holds a run", remedy)
    if path.exists() or path.is_symlink():
        raise FileError(flag, f"{path} already exists", "name another folder")


def make_folder(path: Path, flag: str, fill: Callable[[Path], None]) -> None:
    """Fills a draft beside `path` and then renames it. Folders above `path` are made.

    Raises:
        FileError: there is something at `path` already, or it cannot be written.
    """
    ensure_new(path, flag)
    fill_folder(path, flag, fill)
