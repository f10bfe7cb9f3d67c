"""Sweeps in Ray Tune, with tables that are filled in a second."""

import csv
from dataclasses import replace

import pytest

from tests.helpers.made_up_curves import made_up_curve
from tests.helpers.made_up_runs import SMALL
from traffic_marl.errors import UsageError
from traffic_marl.learning.rllib.trials import tuner
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.sweeps.course import Course
from traffic_marl.learning.sweeps.dimensions import dimensions_of
from traffic_marl.learning.sweeps.folder import Member, SweepFolder
from traffic_marl.learning.sweeps.plan import Plan
from traffic_marl.learning.sweeps.sweep import begin_sweep, resume_sweep, train_sweep
from traffic_marl.learning.train import run_training, train

pytestmark = pytest.mark.usefixtures("cluster")
SHORT = SMALL.model_copy(update={"duration_s": 60, "clearing_s": 30})
QUIET = Validation(seeds=1, classical=False, times=2)
PLAN = Plan(
    dimensions=dimensions_of(["learning_rate=0.1,0.3"]),
    settings={"algorithm": "tabular-q", "copies": 2, "interval": 10},
    seeds=2,
    budget=Budget(iterations=4),
    validation=QUIET,
)


@pytest.fixture(scope="module")
def done(cluster, tmp_path_factory):
    """A sweep that is done, with the lines that were told, and the validations that were watched."""
    told, watched = [], []
    path = tmp_path_factory.mktemp("sweeps") / "sweep"
    folder = begin_sweep(SHORT, PLAN, path, told.append)
    results = train_sweep(folder, tell=told.append, watch=lambda *news: watched.append(news))
    return path, results, told, watched


def without_seconds(folder):
    rows = [dict(row) for row in folder.progress()]
    return [{name: row[name] for name in row if "second" not in name and not name.endswith("_per_s")} for row in rows]


def test_each_run_is_trained_as_it_would_be_alone(done, tmp_path):
    path, results, _, _ = done
    train(
        SHORT,
        tmp_path / "alone",
        iterations=4,
        validation=QUIET,
        algorithm="tabular-q",
        copies=2,
        interval=10,
        learning_rate=0.3,
        seed=1,
    )
    alone = RunFolder.open_run(tmp_path / "alone")
    swept = SweepFolder.open_sweep(path).run(Member(1, 1))
    assert without_seconds(swept) == without_seconds(alone)
    assert swept.state.best_delay == alone.state.best_delay
    assert [len(each.curve.group.runs) for each in results] == [2, 2]


def test_the_end_of_each_run_is_told_and_its_validations_are_watched(done):
    _, _, told, watched = done
    assert len(told) == 4
    assert all(" is done: " in line for line in told)
    assert sorted(run for run, _, _ in watched) == sorted(
        f"learning_rate={rate} seed={seed}" for rate in (0.1, 0.3) for seed in (0, 1) for _ in range(2)
    )
    assert watched[-1][1] == pytest.approx(1.0)


def test_a_table_and_curves_are_written(done):
    path, results, _, _ = done
    with (path / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["delay at last [s/veh]"]) for row in rows] == [each.delay for each in results]
    assert results[0].delay <= results[1].delay
    assert (path / "curves.csv").is_file()


@pytest.mark.slow
def test_a_sweep_that_was_interrupted_trains_what_is_left_alone(done, tmp_path):
    results = done[1]
    folder = begin_sweep(SHORT, PLAN, tmp_path / "again", lambda line: None)
    course = Course(folder, trust=False, tell=lambda line: None)
    first = course.next()
    run = folder.run(first)
    run.is_trusted = True
    run_training(run)
    told = []
    found = train_sweep(resume_sweep(tmp_path / "again"), tell=told.append)
    assert len(told) == 3
    assert [each.delay for each in found] == [each.delay for each in results]


@pytest.mark.slow
def test_a_hopeless_run_is_stopped_beside_those_of_the_former_part(cluster, tmp_path):
    """The former runs are made up: so good that nothing can be as good."""
    plan = replace(PLAN, seeds=1, stops_early=True, dimensions=dimensions_of(["learning_rate=0.1,0.2,0.3,0.4"]))
    folder = begin_sweep(SHORT, plan, tmp_path / "sweep", lambda line: None)
    for point in range(3):
        member = folder.members(point)[0]
        training = plan.run_settings(folder.points[point].values, 0).training.to_json()
        settings = {name: value for name, value in training.items() if name not in ("also", "ranges", "hidden")}
        run = made_up_curve(folder.place(member), [(0.1, 0.1)] * 5, scenario=SHORT, **settings)
        run.write_settings(replace(run.settings, budget=plan.budget))
    told = []
    results = train_sweep(resume_sweep(folder.path), tell=told.append)
    (line,) = told
    assert line.startswith("learning_rate=0.4 seed=0 is stopped, because others are better")
    assert results[-1].point.label == "learning_rate=0.4"
    assert results[-1].point.stopped == SweepFolder.open_sweep(folder.path).run(Member(3, 0)).state.agent_steps
    assert folder.run(Member(3, 0)).state.iteration == 2  # of 4: at its first validation


@pytest.mark.slow
def test_a_run_that_cannot_be_trained_is_told_and_the_others_go_on(cluster, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n"
        "def never(network):\n"
        "    def reward(readings):\n"
        "        if readings.time > 40:\n"
        "            raise ValueError('no more')\n"
        "        return np.zeros(readings.phase.shape)\n"
        "    return reward\n"
    )
    dimensions = dimensions_of([f"reward={tmp_path}/mine.py:never,delay"])
    folder = begin_sweep(SHORT, replace(PLAN, seeds=1, dimensions=dimensions), tmp_path / "sweep", lambda line: None)
    told = []
    results = train_sweep(folder, tell=told.append)
    assert [each.point.label for each in results] == ["reward=delay", "reward=never"]
    assert any("reward=never seed=0 has failed: " in line and "no more" in line for line in told)


@pytest.mark.slow
def test_a_run_on_another_machine_comes_back_as_it_would_be_here(done, tmp_path, monkeypatch):
    """The node of the sweep is told wrongly, so that the files of each run travel to a folder of its own and back."""
    monkeypatch.setattr(tuner, "own_node", lambda: "of another machine")
    folder = begin_sweep(SHORT, replace(PLAN, seeds=1), tmp_path / "sweep", lambda line: None)
    train_sweep(folder)
    here = SweepFolder.open_sweep(done[0])
    for member in (Member(0, 0), Member(1, 0)):
        assert without_seconds(folder.run(member)) == without_seconds(here.run(member))
        run = folder.run(member)
        assert run.training_state(run.state.last).is_dir()
        names = [path.name for path in (run.path / "checkpoints").iterdir()]
        assert sorted(names) == sorted({run.state.last, run.state.best})


def test_a_run_that_takes_more_cpus_than_there_are_is_refused_with_the_numbers(cluster):
    with pytest.raises(UsageError, match=r"runners: a run with its runners and learners takes 500 CPUs, and ray has"):
        tuner.ensure_runs_fit(500)
