"""A disk that is full while a training writes is told, and with room again the training goes on with nothing lost."""

import errno
import resource
import sys

import pytest

import traffic_marl
from tests.helpers.made_up_runs import SMALL
from traffic_marl.errors import FileError
from traffic_marl.learning.resuming import resume
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.tensorboard import make_board
from traffic_marl.learning.train import run_training

TIMED = ("seconds", "agent_steps_per_s")  # columns that depend on the clock
SETTINGS = {"algorithm": "tabular-q", "copies": 2, "observation": "local"}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the size of files cannot be limited there")


@pytest.fixture
def limit():
    """Sets the size [B] that files may have, after which the system refuses as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def train(path, watch=None):
    """Trains for three iterations."""
    validation = Validation(every=1, seeds=1, classical=False)
    return traffic_marl.train(SMALL, path, iterations=3, validation=validation, watch=watch, **SETTINGS)


def rows(path):
    """The lines of a run's table, without those that depend on the clock."""
    return [
        {name: value for name, value in row.items() if name not in TIMED} for row in RunFolder.open_run(path).progress()
    ]


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("size", [0, 1500])  # nothing can be written, or short files alone
def test_a_full_disk_ends_a_training_with_its_last_checkpoint_whole(tmp_path, limit, size):
    train(tmp_path / "undisturbed")

    def fill(report):
        if (report.doing, report.iteration) == ("training", 2):
            limit(size)

    with pytest.raises(FileError, match="but nothing up to its last checkpoint is lost") as told:
        train(tmp_path / "run", fill)
    limit(resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    assert told.value.remedy.startswith("make room on the disk, then continue with: ")
    folder = RunFolder.open_run(tmp_path / "run")
    assert folder.state.iteration == 2
    assert run_training(resume(folder)).doing == "done"
    assert rows(tmp_path / "run") == rows(tmp_path / "undisturbed")
    assert not [path for path in (tmp_path / "run").rglob("*") if "draft" in path.name]


def test_a_disk_that_is_full_for_tensorboard_is_told(tmp_path):
    pytest.importorskip("tensorboard")
    train(tmp_path / "run")
    board = make_board(RunFolder.open_run(tmp_path / "run"))

    def fail(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    board._by_iteration.add_scalar = board._by_iteration.close = fail
    with pytest.raises(FileError, match="cannot be written: No space left on device"):
        board.add({"iteration": 4, "agent_steps": 100, "mean_return": -1.0})
    board.close()
