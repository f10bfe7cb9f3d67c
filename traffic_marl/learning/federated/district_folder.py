"""The folder of a district on its own machine: its scenario, its table, and the states of its training.

    scenario.json       the scenario, as the district has it
    state.json          hash of the scenario, digests of the files of its states, number of updates that have left
    progress.csv        one line for each round and each validation of the district
    checkpoints/NAME/   the state of the training after a round: the last one and the one before

The one who averages names the state to go on from. A round that was interrupted while states were written is named in
some districts and not in others, so each keeps the last two. Updates are counted before they leave, also those of
rounds that are trained again after an interruption, because each tells something about the data.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from traffic_marl.checks import whole_number
from traffic_marl.errors import FileError, UsageError, one_line
from traffic_marl.files import damage, ensure_plain, read_object, read_sealed, replace_text
from traffic_marl.files.sealed import LARGEST_TEXT
from traffic_marl.learning.runs.checkpoints import (
    Digests,
    drop_checkpoints,
    ensure_folder,
    ensure_sound,
    name_of,
    write_checkpoint,
)
from traffic_marl.learning.runs.new_folder import CHECKPOINTS, PROGRESS, SCENARIO, STATE, TRAINING
from traffic_marl.learning.runs.state import DIGEST, PART
from traffic_marl.learning.runs.table import ProgressRow, from_csv, to_csv
from traffic_marl.scenario import Scenario

KEPT = 2  # states


class DistrictFolder:
    """The folder of a district, made by `create` or `open_folder`."""

    def __init__(self, path: Path, scenario: str, digests: Mapping[str, Digests]) -> None:
        self.path = path
        self.scenario = scenario  # hash
        self.digests = dict(digests)  # of the files of each state, by its name
        self.updates = 0  # that have left the district
        self.rows: list[ProgressRow] = []

    @classmethod
    def create(cls, path: Path, scenario: Scenario) -> "DistrictFolder":
        """Makes the folder of a district. What a training that was killed in its first minute has left is replaced.

        Raises:
            FileError: it holds a district with another scenario, or it cannot be written.
        """
        ensure_plain(path.parent, f"{path.name}/{STATE}")
        former = cls._read(path) if (path / STATE).exists() else None
        if former is not None and former.scenario != scenario.hash():
            what = "already holds a district with another scenario"
            raise FileError(one_line(path), what, "remove it, or name another folder for the run")
        try:
            path.mkdir(parents=True, exist_ok=True)
            scenario.save(path / SCENARIO)
        except OSError as error:
            raise _unwritable(path, error) from error
        folder = cls(path, scenario.hash(), {})
        folder.updates = 0 if former is None else former.updates
        folder._write_state()
        drop_checkpoints(path, ())
        return folder

    @classmethod
    def open_folder(cls, path: Path, scenario: Scenario) -> "DistrictFolder":
        """The folder of a district that goes on.

        Raises:
            FileError: there is none on this machine, or it is damaged.
            UsageError: the district has another scenario now.
        """
        if not (path / STATE).is_file():
            remedy = "resume where the district's machine is the same, or begin another run"
            raise FileError(one_line(path), "holds no district on this machine", remedy)
        folder = cls._read(path)
        if folder.scenario != scenario.hash():
            what = f"the scenario of {one_line(path)}, or a file that it names, has changed since the run was begun"
            raise UsageError("districts", what, "restore it, or begin another run")
        folder.rows = folder._read_rows()
        return folder

    @classmethod
    def _read(cls, path: Path) -> "DistrictFolder":
        """The folder as its state says, without its table.

        Raises:
            FileError: the state is damaged.
        """
        state = read_object(path, STATE)
        try:
            folder = cls(path, str(state["scenario"]), {str(k): _checked(v) for k, v in state["digests"].items()})
            folder.updates = whole_number("updates", state["updates"], 0)
        except (KeyError, TypeError, ValueError, AttributeError, UsageError) as error:
            raise damage(path, STATE) from error
        return folder

    def count_update(self) -> int:
        """Counts an update that is about to leave the district. The count is on the disk before it does."""
        self.updates += 1
        self._write_state()
        return self.updates

    def _read_rows(self) -> list[ProgressRow]:
        """The lines of the table.

        Raises:
            FileError: it is damaged.
        """
        if not (self.path / PROGRESS).exists():
            return []
        try:
            return from_csv(read_sealed(self.path, PROGRESS, most=LARGEST_TEXT).decode("utf-8"))
        except ValueError as error:
            raise damage(self.path, PROGRESS, remedy="use a copy, or remove the file") from error

    def note(self, row: ProgressRow) -> None:
        """Writes a line of the table. A line of the same round is filled in."""
        if self.rows and self.rows[-1]["iteration"] == row["iteration"]:
            self.rows[-1] = {**self.rows[-1], **row}
        else:
            self.rows.append(row)
        replace_text(self.path / PROGRESS, None, to_csv(self.rows), is_synced=False)

    def save(self, number: int, write: Callable[[Path], None]) -> None:
        """Writes the state after a round, and removes those before the last one.

        Raises:
            FileError: it cannot be written.
        """
        name = name_of(number)

        def fill(draft: Path) -> None:
            (draft / TRAINING).mkdir()
            write(draft / TRAINING)

        try:
            digests = write_checkpoint(self.path / CHECKPOINTS / name, fill)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self.digests = {**{each: files for each, files in self.digests.items() if each < name}, name: digests}
        self.digests = {each: self.digests[each] for each in sorted(self.digests)[-KEPT:]}
        self._write_state()
        drop_checkpoints(self.path, self.digests)

    def state_of(self, number: int) -> Path:
        """Folder with the state after a round, once its files are found sound. Later lines of the table are dropped.

        Raises:
            FileError: it is missing or damaged.
        """
        name = name_of(number)
        if name not in self.digests:
            what = f"holds no state of round {number}"
            raise FileError(one_line(self.path), what, "resume where the district's machine is the same")
        ensure_folder(self.path, name)
        ensure_sound(self.path, name, self.digests[name], TRAINING)
        self.rows = [row for row in self.rows if int(row["iteration"]) <= number]
        return self.path / CHECKPOINTS / name / TRAINING

    def _write_state(self) -> None:
        content: dict[str, Any] = {
            "scenario": self.scenario,
            "digests": self.digests,
            "updates": self.updates,
        }
        replace_text(self.path / STATE, None, json.dumps(content, indent=1) + "\n")


def _checked(files: Mapping[Any, Any]) -> Digests:
    """Digests by name of the file, of which none leads out of its folder.

    Raises:
        TypeError, ValueError: one does, or is no digest.
    """
    for name, digest in files.items():
        if PART.fullmatch(name) is None or DIGEST.fullmatch(digest) is None:
            raise ValueError(f"{name} is no file of a state")
    return dict(files)


def _unwritable(path: Path, error: OSError) -> FileError:
    return FileError(one_line(path), f"cannot be written: {error.strerror or error}", "make room on the disk")
