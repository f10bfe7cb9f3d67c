"""The folder of checkpoints: only the program's own are removed, and their digests find damage."""

import json
import os

import pytest

from tests.helpers.made_up_runs import SMALL, made_up_run
from tests.helpers.strangers_runs import last_checkpoint, trained_run
from traffic_marl.errors import FileError, UsageError
from traffic_marl.files import digest_of
from traffic_marl.files.drafts import draft_of
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.resuming import resume
from traffic_marl.learning.runs import folder as folder_module
from traffic_marl.learning.runs import versions as versions_module
from traffic_marl.learning.runs.budget import Budget
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.retrying import while_training
from traffic_marl.learning.runs.state import RunState
from traffic_marl.learning.train import run_training

STRAY = (".DS_Store", "Thumbs.db", "notes.txt", "iteration_000001.bak", "iteration_1", ".iteration_000001.draft")
DEAD = 2**30  # number of no process


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def run(tmp_path):
    """A run with two iterations of tabular Q-learning."""
    return trained_run(tmp_path / "runs" / "one")


def go_on(run, iterations=4, **options):
    """Resumes a run until so many iterations."""
    return run_training(resume(RunFolder.open_run(run), Budget(iterations=iterations), **options))


def test_stray_files_neither_disturb_a_training_nor_are_removed(run, tmp_path):
    place = run / "checkpoints"
    for name in STRAY:
        (place / name).write_text("mine")
    (place / "mine" / "iteration_000001").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text("mine")
    (place / "iteration_000000").symlink_to(tmp_path / "outside")
    (last_checkpoint(run) / ".DS_Store").write_text("mine")
    assert go_on(run).doing == "done"
    load_learned(run)
    assert {*STRAY, "mine", "iteration_000000"} <= set(names(place))
    assert names(place / "mine") == ["iteration_000001"]
    assert (tmp_path / "outside" / "file").read_text() == "mine"


def test_old_checkpoints_and_abandoned_drafts_are_removed(run):
    place = run / "checkpoints"
    draft = draft_of(place / "iteration_000009")
    dead = draft.name.replace(f"-{os.getpid()}.", f"-{DEAD}.")
    alive = draft.name.replace(f"-{os.getpid()}.", f"-{os.getppid()}.")
    for name in ("iteration_000001", "iteration_000000", "iteration_1000000", ".iteration_000003.99", dead, alive):
        (place / name / "training").mkdir(parents=True, exist_ok=True)
    (run / f".state.{dead.split('.')[2]}.draft.json").write_text("{}")
    go_on(run)
    state = RunFolder.open_run(run).state
    assert set(names(place)) == {state.last, state.former, state.best, alive}
    assert [name for name in names(run) if "draft" in name] == []


def test_a_checkpoint_that_cannot_be_removed_does_not_end_a_training(run, monkeypatch):
    from traffic_marl.learning.runs import checkpoints

    (run / "checkpoints" / "iteration_000000").mkdir()

    def busy(path):
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(checkpoints, "remove", lambda path: busy(path) if path.name == "iteration_000000" else None)
    checkpoints.drop_checkpoints(run, ())
    assert "iteration_000000" in names(run / "checkpoints")


# Digests


def test_every_file_of_a_checkpoint_has_its_digest(run):
    state = json.loads((run / "state.json").read_text())
    assert set(state["digests"]) == {state["last"], state["former"], state["best"]}
    for name, digests in state["digests"].items():
        place = run / "checkpoints" / name
        files = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()}
        assert digests == {file: digest_of(path.read_bytes()) for file, path in files.items()}
        assert set(files) == {"policy.json", "policy.npz", "training/draws.json", "training/tables.npz"}


@pytest.mark.parametrize("name", ["policy.json", "policy.npz", "training/draws.json", "training/tables.npz"])
@pytest.mark.parametrize("harm", ["flipped", "shortened", "missing"])
def test_damage_of_a_checkpoint_is_told(run, name, harm):
    path = last_checkpoint(run) / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content if harm == "flipped" else content[:-1])
    if harm == "missing":
        path.unlink()
    what = "is missing or unreadable" if harm == "missing" else "has changed since it was written"
    for other in (run / "checkpoints").glob("iteration_000001/*/*"):
        other.unlink()
    with pytest.raises(
        FileError, match=rf"is damaged: checkpoints/iteration_000002/{name} {what}; train again, or use"
    ):
        go_on(run)
    if name.startswith("policy"):
        with pytest.raises(FileError, match=rf"{name} {what}"):
            load_learned(f"{run}:checkpoint=last")


# Origin


def test_a_run_knows_its_scenario_again(run):
    scenario = run / "scenario.json"
    scenario.write_text(scenario.read_text().replace('"duration_s": 120', '"duration_s": 125'))
    with pytest.raises(UsageError, match=r"^scenario: the scenario of .*, or a file that it names, has changed since"):
        go_on(run)
    SMALL.save(scenario)
    assert go_on(run).doing == "done"


def test_another_version_is_told_and_goes_on(run, monkeypatch):
    told = []
    go_on(run, 3, tell=told.append)
    assert told == []
    others = {**versions_module.versions(), "traffic_marl": "9.0", "ray": "3.0", "system": "other"}
    monkeypatch.setattr(versions_module, "versions", lambda: others)
    go_on(run, 4, tell=told.append)
    assert [line.split(" and is ")[1] for line in told] == [
        "9.0 now, so the run may go on with other numbers",
        "3.0 now, so the run may go on with other numbers",
    ]


@pytest.mark.parametrize(
    "change", [{"interval": 6}, {"algorithm": "ppo", "policy": "shared"}, {"observation": "queue+bands+backlog"}]
)
def test_settings_of_another_run_are_told(run, change):
    settings = json.loads((run / "settings.json").read_text())
    settings["training"] |= change
    (run / "settings.json").write_text(json.dumps(settings))
    with pytest.raises(FileError, match=r"settings\.json does not belong to the policy of the last checkpoint"):
        go_on(run)


# Reading while another process trains


def test_a_policy_is_read_again_where_a_training_has_replaced_it(tmp_path, monkeypatch):
    folder = made_up_run(tmp_path / "one")
    training = RunFolder.open_run(folder.path)
    read_policy, replaced = folder_module.read_policy, []

    def slow(path, name, digests):
        """Reads a policy after the training has replaced its checkpoint, as long as it does so."""
        if len(replaced) < 3:
            replaced.append(name)
            content = (
                (folder.path / name / "policy.json").read_bytes(),
                (folder.path / name / "policy.npz").read_bytes(),
            )

            def write(draft):
                (draft / "policy.json").write_bytes(content[0])
                (draft / "policy.npz").write_bytes(content[1])

            for _ in range(2):  # the checkpoint before the last one is kept
                state = RunState(iteration=training.state.iteration + 1, best_delay=20.0)
                training.save_checkpoint(state, write, is_best=True)
        return read_policy(path, name, digests)

    monkeypatch.setattr(folder_module, "read_policy", slow)
    strategy = load_learned(tmp_path / "one")
    assert strategy.strategy.policy.place.endswith("iteration_000007")
    assert replaced == [f"checkpoints/iteration_00000{number}" for number in (1, 3, 5)]


def test_a_checkpoint_that_is_gone_for_good_is_damage(tmp_path):
    folder = made_up_run(tmp_path / "one")
    (folder.checkpoint("iteration_000001") / "policy.npz").unlink()
    with pytest.raises(FileError, match=r"checkpoints/iteration_000001/policy\.npz is missing"):
        load_learned(tmp_path / "one")


def test_a_run_that_changes_all_the_time_is_told(tmp_path):
    folder = made_up_run(tmp_path / "one")

    def never(run):
        folder.write_state(RunState(iteration=run.state.iteration + 1))
        raise FileError("checkpoint", "is gone", "look elsewhere")

    with pytest.raises(FileError, match="replaces its checkpoints faster than they can be read; try again"):
        while_training(tmp_path / "one", never)


def test_a_policy_stays_as_it_was_read(tmp_path):
    import shutil

    import traffic_marl

    folder = made_up_run(tmp_path / "one")
    strategy = load_learned(folder.path)
    shutil.rmtree(folder.path)
    assert traffic_marl.run(SMALL, strategy, (0,)).measures.mean_delay.shape == (1,)
