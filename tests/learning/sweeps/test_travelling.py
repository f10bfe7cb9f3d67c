"""Folders of runs that travel to another machine and back."""

import pytest

from tests.helpers.made_up_runs import SMALL, empty_table, made_up_run
from traffic_marl.errors import FileError
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.sweeps import travelling
from traffic_marl.learning.sweeps.travelling import packed, unpack


@pytest.fixture
def run(tmp_path):
    table = empty_table()
    folder = made_up_run(tmp_path / "run", SMALL, own=table, algorithm="tabular-q", policy="independent")
    (folder.path / ".lock").touch()
    (folder.path / ".progress.1f2e3d4c-4711.draft.csv").touch()
    return folder


def test_a_run_arrives_whole_and_without_what_belongs_to_a_process(run, tmp_path):
    unpack(packed(run.path), tmp_path / "there")
    there = RunFolder.open_run(tmp_path / "there")
    assert there.state == run.state
    assert there.settings == run.settings
    assert packed(there.path) == packed(run.path)
    assert not list(there.path.glob(".*"))


def test_a_run_that_comes_back_replaces_its_former_state_and_checkpoints(run, tmp_path):
    there = tmp_path / "there"
    unpack(packed(run.path), there)
    further = RunFolder.open_run(there)
    former = run.state.last
    state = further.state.__class__(iteration=2, validation_seeds=further.state.validation_seeds)
    further.save_checkpoint(state, lambda folder: (folder / "policy.json").write_text("{}"), is_best=True)
    unpack(packed(there), run.path)
    back = RunFolder.open_run(run.path)
    assert back.state.last != former
    assert back.state.former == former
    kept = {path.name for path in (run.path / "checkpoints").iterdir()}
    assert kept == {back.state.last, former}  # all that the state names


def test_a_run_that_comes_back_in_part_is_still_the_former_one(run, tmp_path, monkeypatch):
    there = tmp_path / "there"
    unpack(packed(run.path), there)
    further = RunFolder.open_run(there)
    state = further.state.__class__(iteration=2, validation_seeds=further.state.validation_seeds)
    further.save_checkpoint(state, lambda folder: (folder / "policy.json").write_text("{}"), is_best=True)
    files = packed(there)
    replace = travelling.replace

    def full(path, *others):
        if path.name == "state.json":
            raise FileError(str(path), "cannot be written", "make room on the disk")
        replace(path, *others)

    monkeypatch.setattr(travelling, "replace", full)
    with pytest.raises(FileError):
        unpack(files, run.path)
    assert RunFolder.open_run(run.path).state == run.state
