"""A training that is killed at any operation on files while it saves leaves a folder that goes on."""

import os
import sys

import pytest

from tests.helpers.made_up_runs import made_up_run
from traffic_marl.learning.recovering.checkpoints import ensure_whole
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import CHECKPOINTS, TRAINING
from traffic_marl.learning.runs.state import RunState

MOST = 400  # operations of a checkpoint
WATCHED = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "os.listdir", "os.scandir")
KILLED, DONE = 9, 0  # exit codes

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked, which this system does not know")


@pytest.fixture
def run(tmp_path):
    """The path of a run with one checkpoint and its line in the table."""
    folder = made_up_run(tmp_path / "run")
    (folder.checkpoint("iteration_000001") / TRAINING / "state.json").write_text("{}")
    folder.write_progress([row(1)])
    return folder.path


def row(number):
    """A line of the table."""
    return {"iteration": number, "agent_steps": 48 * number, "seconds": 1.0 * number, "validation_delay": 30.0}


def save_next(path):
    """Adds an iteration and its checkpoint, as a training does."""
    folder = RunFolder.open_run(path)
    folder.sweep()
    number = folder.state.iteration + 1
    source = folder.checkpoint(str(folder.state.last))

    def write(draft):
        for name in ("policy.json", "policy.npz"):
            (draft / name).write_bytes((source / name).read_bytes())
        (draft / TRAINING).mkdir()
        (draft / TRAINING / "state.json").write_text("{}")

    folder.write_progress([*folder.progress(), row(number)])
    folder.save_checkpoint(RunState(iteration=number, best_delay=30.0), write, is_best=number % 2 == 0)


def save_and_die(path, operations):
    """Saves in another process, which ends at once with its operation of this number. Gives its exit code."""
    process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    left = operations

    def count(event, arguments):
        nonlocal left
        if event in WATCHED:
            left -= 1
            if left < 0:
                os._exit(KILLED)

    try:
        sys.addaudithook(count)
        save_next(path)
        os._exit(DONE)
    finally:
        os._exit(1)


def test_a_training_that_is_killed_while_it_saves_goes_on_with_a_whole_checkpoint(run):
    ends, before = [], 1
    for operations in range(MOST):
        ends.append(save_and_die(run, operations))
        folder = RunFolder.open_run(run)
        assert folder.state.iteration in (before, before + 1)
        ensure_whole(folder, str(folder.state.last))
        assert [line["iteration"] for line in folder.progress()] == list(range(1, folder.state.iteration + 1))
        before = folder.state.iteration
        if ends[-1] == DONE:
            break
    assert set(ends) == {KILLED, DONE}
    assert len(ends) > 30
    save_next(run)
    kept = RunFolder.open_run(run).state
    assert sorted(path.name for path in (run / CHECKPOINTS).iterdir()) == sorted({kept.last, kept.former, kept.best})
    assert not [path for path in run.iterdir() if ".draft" in path.name]
