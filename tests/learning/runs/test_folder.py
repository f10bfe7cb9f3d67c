import json
import os

import pytest

from tests.helpers.made_up_runs import SMALL
from traffic_marl.errors import FileError, UsageError
from traffic_marl.learning.runs.budget import Budget, Target, Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings, RunState
from traffic_marl.learning.settings import TrainingSettings

SETTINGS = RunSettings(TrainingSettings(copies=3), Budget(minutes=2.5), Validation(every=2))
STATE = RunState(validation_seeds=(10_000, 10_001), classical=(("actuated", 40.5), ("webster", 50.0)))


@pytest.fixture
def folder(tmp_path):
    return RunFolder.create(tmp_path / "runs" / "one", SMALL, SETTINGS, STATE)


def write_number(number):
    """Fills a checkpoint."""
    return lambda folder: (folder / "weights").write_text(str(number))


def save(folder, iteration, *, is_best=False):
    state = RunState(iteration=iteration, validation_seeds=(10_000,))
    folder.save_checkpoint(state, write_number(iteration), is_best=is_best)


def checkpoints(folder):
    return sorted(path.name for path in (folder.path / "checkpoints").iterdir())


def test_what_is_written_is_read(folder):
    opened = RunFolder.open_run(folder.path)
    assert opened.state == STATE
    assert opened.settings == SETTINGS
    assert opened.scenario == SMALL
    assert opened.progress() == []
    assert sorted(path.name for path in folder.path.parent.iterdir()) == ["one"]


def test_the_last_two_and_the_best_checkpoint_are_kept(folder):
    save(folder, 1)
    save(folder, 2, is_best=True)
    save(folder, 3)
    save(folder, 4)
    save(folder, 5)
    assert checkpoints(folder) == ["iteration_000002", "iteration_000004", "iteration_000005"]
    assert (folder.state.best, folder.state.last) == ("iteration_000002", "iteration_000005")
    assert (folder.checkpoint("iteration_000004") / "weights").read_text() == "4"
    assert RunFolder.open_run(folder.path).state == folder.state


def test_a_failed_checkpoint_leaves_the_one_before(folder):
    save(folder, 1, is_best=True)

    def fail(draft):
        (draft / "half").write_text("of it")
        raise OSError(28, "No space left on device")

    with pytest.raises(FileError, match="No space left on device"):
        folder.save_checkpoint(RunState(iteration=2), fail, is_best=True)
    assert checkpoints(folder) == ["iteration_000001"]
    assert RunFolder.open_run(folder.path).state.last == "iteration_000001"


def test_what_a_killed_run_left_is_written_over(folder):
    save(folder, 1)
    killed = folder.checkpoint("iteration_000002")
    killed.mkdir()
    (killed / "weights").write_text("never named")
    folder.checkpoint(".iteration_000003.99").mkdir()
    save(folder, 2)
    assert checkpoints(folder) == ["iteration_000001", "iteration_000002"]
    assert (folder.checkpoint("iteration_000002") / "weights").read_text() == "2"


def test_progress_ends_with_the_last_checkpoint(folder):
    rows = [
        {"iteration": 1, "agent_steps": 10, "mean_return": -1.5, "validation_delay": ""},
        {"iteration": 2, "agent_steps": 20, "mean_return": -1.0, "validation_delay": 44.25, "loss": 0.5},
    ]
    folder.write_progress(rows)
    save(folder, 1)
    assert folder.progress() == [rows[0] | {"loss": ""}]
    save(folder, 2)
    assert folder.progress()[1] == rows[1]


def test_an_empty_folder_may_become_a_run(tmp_path):
    (tmp_path / "empty").mkdir()
    RunFolder.create(tmp_path / "empty", SMALL, SETTINGS, STATE)
    assert RunFolder.open_run(tmp_path / "empty").state == STATE


def test_nothing_is_written_over(folder, tmp_path):
    with pytest.raises(
        FileError,
        match=r"^out: .* already holds a run; name another folder, or continue with: .* train --resume --out ",
    ):
        RunFolder.create(folder.path, SMALL, SETTINGS, STATE)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("mine")
    with pytest.raises(FileError, match=r"^out: .* already exists; name another folder"):
        RunFolder.create(tmp_path / "mine", SMALL, SETTINGS, STATE)
    with pytest.raises(FileError, match=r"^out: .* already exists"):
        RunFolder.create(tmp_path / "mine" / "file", SMALL, SETTINGS, STATE)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(FileError, match=r"^out: .* cannot be written"):
        RunFolder.create(tmp_path / "one", SMALL, SETTINGS, STATE)


def test_below_a_file_no_folder_can_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match=r"^out: .* cannot be written"):
        RunFolder.create(tmp_path / "file" / "one", SMALL, SETTINGS, STATE)


def test_where_there_is_no_run_none_is_opened(tmp_path):
    with pytest.raises(FileError, match="holds no run"):
        RunFolder.open_run(tmp_path)
    with pytest.raises(FileError, match="does not exist"):
        RunFolder.open_run(tmp_path / "nothing")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}', '{"format": 1, "iteration": "x"}'])
def test_a_damaged_state_is_told(folder, content):
    (folder.path / "state.json").write_text(content)
    with pytest.raises(FileError, match=r"is damaged: state\.json"):
        RunFolder.open_run(folder.path)


def test_a_folder_of_another_format_is_refused(folder):
    state = json.loads((folder.path / "state.json").read_text())
    (folder.path / "state.json").write_text(json.dumps(state | {"format": 2}))
    with pytest.raises(FileError, match="is not a run of format 1"):
        RunFolder.open_run(folder.path)


def test_a_checkpoint_that_is_gone_is_told(folder):
    save(folder, 1)
    (folder.checkpoint("iteration_000001") / "weights").unlink()
    folder.checkpoint("iteration_000001").rmdir()
    with pytest.raises(FileError, match="is damaged: checkpoints/iteration_000001"):
        RunFolder.open_run(folder.path)


@pytest.mark.parametrize(
    "change", [{"budget": {}}, {"training": {"copies": 0}}, {"training": {"coopies": 1}}, {"validation": 3}]
)
def test_damaged_settings_are_told(folder, change):
    path = folder.path / "settings.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(FileError, match=r"is damaged: settings\.json"):
        RunFolder.open_run(folder.path).settings  # noqa: B018


def test_a_damaged_table_is_told(folder):
    (folder.path / "progress.csv").write_text("iteration,loss\none,two\n")
    with pytest.raises(FileError, match=r"is damaged: progress\.csv"):
        folder.progress()


# Budgets


def used(iteration=0, seconds=0.0, agent_steps=0):
    return RunState(iteration=iteration, seconds=seconds, agent_steps=agent_steps)


def test_a_budget_of_iterations_is_spent_by_iterations():
    budget = Budget(iterations=4)
    assert [budget.share(used(done, 1e9, 10**9)) for done in (0, 1, 4, 5)] == [0.0, 0.25, 1.0, 1.0]
    assert [budget.is_spent(used(done, 1e9)) for done in (3, 4)] == [False, True]
    assert budget.seconds_left(used(0, 3.0)) is None
    assert budget.seconds_left(used(1, 20.0)) == 60.0


def test_a_budget_of_minutes_is_spent_by_time():
    budget = Budget(minutes=0.5)
    assert [budget.share(used(1000, seconds)) for seconds in (0.0, 15.0, 30.0, 31.0)] == [0.0, 0.5, 1.0, 1.0]
    assert budget.is_spent(used(1, 30.0))
    assert budget.seconds_left(used(1, 10.0)) == 20.0


def test_a_budget_of_agent_steps_is_spent_by_agent_steps():
    budget = Budget(agent_steps=4_000)
    assert [budget.share(used(1000, 1e9, steps)) for steps in (0, 1_000, 4_000, 4_001)] == [0.0, 0.25, 1.0, 1.0]
    assert [budget.is_spent(used(1000, 1e9, steps)) for steps in (3_999, 4_000)] == [False, True]
    assert budget.seconds_left(used(0, 3.0)) is None
    assert budget.seconds_left(used(7, 20.0, 1_000)) == 60.0


def test_budgets_are_told_in_words():
    budgets = (Budget(iterations=1), Budget(iterations=2_000), Budget(minutes=2.5), Budget(agent_steps=2_000_000))
    assert list(map(str, budgets)) == ["1 iteration", "2,000 iterations", "2.5 minutes", "2,000,000 agent-steps"]


@pytest.mark.parametrize(
    ("iterations", "minutes", "agent_steps"),
    [
        (None, None, None),
        (1, 1.0, None),
        (1, None, 1),
        (None, 1.0, 1),
        (0, None, None),
        (None, 0.0, None),
        (None, float("nan"), None),
        (None, -1.0, None),
        (None, None, 0),
        (None, None, 1.5),
        (None, None, True),
        (None, None, 10**13),
    ],
)
def test_other_budgets_are_refused(iterations, minutes, agent_steps):
    with pytest.raises(UsageError, match=r"^(iterations|minutes|agent_steps): "):
        Budget(iterations, minutes, agent_steps)


@pytest.mark.parametrize(("every", "seeds"), [(0, 5), (5, 0), (5, 1001)])
def test_validations_that_make_no_sense_are_refused(every, seeds):
    with pytest.raises(UsageError, match=r"^(every|seeds): "):
        Validation(every, seeds)


@pytest.mark.parametrize(("delay", "goal"), [(50.0, 45.0), (0.0, 0.0), (-0.4, -0.44)])
def test_the_goal_lies_below_the_delay_of_the_target(delay, goal):
    assert Target("actuated", margin=0.1).goal(delay) == pytest.approx(goal)
