"""RunFolder: the folder of a run with scenario, settings, progress and checkpoints, never half-written.

    scenario.json       scenario of the training
    settings.json       settings of training, budget and validation
    reward.py           copy of the file of the user's own reward, if there is one
    start/              weights that the training begins with, if they are not drawn
    observation.py      copy of the file of the user's own observation, if there is one
    versions.json       versions of the libraries
    state.json          progress of the run, names of its last and its best checkpoint, digests of their files
    progress.csv        one line for each iteration
    curve.png           the same as a picture, if matplotlib is installed
    events.out.*        the same for TensorBoard, if it is installed
    by_agent_steps/     the same again over the agent-steps
    .lock               held by the process that trains
    checkpoints/NAME/   policy.json and policy.npz with the policy, training/ with the state of the training

A checkpoint is written under another name, synced to the disk and then renamed. Then state.json is replaced, which
names it. Last, all checkpoints that state.json no longer names are removed. So state.json names complete checkpoints at
every moment.

A folder may come from anybody. No link in it is followed, no value is believed, and nothing in it is executed. Only
checkpoints and drafts of the program are ever removed.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Self

from traffic_marl.errors import FileError, ScenarioError, UsageError, one_line
from traffic_marl.files import (
    damage,
    digest_of,
    read_object,
    read_sealed,
    replace_text,
    sweep_drafts,
    sync_file,
)
from traffic_marl.files.folders import fill_folder
from traffic_marl.files.sealed import LARGEST_TEXT
from traffic_marl.learning.placing.placement import HERE
from traffic_marl.learning.policies import StoredPolicy, read_policy
from traffic_marl.learning.runs.checkpoints import (
    Digests,
    drop_checkpoints,
    ensure_folder,
    ensure_sound,
    name_of,
    write_checkpoint,
)
from traffic_marl.learning.runs.new_folder import (
    CHECKPOINTS,
    CURVE,
    PROGRESS,
    SCENARIO,
    SETTINGS,
    START,
    STATE,
    TRAINING,
    VERSIONS,
    ensure_new,
)
from traffic_marl.learning.runs.own_files import copy_own_files, ensure_kept, found, kept
from traffic_marl.learning.runs.state import FORMAT, TRIES, RunSettings, RunState, newer_state, read_state, too_fast
from traffic_marl.learning.runs.table import ProgressRow, from_csv, to_csv
from traffic_marl.scenario import Scenario


class RunFolder:
    """The folder of a run, made by `create` or `open_run`."""

    def __init__(self, path: Path, state: RunState) -> None:
        self.path = path
        self.state = state
        self.placement = HERE  # where it trains. It is not kept, because a run may go on elsewhere.
        self.is_trusted = False  # whether code and pickles in the folder may be executed
        self.named: frozenset[str] = frozenset()  # scenarios that the user has named: "scenario", "also"

    @classmethod
    def create(
        cls,
        path: Path,
        scenario: Scenario,
        settings: RunSettings,
        state: RunState,
        start: Mapping[str, bytes] | None = None,
    ) -> Self:
        """Makes the folder of a new run, without checkpoints.

        Args:
            path: of the folder.
            scenario: of the training.
            settings: of the run.
            state: of the run.
            start: content of the files with the weights that it begins with, by name.

        Raises:
            FileError: `path` exists already or cannot be written.
            UsageError: a file of the user's own needs other files beside it.
        """
        files = start or {}
        state = replace(state, start={name: digest_of(content) for name, content in files.items()})

        def fill(draft: Path) -> None:
            folder = cls(draft, state)
            for name, content in files.items():
                (draft / START).mkdir(exist_ok=True)
                (draft / START / name).write_bytes(content)
            (draft / CHECKPOINTS).mkdir()
            scenario.save(draft / SCENARIO)
            copy_own_files(settings.training, draft)
            folder.write_settings(settings)
            folder.write_state(state)

        ensure_new(path, "out")
        fill_folder(path, "out", fill)
        folder = cls(path, state)
        folder.scenario = scenario
        return folder

    @classmethod
    def open_run(cls, path: Path) -> Self:
        """The folder of an earlier run, or of one that is training.

        Raises:
            FileError: there is none, or it is damaged.
        """
        state = read_state(path)
        for _ in range(TRIES):
            try:
                for name in sorted({state.last, state.best} - {None}, key=str):
                    ensure_folder(path, str(name))
                return cls(path, state)
            except FileError as error:
                state = newer_state(path, state, error)
        raise too_fast(path)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario of the training, read once.

        Raises:
            FileError: its file is damaged.
        """
        try:
            return Scenario.model_validate(read_object(self.path, SCENARIO))
        except ScenarioError as error:
            raise damage(self.path, SCENARIO, f"is wrong: {str(error).partition(chr(10))[0]}") from error

    @cached_property
    def settings(self) -> RunSettings:
        """The settings of the run, read once.

        Raises:
            FileError: the file is damaged.
        """
        try:
            settings = RunSettings.from_json(read_object(self.path, SETTINGS))
            ensure_kept(settings.training)
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError, UsageError) as error:
            raise damage(self.path, SETTINGS) from error
        return replace(settings, training=found(settings.training, self.path))

    def write_settings(self, settings: RunSettings) -> None:
        """Replaces the settings."""
        content = replace(settings, training=kept(settings.training)).to_json()
        replace_text(self.path / SETTINGS, None, json.dumps(content, indent=1, allow_nan=False) + "\n")
        self.settings = settings

    def write_versions(self, versions: dict[str, str]) -> None:
        """Records the library versions."""
        replace_text(self.path / VERSIONS, None, json.dumps(versions, indent=1) + "\n")

    def versions(self) -> dict[str, str]:
        """The library versions of the last training. Empty if there was none.

        Raises:
            FileError: the file is damaged.
        """
        if not (self.path / VERSIONS).exists():
            return {}
        return {name: str(value) for name, value in read_object(self.path, VERSIONS).items()}

    def write_state(self, state: RunState) -> None:
        """Replaces the state of the run. The checkpoints that it names must exist."""
        content = {"format": FORMAT, **state.to_json()}
        replace_text(self.path / STATE, None, json.dumps(content, indent=1, allow_nan=False) + "\n")
        self.state = state

    def write_progress(self, rows: Sequence[ProgressRow]) -> None:
        """Replaces the table of iterations. It is synced to the disk with the next checkpoint."""
        replace_text(self.path / PROGRESS, None, to_csv(rows), is_synced=False)

    def progress(self) -> list[ProgressRow]:
        """The table of iterations up to the last checkpoint. A resumed run repeats the later ones.

        Raises:
            FileError: the file is damaged.
        """
        if not (self.path / PROGRESS).exists():
            return []
        content = read_sealed(self.path, PROGRESS, most=LARGEST_TEXT)
        try:
            rows = from_csv(content.decode("utf-8"))
        except ValueError as error:
            remedy = "use a copy, or remove the file to go on without the earlier lines"
            raise damage(self.path, PROGRESS, remedy=remedy) from error
        return [row for row in rows if int(row["iteration"]) <= self.state.iteration]

    def checkpoint(self, name: str) -> Path:
        """Folder of the checkpoint of this name."""
        return self.path / CHECKPOINTS / name

    def policy(self, name: str) -> StoredPolicy:
        """The policy in a checkpoint.

        Raises:
            FileError: a file is missing or damaged.
        """
        return read_policy(self.path, f"{CHECKPOINTS}/{name}", self.state.digests.get(name, {}))

    def training_state(self, name: str) -> Path:
        """Folder with the state of the training in a checkpoint, once its files are found sound.

        Raises:
            FileError: one is damaged.
        """
        ensure_sound(self.path, name, self.state.digests.get(name, {}), TRAINING)
        return self.checkpoint(name) / TRAINING

    def save_checkpoint(self, state: RunState, write: Callable[[Path], None], *, is_best: bool) -> None:
        """Writes a checkpoint, makes it the last one, and removes those that are neither last, former nor best.

        Args:
            state: of the run. Its names of checkpoints are replaced.
            write: fills the folder of the checkpoint.
            is_best: whether the checkpoint is also the best one.
        """
        name = name_of(state.iteration)
        digests = self.state.digests.get(name)
        try:
            if name not in (self.state.last, self.state.best):
                digests = write_checkpoint(self.checkpoint(name), write)
            self._sync_progress()
        except OSError as error:
            what = f"cannot be written: {error.strerror or error}"
            raise FileError(one_line(self.path), what, "make room on the disk") from error
        former = self.state.former if name == self.state.last else self.state.last
        best = name if is_best else self.state.best
        self._name_checkpoint(replace(state, last=name, former=former, best=best), name, digests or {})
        drop_checkpoints(self.path, self.state.checkpoints)

    def sweep(self) -> None:
        """Removes the drafts that killed processes have left. The caller holds the lock of the folder."""
        for name in (STATE, SETTINGS, SCENARIO, VERSIONS, PROGRESS, CURVE):
            sweep_drafts(self.path / name)
        drop_checkpoints(self.path, self.state.checkpoints)

    def _name_checkpoint(self, state: RunState, name: str, digests: Digests) -> None:
        """Writes a state that names a new checkpoint, with the digests of all checkpoints that it names."""
        known = {**self.state.digests, name: digests}
        in_use = {
            each: known[each] for each in (state.best, state.former, state.last) if each is not None and known.get(each)
        }
        self.write_state(replace(state, digests=in_use))

    def _sync_progress(self) -> None:
        """Syncs the table to the disk, because the state counts on its lines."""
        if (self.path / PROGRESS).is_file():
            sync_file(self.path / PROGRESS)
