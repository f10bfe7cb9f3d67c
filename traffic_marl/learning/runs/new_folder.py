"""New folders of runs: the names of their files, and a check that tells what else to do with a run that is there."""

import shlex
from pathlib import Path

from traffic_marl.errors import FileError
from traffic_marl.files.folders import ensure_absent
from traffic_marl.program import program
from traffic_marl.reading import ensure_nameable

STATE, SETTINGS, SCENARIO, VERSIONS = "state.json", "settings.json", "scenario.json", "versions.json"
PROGRESS, CURVE, CHECKPOINTS = "progress.csv", "curve.png", "checkpoints"
BY_AGENT_STEPS = "by_agent_steps"  # folder of TensorBoard's figures over the agent-steps
START = "start"  # folder with the weights that a training begins with, if they are not drawn
TRAINING = "training"  # folder in a checkpoint: the state of the training, written by the learner


def ensure_new(path: Path, flag: str) -> None:
    """Checks that the folder of a new run can be made.

    Args:
        path: of the folder.
        flag: the flag or argument that holds it, for messages.

    Raises:
        FileError: it exists already and is not an empty folder. Of a run the error says how to continue.
    """
    ensure_nameable(path, flag)
    if (path / STATE).is_file():
        command = f"{program()} train --resume --out {shlex.quote(str(path))}"
        remedy = f"name another folder, or continue with: {command}" if flag == "out" else "name another folder"
        raise FileError(flag, f"{path} already holds a run", remedy)
    ensure_absent(path, flag)
