"""A run whose last checkpoint is damaged goes on from the newest one that is whole, as if it had ended there."""

import shutil

import pytest

import traffic_marl
from tests.helpers.made_up_runs import SMALL
from traffic_marl.errors import FileError
from traffic_marl.learning.resuming import resume
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.train import run_training

PARTS = ("policy.json", "policy.npz", "training/draws.json", "training/tables.npz")


def cut(path):
    """Takes the last third of a file away."""
    content = path.read_bytes()
    path.write_bytes(content[: -len(content) // 3])


def flip(path):
    """Changes one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lose(path):
    """Removes a file."""
    path.unlink()


def go_on(path, told=None):
    """Resumes a run."""
    folder = resume(RunFolder.open_run(path), tell=(told if told is not None else []).append)
    return run_training(folder), folder


def rows(path):
    """The lines of a run's table, without those that depend on the clock."""
    timed = ("seconds", "agent_steps_per_s")
    return [
        {name: value for name, value in row.items() if name not in timed} for row in RunFolder.open_run(path).progress()
    ]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A run of four iterations, and a copy of it as it was after the first three."""
    place = tmp_path_factory.mktemp("undisturbed")

    def copy(report):
        if (report.doing, report.iteration) == ("training", 3):
            shutil.copytree(place / "run", place / "three")

    traffic_marl.train(
        SMALL,
        place / "run",
        iterations=4,
        validation=Validation(every=1, seeds=1, classical=False),
        watch=copy,
        algorithm="tabular-q",
        copies=2,
        observation="local",
    )
    return place


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("harm", [cut, flip, lose])
def test_damage_costs_the_last_checkpoint_alone(undisturbed, tmp_path, name, harm):
    shutil.copytree(undisturbed / "three", tmp_path / "run")
    harm(tmp_path / "run" / "checkpoints" / "iteration_000003" / name)
    told = []
    report, folder = go_on(tmp_path / "run", told)
    assert (report.doing, report.iteration) == ("done", 4)
    (line,) = told
    assert f"is damaged: checkpoints/iteration_000003/{name}" in line
    assert line.endswith("The run goes on from iteration 2")
    assert rows(tmp_path / "run") == rows(undisturbed / "run")
    assert folder.state.agent_steps == RunFolder.open_run(undisturbed / "run").state.agent_steps


def test_without_a_whole_checkpoint_nothing_is_changed(undisturbed, tmp_path):
    shutil.copytree(undisturbed / "three", tmp_path / "run")
    for place in (tmp_path / "run" / "checkpoints").iterdir():
        flip(place / "policy.npz")
    before = (tmp_path / "run" / "state.json").read_bytes()
    with pytest.raises(FileError, match=r"is damaged: checkpoints/iteration_000003/policy\.npz has changed"):
        go_on(tmp_path / "run")
    assert (tmp_path / "run" / "state.json").read_bytes() == before


def test_without_its_table_a_run_cannot_know_how_far_an_earlier_checkpoint_was(undisturbed, tmp_path):
    shutil.copytree(undisturbed / "three", tmp_path / "run")
    lose(tmp_path / "run" / "progress.csv")
    cut(tmp_path / "run" / "checkpoints" / "iteration_000003" / "policy.npz")
    with pytest.raises(FileError, match="is damaged: checkpoints/iteration_000003"):
        go_on(tmp_path / "run")
