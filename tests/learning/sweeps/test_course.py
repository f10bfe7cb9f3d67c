"""The course of a sweep: which run comes next, and what becomes of those that end."""

import json
from dataclasses import replace

import pytest

from tests.helpers.made_up_curves import made_up_curve
from tests.helpers.made_up_runs import SMALL
from traffic_marl.errors import FileError, UsageError
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.sweeps.course import Course
from traffic_marl.learning.sweeps.dimensions import dimensions_of
from traffic_marl.learning.sweeps.files import write_results
from traffic_marl.learning.sweeps.folder import Member, SweepFolder
from traffic_marl.learning.sweeps.plan import OPTUNA, RANDOM, Plan
from traffic_marl.learning.sweeps.results import judged, results_csv
from traffic_marl.learning.sweeps.sweep import begin_sweep, resume_sweep

PLAN = Plan(
    dimensions=dimensions_of(["learning_rate=0.1,0.2"]),
    settings={"algorithm": "tabular-q", "copies": 2},
    seeds=2,
    budget=Budget(iterations=9),
    validation=Validation(seeds=2, classical=False),
)


@pytest.fixture
def folder(tmp_path):
    return begin_sweep(SMALL, PLAN, tmp_path / "sweep", lambda line: None)


def course_of(folder, told=None):
    return Course(folder, trust=False, tell=(told if told is not None else []).append)


def made_up(folder, member, delays, spent=False):
    """Puts a run with these delays in the place of one that has begun."""
    import shutil

    shutil.rmtree(folder.place(member), ignore_errors=True)
    training = folder.plan.run_settings(folder.points[member.point].values, member.seed).training.to_json()
    settings = {name: value for name, value in training.items() if name not in ("also", "ranges", "hidden")}
    run = made_up_curve(folder.place(member), [(delay, delay) for delay in delays], **settings)
    if spent:
        run.write_state(replace(run.state, iteration=9))
    return run


def test_all_combinations_have_one_run_before_they_have_a_second_one(folder):
    course = course_of(folder)
    assert [course.next() for _ in range(5)] == [Member(0, 0), Member(1, 0), Member(0, 1), Member(1, 1), None]
    assert course.is_done()
    names = sorted(path.name for path in (folder.path / "runs").iterdir())
    assert names[0] == "000_learning_rate-0.1_seed0"
    assert folder.run(Member(1, 1)).settings.training.seed == 1


def test_a_run_that_ends_early_closes_its_combination(folder):
    told = []
    course = course_of(folder, told)
    for _ in range(2):
        course.next()
    made_up(folder, Member(0, 0), [90.0, 80.0])
    course.end(Member(0, 0))
    assert "learning_rate=0.1 seed=0 is stopped, because others are better: 80.0 s/veh at 1,000 agent-steps" in told
    made_up(folder, Member(1, 0), [90.0, 60.0, 50.0], spent=True)
    course.end(Member(1, 0))
    assert told[-1] == "learning_rate=0.2 seed=0 is done: 50.0 s/veh at 2,000 agent-steps"
    assert [course.next(), course.next()] == [Member(1, 1), None]
    assert [point.stopped for point in SweepFolder.open_sweep(folder.path).points] == [1000, None]


def test_a_run_that_ends_because_a_stop_was_asked_for_goes_on_later(folder):
    course = course_of(folder)
    course.next()
    course.is_stopping = True
    made_up(folder, Member(0, 0), [90.0, 80.0])
    course.end(Member(0, 0))
    assert course.next() is None
    assert course.is_done()
    assert SweepFolder.open_sweep(folder.path).points[0].is_open


def test_a_run_whose_processes_have_died_is_left_for_a_later_part(folder):
    course = course_of(folder)
    first = course.next()
    course.lose(first, "its process has died")
    assert [course.next() for _ in range(4)] == [Member(1, 0), Member(0, 1), Member(1, 1), None]
    assert course_of(SweepFolder.open_sweep(folder.path))._waiting() == first


def test_a_combination_that_fails_is_noted_and_the_others_go_on(folder):
    told = []
    course = course_of(folder, told)
    course.end(course.next(), failed="reward: it is no number; correct the file")
    assert told == ["learning_rate=0.1 seed=0 has failed: reward: it is no number; correct the file"]
    assert [course.next(), course.next(), course.next()] == [Member(1, 0), Member(1, 1), None]


def test_further_seeds_wait_for_the_first_one_where_hopeless_runs_are_stopped(tmp_path):
    folder = begin_sweep(SMALL, replace(PLAN, stops_early=True), tmp_path / "sweep", lambda line: None)
    course = course_of(folder)
    assert [course.next(), course.next(), course.next()] == [Member(0, 0), Member(1, 0), None]
    assert not course.is_done()
    assert [course.is_judged(Member(0, seed)) for seed in (0, 1)] == [True, False]
    made_up(folder, Member(0, 0), [90.0, 80.0])
    course.end(Member(0, 0))
    assert course.next() is None
    made_up(folder, Member(1, 0), [90.0, 60.0], spent=True)
    course.end(Member(1, 0))
    assert [course.next(), course.next()] == [Member(1, 1), None]
    assert course.is_done()


def test_a_sweep_ends_where_the_first_run_of_each_combination_is_lost(tmp_path):
    folder = begin_sweep(SMALL, replace(PLAN, stops_early=True), tmp_path / "sweep", lambda line: None)
    course = course_of(folder)
    for _ in range(2):
        course.lose(course.next(), "its process has died")
    assert course.next() is None
    assert course.is_done()


def test_a_search_that_knows_no_further_combination_ends(tmp_path):
    pytest.importorskip("optuna")
    plan = replace(PLAN, search=OPTUNA, trials=9, seeds=1, dimensions=dimensions_of(["learning_rate=0.1,0.2"]))
    course = course_of(begin_sweep(SMALL, plan, tmp_path / "sweep", lambda line: None))
    assert {course.next(), course.next()} == {Member(0, 0), Member(1, 0)}
    assert course.next() is None
    assert course.is_done()


def test_optuna_is_asked_after_the_runs_of_a_combination_are_done(tmp_path):
    pytest.importorskip("optuna")
    plan = replace(PLAN, search=OPTUNA, trials=2, dimensions=dimensions_of(["learning_rate=0.01:0.5"]))
    folder = begin_sweep(SMALL, plan, tmp_path / "sweep", lambda line: None)
    course = course_of(folder)
    assert [course.next(), course.next()] == [Member(0, 0), Member(0, 1)]
    assert 0.01 <= folder.points[0].values["learning_rate"] <= 0.5
    for member in (Member(0, 0), Member(0, 1)):
        made_up(folder, member, [90.0, 70.0], spent=True)
        course.end(member)
    assert course.next() == Member(1, 0)
    assert len(SweepFolder.open_sweep(folder.path).points) == 2
    assert not course.is_done()


def test_the_best_combination_comes_first_and_those_that_were_stopped_last(folder):
    for member, delays in {
        Member(0, 0): [90.0, 60.0],
        Member(0, 1): [90.0, 64.0],
        Member(1, 0): [90.0, 50.0],
        Member(1, 1): [90.0, 52.0],
    }.items():
        made_up(folder, member, delays)
    first, second = judged(folder)
    assert (first.point.label, second.point.label) == ("learning_rate=0.2", "learning_rate=0.1")
    assert first.delay == pytest.approx(51.0)
    assert first.curve.low[-1] < 51.0 < first.curve.high[-1]
    folder.points[1] = replace(folder.points[1], stopped=1000)
    assert [each.point.label for each in judged(folder)] == ["learning_rate=0.1", "learning_rate=0.2"]
    lines = results_csv(judged(folder)).splitlines()
    assert lines[0].startswith("learning_rate,runs,agent_steps,delay at last [s/veh]")
    assert lines[1].startswith("0.1,2,1000.0,62.0,")
    assert lines[2].endswith(",1000,")


def test_the_files_of_results_are_written(folder):
    pytest.importorskip("matplotlib")
    made_up(folder, Member(0, 0), [90.0, 60.0])
    write_results(folder, judged(folder))
    assert (folder.path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert "learning_rate=0.1" in (folder.path / "curves.csv").read_text()


def test_a_random_search_may_be_made_longer_but_not_shorter(tmp_path):
    plan = replace(PLAN, search=RANDOM, trials=2, dimensions=dimensions_of(["learning_rate=0.01:0.5"]))
    path = begin_sweep(SMALL, plan, tmp_path / "sweep", lambda line: None).path
    former = SweepFolder.open_sweep(path).points
    assert len(resume_sweep(path, trials=4).points) == 4
    assert SweepFolder.open_sweep(path).points[:2] == former
    with pytest.raises(UsageError, match="trials: the sweep was begun with 4; give at least as many"):
        resume_sweep(path, trials=3)


def test_damaged_and_strangers_folders_are_refused(folder, tmp_path):
    with pytest.raises(FileError, match="already holds a sweep; name another folder, or continue with"):
        begin_sweep(SMALL, PLAN, folder.path, lambda line: None)
    with pytest.raises(FileError, match="does not exist"):
        resume_sweep(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileError, match="holds no sweep"):
        resume_sweep(tmp_path / "empty")
    path = folder.path / "sweep.json"
    content = json.loads(path.read_text())
    for name, value in [("plan", {}), ("points", [{"values": {"epochs": -1}}]), ("classical", "x"), ("format", 2)]:
        path.write_text(json.dumps({**content, name: value}))
        with pytest.raises(FileError):
            resume_sweep(folder.path)
    content["plan"]["settings"]["reward"] = "evil.py:reward"
    path.write_text(json.dumps(content))
    with pytest.raises(UsageError, match=r"evil.py would be executed.*add --trust"):
        resume_sweep(folder.path)
    resume_sweep(folder.path, trust=True)
