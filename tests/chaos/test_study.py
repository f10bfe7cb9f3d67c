"""Trainings under faults are processes that are killed in earnest, and go on."""

import csv
import io
import json
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.helpers.made_up_runs import HARDLY_ANY
from tests.helpers.two_intersections import scenario
from traffic_marl import run
from traffic_marl.chaos.child import HOME, training
from traffic_marl.chaos.course import Course
from traffic_marl.chaos.enduring import Endurance
from traffic_marl.chaos.folder import open_study
from traffic_marl.chaos.outcomes import Survival
from traffic_marl.chaos.plan import UNDISTURBED, When
from traffic_marl.chaos.schedule import schedule_of
from traffic_marl.chaos.study import Trainings, study
from traffic_marl.chaos.table import HEADS, render_study, study_to_csv, study_to_json
from traffic_marl.errors import FileError, UsageError
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.train import begin
from traffic_marl.scenario import validation_seeds

TOWN = scenario(duration_s=60)
TABLES = TrainingSettings.chosen(algorithm="tabular-q", policy="independent", copies=1, interval=20)
ONCE = Validation(every=50, seeds=2)
SCHEDULES = [schedule_of("driver@0.4"), schedule_of("blind=1")]


def trainings(**changes):
    return Trainings(**{"settings": TABLES, "budget": Budget(iterations=200), "validation": ONCE, "count": 1} | changes)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A study of one training whose main process is killed, and of lanes that are blind in use; its folder."""
    out = tmp_path_factory.mktemp("chaos") / "study"
    return study(TOWN, SCHEDULES, trainings(), out, whens=[When.USE], beside="fixed_time"), out


def test_a_training_whose_main_process_is_killed_comes_to_the_same_policy(made):
    found, _ = made
    undisturbed, struck, _ = found.outcomes
    (course,) = struck.courses
    assert [hit.strike for hit in course.hits] == ["driver@0.4"]
    assert course.resumptions == 1
    assert course.failure is None
    assert course.hits[0].recovery_s > 0.0
    assert course.seconds > course.hits[0].recovery_s
    assert struck.delays.tolist() == undisturbed.delays.tolist()


def test_what_was_sampled_after_the_last_checkpoint_is_lost(made):
    found, out = made
    (hit,) = found.outcomes[1].courses[0].hits
    assert hit.iteration >= 80
    assert hit.lost_agent_steps == (hit.iteration - 50) * hit.agent_steps // hit.iteration
    steps = [int(row["agent_steps"]) for row in csv.DictReader((out / "driver_at_0.4/seed_0/progress.csv").open())]
    assert steps == sorted(set(steps))
    assert len(steps) == 201


def test_policies_are_used_where_the_fault_is(made):
    found, out = made
    blind = found.outcomes[2]
    policy = f"{out}/{UNDISTURBED}/seed_0:checkpoint=last"
    used = SCHEDULES[1].applied_to(TOWN)
    expected = run(used, policy, validation_seeds(2)).measures.mean_delay.mean()
    assert blind.delays.tolist() == [expected] != found.undisturbed.delays.tolist()
    assert blind.beside == run(used, "fixed_time", validation_seeds(2)).measures.mean_delay.mean()


def test_validation_seeds_without_vehicles_do_not_count(tmp_path):
    once = trainings(budget=Budget(iterations=1), validation=Validation(every=50, seeds=4))
    found = study(HARDLY_ANY, SCHEDULES[1:], once, tmp_path / "study", whens=[When.USE], beside="fixed_time")
    used = SCHEDULES[1].applied_to(HARDLY_ANY)
    beside = run(used, "fixed_time", validation_seeds(4)).measures.mean_delay
    assert np.isnan(beside[:3]).all()
    assert found.outcomes[1].beside == beside[3]
    assert np.isfinite([each.delays for each in found.outcomes]).all()


def test_a_study_that_is_there_is_not_made_again(made):
    found, out = made
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.log")}
    again = study(TOWN, SCHEDULES, trainings(), out, whens=[When.USE], beside="fixed_time")
    assert [each.delays.tolist() for each in again.outcomes] == [each.delays.tolist() for each in found.outcomes]
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.log")} == before


def test_a_folder_of_another_study_is_refused(made, tmp_path):
    _, out = made
    with pytest.raises(FileError, match="holds another study"):
        study(TOWN, SCHEDULES, trainings(budget=Budget(iterations=3)), out)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileError, match="exists already and holds no study"):
        study(TOWN, SCHEDULES, trainings(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_tables_and_files_tell_what_was_found(made):
    found, _ = made
    delays, recoveries = render_study(found)
    assert [row[0] for row in delays.rows] == [UNDISTURBED, "driver@0.4", "blind=1"]
    assert [row[1] for row in delays.rows] == ["-", "training", "use"]
    assert [row[4] for row in delays.rows] == ["-", "-", "-"]  # one training has no interval
    assert [row[1:4] for row in recoveries.rows] == [("works", "0", "0"), ("works", "1", "1")]
    rows = list(csv.DictReader(io.StringIO(study_to_csv(found))))
    assert tuple(rows[0]) == HEADS
    assert [float(row["delay"]) for row in rows] == [each.delays[0] for each in found.outcomes]
    told = json.loads(study_to_json(found))
    assert [line["result"] for line in told["lines"]] == [Survival.UNKNOWN] * 3
    assert told["lines"][1]["courses"][0]["hits"][0]["resumed"] is True


def test_a_training_that_cannot_go_on_has_failed(tmp_path):
    settings = RunSettings(TABLES, Budget(iterations=5), ONCE)
    folder = begin(TOWN, settings, tmp_path / "run")
    (folder.path / "progress.csv").write_text("iteration\nnone\n")
    course = Endurance(folder.path, tmp_path / "run.json", (), 0).run(lambda share: None)
    assert "progress.csv" in course.failure
    assert Course.read(tmp_path / "run.json") == course


def test_a_training_that_has_failed_is_tried_again_once_its_course_is_removed(tmp_path):
    out, once = tmp_path / "study", trainings(budget=Budget(iterations=2))
    open_study(out, TOWN, once.run_settings())
    course = out / UNDISTURBED / "seed_0.json"
    course.parent.mkdir()
    Course(failure="the disk was full", seconds=1.0).write(course)

    def made_again():
        return study(TOWN, SCHEDULES[1:], once, out, whens=[When.USE], beside="fixed_time")

    (note,) = [note for note in render_study(made_again())[0].notes if "undisturbed, seed 0" in note]
    assert "remove undisturbed/seed_0.json from the folder of the study" in note
    assert np.isnan(made_again().undisturbed.delays).all()
    course.unlink()
    assert np.isfinite(made_again().undisturbed.delays).all()


def test_a_training_saves_when_its_study_is_interrupted(tmp_path):
    settings = RunSettings(TABLES, Budget(iterations=100_000), Validation(every=1000, seeds=1, classical=False))
    folder = begin(TOWN, settings, tmp_path / "run")
    with training(folder, tmp_path / "run.log") as child:
        for _ in range(600):
            if (folder.path / "progress.csv").exists():
                break
            time.sleep(0.1)
    assert child.returncode == 130
    assert RunFolder.open_run(folder.path).state.iteration > 0


def test_a_training_is_killed_with_the_process_that_watches_it(tmp_path):
    settings = RunSettings(TABLES, Budget(iterations=100_000), Validation(every=1000, seeds=1, classical=False))
    folder = begin(TOWN, settings, tmp_path / "run")
    script = (
        "import sys, time; from pathlib import Path; from traffic_marl.chaos.child import training; "
        "from traffic_marl.learning.runs.folder import RunFolder\n"
        "with training(RunFolder.open_run(Path(sys.argv[1])), Path(sys.argv[2])) as child:\n"
        "    print(child.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    words = [sys.executable, "-c", script, str(folder.path), str(tmp_path / "run.log")]
    watching = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=HOME)
    pid = int(watching.stdout.readline())
    watching.kill()
    watching.wait()
    for _ in range(300):
        if not _runs(pid):
            break
        time.sleep(0.1)
    assert not _runs(pid)
    watching.stdout.close()


def _runs(pid):
    """Whether a process is there and has not ended."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


@pytest.mark.parametrize(
    ("content", "is_read"),
    [
        ("{", False),
        ('{"hits": [{}]}', False),
        ("[]", False),
        (json.dumps({"hits": [], "missed": [], "seconds": 1.0, "failure": None, "delays": {"a": [2.0]}}), True),
    ],
)
def test_a_damaged_course_is_told(tmp_path, content, is_read):
    (tmp_path / "seed_0.json").write_text(content)
    if is_read:
        assert Course.read(tmp_path / "seed_0.json").delays == {"a": (2.0,)}
    else:
        with pytest.raises(FileError, match=r"seed_0\.json: is damaged"):
            Course.read(tmp_path / "seed_0.json")


@pytest.mark.parametrize(
    ("schedules", "changes", "told"),
    [
        ([], {}, "faults: there are none"),
        (SCHEDULES, {"count": 0}, "count: 0"),
        (SCHEDULES, {"count": 101}, "count: 101"),
        (SCHEDULES, {"settings": TrainingSettings(random=2)}, "random: "),
    ],
)
def test_a_study_that_makes_no_sense_leaves_no_folder(tmp_path, schedules, changes, told):
    with pytest.raises(UsageError, match=f"^{told}"):
        study(TOWN, schedules, trainings(**changes), tmp_path / "out")
    assert not (tmp_path / "out").exists()
