"""RunFolder: the folder of a run with scenario, settings, progress and checkpoints, never half-written.

    scenario.json       scenario of the training
    settings.json       settings of training, budget and validation
    reward.py           copy of the file of the user's own reward, if there is one
    observation.py      copy of the file of the user's own observation, if there is one
    versions.json       versions of the libraries
    state.json          progress of the run, names of its last and its best checkpoint
    progress.csv        one line for each iteration
    curve.png           the same as a picture, if matplotlib is installed
    events.out.*        the same for TensorBoard, if it is installed
    .lock               held by the process that trains
    checkpoints/NAME/   policy.json and policy.npz with the policy, training/ with the state of the training

A checkpoint is written under another name and then renamed. Then state.json is replaced, which names it. Last, all
checkpoints that state.json no longer names are removed. So state.json names complete checkpoints at every moment.
"""

import csv
import io
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from traffic_marl.errors import FileError, UsageError
from traffic_marl.files import replace_text
from traffic_marl.learning.runs.new_folder import (
    CHECKPOINTS,
    PROGRESS,
    SCENARIO,
    SETTINGS,
    STATE,
    VERSIONS,
    make_folder,
    remove,
)
from traffic_marl.learning.runs.own_files import copy_own_files, found, kept
from traffic_marl.learning.runs.state import RunSettings, RunState
from traffic_marl.scenario import Scenario

FORMAT = 1  # of the folder. No other is read.

ProgressRow = dict[str, float | int | str]  # column to value; "" where there is none


class RunFolder:
    """The folder of a run, made by `create` or `open_run`."""

    def __init__(self, path: Path, state: RunState) -> None:
        self.path = path
        self.state = state

    @classmethod
    def create(cls, path: Path, scenario: Scenario, settings: RunSettings, state: RunState) -> Self:
        """Makes the folder of a new run, without checkpoints.

        Raises:
            FileError: `path` exists already or cannot be written.
            UsageError: a file of the user's own needs other files beside it.
        """

        def fill(draft: Path) -> None:
            folder = cls(draft, state)
            (draft / CHECKPOINTS).mkdir()
            scenario.save(draft / SCENARIO)
            copy_own_files(settings.training, draft)
            folder.write_settings(settings)
            folder.write_state(state)

        make_folder(path, "out", fill)
        folder = cls(path, state)
        folder.scenario = scenario
        return folder

    @classmethod
    def open_run(cls, path: Path) -> Self:
        """The folder of an earlier run.

        Raises:
            FileError: there is none, or it is damaged.
        """
        if not (path / STATE).is_file():
            what = "holds no run" if path.is_dir() else "does not exist"
            raise FileError(str(path), what, "give a folder made by `train --out`")
        content = _read(path / STATE)
        if content.pop("format", None) != FORMAT:
            raise FileError(
                str(path), f"is not a run of format {FORMAT}", "use the version of the program that trained it"
            )
        try:
            state = RunState.from_json(content)
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(path, STATE) from error
        folder = cls(path, state)
        for name in {state.last, state.best} - {None}:
            assert name is not None
            if not folder.checkpoint(name).is_dir():
                raise damaged(path, f"{CHECKPOINTS}/{name}")
        return folder

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario of the training, read once.

        Raises:
            TrafficError: its file is damaged, or names files that do not exist any more.
        """
        return Scenario.load(self.path / SCENARIO)

    @cached_property
    def settings(self) -> RunSettings:
        """The settings of the run, read once.

        Raises:
            FileError: the file is damaged.
        """
        try:
            settings = RunSettings.from_json(_read(self.path / SETTINGS))
            return replace(settings, training=found(settings.training, self.path))
        except (KeyError, TypeError, ValueError, UsageError) as error:
            raise damaged(self.path, SETTINGS) from error

    def write_settings(self, settings: RunSettings) -> None:
        """Replaces the settings."""
        content = replace(settings, training=kept(settings.training)).to_json()
        replace_text(self.path / SETTINGS, None, json.dumps(content, indent=1) + "\n")
        self.settings = settings

    def write_versions(self, versions: dict[str, str]) -> None:
        """Records the library versions."""
        replace_text(self.path / VERSIONS, None, json.dumps(versions, indent=1) + "\n")

    def write_state(self, state: RunState) -> None:
        """Replaces the state of the run. The checkpoints that it names must exist."""
        replace_text(self.path / STATE, None, json.dumps({"format": FORMAT, **state.to_json()}, indent=1) + "\n")
        self.state = state

    def write_progress(self, rows: Sequence[ProgressRow]) -> None:
        """Replaces the table of iterations."""
        columns = list(dict.fromkeys(column for row in rows for column in row))
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        replace_text(self.path / PROGRESS, None, text.getvalue())

    def progress(self) -> list[ProgressRow]:
        """The table of iterations up to the last checkpoint. A resumed run repeats the later ones.

        Raises:
            FileError: the file is damaged.
        """
        path = self.path / PROGRESS
        if not path.is_file():
            return []
        try:
            with path.open(newline="", encoding="utf-8") as file:
                rows = [{name: _number(value) for name, value in row.items()} for row in csv.DictReader(file)]
            return [row for row in rows if int(row["iteration"]) <= self.state.iteration]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise damaged(self.path, PROGRESS) from error

    def checkpoint(self, name: str) -> Path:
        """Folder of the checkpoint of this name."""
        return self.path / CHECKPOINTS / name

    def save_checkpoint(self, state: RunState, write: Callable[[Path], None], *, is_best: bool) -> None:
        """Writes a checkpoint, makes it the last one, and removes those that are neither last nor best.

        Args:
            state: of the run. Its names of checkpoints are replaced.
            write: fills the folder of the checkpoint.
            is_best: whether the checkpoint is also the best one.
        """
        name = f"iteration_{state.iteration:06d}"
        draft, target = self.checkpoint(f".{name}.{os.getpid()}"), self.checkpoint(name)
        try:
            remove(draft)
            draft.mkdir(parents=True)
            write(draft)
            if name not in (self.state.last, self.state.best):
                remove(target)  # left by a run that was killed before state.json named it
                os.replace(draft, target)
        except OSError as error:
            raise FileError(
                str(self.path), f"cannot be written: {error.strerror or error}", "make room on the disk"
            ) from error
        finally:
            remove(draft)
        self.write_state(replace(state, last=name, best=name if is_best else self.state.best))
        self._drop_others()

    def _drop_others(self) -> None:
        for folder in (self.path / CHECKPOINTS).iterdir():
            if folder.name not in (self.state.last, self.state.best):
                remove(folder)


def damaged(path: Path, name: str) -> FileError:
    """The error for a folder of a run in which a file is missing or unreadable."""
    return FileError(str(path), f"is damaged: {name} is missing or unreadable", "train again, or use a copy")


def _read(path: Path) -> dict[str, Any]:
    """The JSON object in a file of a run."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path.parent, path.name) from error
    if not isinstance(content, dict):
        raise damaged(path.parent, path.name)
    return content


def _number(text: str) -> float | int | str:
    """The value of a cell of the table."""
    if not text:
        return ""
    return int(text) if text.lstrip("-").isdigit() else float(text)
