"""A run's folder: what was trained on what, how it went, and its checkpoints; never half-written.

    scenario.json       what it was trained on
    settings.json       how, for how long, and how it is judged meanwhile
    versions.json       with which versions of what
    state.json          where it stands, and which checkpoints are its last and its best
    progress.csv        one line an iteration
    curve.png           the same as a picture, where matplotlib is installed
    events.out.*        the same for TensorBoard, where it is installed
    .lock               held by the process that trains
    checkpoints/NAME/   policy.json, policy.npz: all that using the policy needs; training/: all that going on needs

A checkpoint is written under another name and renamed; then state.json, which names it, is replaced; then checkpoints
that it no longer names are removed. So at every moment state.json names checkpoints that are complete.
"""

import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from traffic_marl.errors import FileError, UsageError
from traffic_marl.files import replace_text
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario

FORMAT = 1  # of the folder; a reader of this one reads no other
STATE, SETTINGS, SCENARIO, VERSIONS = "state.json", "settings.json", "scenario.json", "versions.json"
PROGRESS, CURVE, CHECKPOINTS = "progress.csv", "curve.png", "checkpoints"
TRAINING = "training"  # within a checkpoint: what going on needs, in the form that the learner chose

ProgressRow = dict[str, float | int | str]  # column to value; "" where there is none


@dataclass(frozen=True)
class RunState:
    """Where a run stands; the counts are those of its last checkpoint."""

    iteration: int = 0
    agent_steps: int = 0
    seconds: float = 0.0  # [s] of training and validation
    last: str | None = None  # name of the newest checkpoint
    best: str | None = None  # name of the checkpoint with the least mean delay on the validation seeds
    best_delay: float | None = None  # [s/veh] that delay
    validation_seeds: tuple[int, ...] = ()
    also: tuple[str, ...] = ()  # hashes of the further scenarios when the run began
    classical: tuple[tuple[str, float], ...] = ()  # strategy, mean delay [s/veh] on the validation seeds; best first


@dataclass(frozen=True)
class RunSettings:
    """How a run is done: what is trained how, for how long, and how it is judged meanwhile."""

    training: TrainingSettings
    budget: Budget
    validation: Validation

    def to_json(self) -> dict[str, Any]:
        """The settings as plain values."""
        parts = {"budget": asdict(self.budget), "validation": asdict(self.validation)}
        return {"training": self.training.to_json(), **parts}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Settings from plain values; KeyError, TypeError or UsageError if they are none."""
        budget, validation = Budget(**values["budget"]), Validation(**values["validation"])
        return cls(TrainingSettings.from_json(values["training"]), budget, validation)


class RunFolder:
    """One run's folder on disk. `create` and `open_run` make these."""

    def __init__(self, path: Path, state: RunState) -> None:
        self.path = path
        self.state = state

    @classmethod
    def create(cls, path: Path, scenario: Scenario, settings: RunSettings, state: RunState) -> Self:
        """A new run's folder, without checkpoints.

        Raises:
            FileError: there is something at `path` already, or it cannot be written to.
        """

        def fill(draft: Path) -> None:
            folder = cls(draft, state)
            (draft / CHECKPOINTS).mkdir()
            scenario.save(draft / SCENARIO)
            folder.write_settings(settings)
            folder.write_state(state)

        make_folder(path, "--out", fill)
        return cls(path, state)

    @classmethod
    def open_run(cls, path: Path) -> Self:
        """The folder of a run that is there already.

        Raises:
            FileError: there is none, or it is damaged.
        """
        if not (path / STATE).is_file():
            what = "holds no run" if path.is_dir() else "is not there"
            raise FileError(str(path), what, "give the folder that `train --out` made")
        content = _read(path / STATE)
        if content.pop("format", None) != FORMAT:
            raise FileError(str(path), f"is not a run of format {FORMAT}", "use the version that trained it")
        try:
            state = _state(content)
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(path, STATE) from error
        folder = cls(path, state)
        for name in {state.last, state.best} - {None}:
            assert name is not None
            if not folder.checkpoint(name).is_dir():
                raise damaged(path, f"{CHECKPOINTS}/{name}")
        return folder

    def scenario(self) -> Scenario:
        """What the run was trained on.

        Raises:
            TrafficError: its file is damaged, or names files that are gone.
        """
        return Scenario.load(self.path / SCENARIO)

    def settings(self) -> RunSettings:
        """How the run is done.

        Raises:
            FileError: the file is damaged.
        """
        try:
            return RunSettings.from_json(_read(self.path / SETTINGS))
        except (KeyError, TypeError, ValueError, UsageError) as error:
            raise damaged(self.path, SETTINGS) from error

    def write_settings(self, settings: RunSettings) -> None:
        """Replaces what the folder says of how the run is done."""
        replace_text(self.path / SETTINGS, None, json.dumps(settings.to_json(), indent=1) + "\n")

    def write_versions(self, versions: dict[str, str]) -> None:
        """Notes with which versions of what the run is trained."""
        replace_text(self.path / VERSIONS, None, json.dumps(versions, indent=1) + "\n")

    def write_state(self, state: RunState) -> None:
        """Replaces what the folder says of where the run stands; the checkpoints named must be there."""
        replace_text(self.path / STATE, None, json.dumps({"format": FORMAT, **asdict(state)}, indent=1) + "\n")
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
        """The table of iterations up to the last checkpoint; those after it are done anew when the run goes on.

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
        """Has `write` fill a folder, makes it the last checkpoint, and drops those that no longer count.

        Args:
            state: where the run stands; its names of checkpoints are replaced here.
            write: fills the folder whose path it is given.
            is_best: whether it is the best checkpoint as well.
        """
        name = f"iteration_{state.iteration:06d}"
        draft, target = self.checkpoint(f".{name}.{os.getpid()}"), self.checkpoint(name)
        try:
            _remove(draft)
            draft.mkdir(parents=True)
            write(draft)
            if name not in (self.state.last, self.state.best):
                _remove(target)  # left by a run that was killed before it could name it
                os.replace(draft, target)
        except OSError as error:
            raise FileError(str(self.path), f"cannot be written: {error.strerror or error}", "make room") from error
        finally:
            _remove(draft)
        self.write_state(replace(state, last=name, best=name if is_best else self.state.best))
        self._drop_others()

    def _drop_others(self) -> None:
        for folder in (self.path / CHECKPOINTS).iterdir():
            if folder.name not in (self.state.last, self.state.best):
                _remove(folder)


def ensure_new(path: Path, flag: str) -> None:
    """Checks that a run's folder can be made at `path`, which the user called `flag`.

    Raises:
        FileError: there is a file or a folder with something in it.
    """
    if path.is_dir() and not any(path.iterdir()):
        return
    if (path / STATE).is_file():
        remedy = "go on with it by --resume, or name another folder" if flag == "--out" else "name another folder"
        raise FileError(flag, f"{path} holds a run already", remedy)
    if path.exists() or path.is_symlink():
        raise FileError(flag, f"{path} is there already", "name another folder")


def make_folder(path: Path, flag: str, fill: Callable[[Path], None]) -> None:
    """Has `fill` fill a draft beside `path` and puts it in place in one go; folders above it are made.

    Raises:
        FileError: there is something at `path` already, or it cannot be written.
    """
    ensure_new(path, flag)
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        fill(draft)
        os.replace(draft, target)
    except OSError as error:
        what = f"{path} cannot be written ({error.strerror or error})"
        raise FileError(flag, what, "name a folder elsewhere") from error
    finally:
        _remove(draft)


def damaged(path: Path, name: str) -> FileError:
    """The error for a run's folder in which something is missing or unreadable."""
    return FileError(str(path), f"is damaged: {name} is missing or not what was written", "train again, or use a copy")


def _read(path: Path) -> dict[str, Any]:
    """A JSON object from a file of a run."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path.parent, path.name) from error
    if not isinstance(content, dict):
        raise damaged(path.parent, path.name)
    return content


def _state(content: dict[str, Any]) -> RunState:
    """The state written in a folder; KeyError, TypeError or ValueError if it is not one."""
    return RunState(
        iteration=int(content["iteration"]),
        agent_steps=int(content["agent_steps"]),
        seconds=float(content["seconds"]),
        last=_optional(str, content["last"]),
        best=_optional(str, content["best"]),
        best_delay=_optional(float, content["best_delay"]),
        validation_seeds=tuple(int(seed) for seed in content["validation_seeds"]),
        also=tuple(str(each) for each in content.get("also", ())),
        classical=tuple((str(label), float(delay)) for label, delay in content["classical"]),
    )


def _optional(kind: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else kind(value)


def _number(text: str) -> float | int | str:
    """What a cell of the table holds; empty where it holds nothing."""
    if not text:
        return ""
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
