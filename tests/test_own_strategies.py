"""A strategy from outside the package, wherever strategies are taken."""

import inspect
import json

import pytest

import traffic_marl
from tests.helpers.own_strategies import write
from traffic_marl import rollout
from traffic_marl.cli import compare_scenario
from traffic_marl.errors import StrategyError, UsageError
from traffic_marl.running import RunOptions
from traffic_marl.scenario import load_scenario
from traffic_marl.strategies import Conditions, named_strategy
from traffic_marl.strategies.classical.fixed_time import FixedTime
from traffic_marl.strategies.classical.max_pressure import MaxPressure

SMALL = load_scenario("grid_2x2_smoke").model_copy(update={"duration_s": 60, "clearing_s": 0})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A user's folder with a small scenario and a file of strategies, as the present one."""
    (tmp_path / "small.json").write_text(SMALL.model_dump_json(), encoding="utf-8")
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def resting(conditions):
    return lambda readings: readings.phase


def test_compare_takes_a_users_file(call, folder):
    texts = "fixed_time,mine.py:Greedy:greed=2,mine.py:Plain:first=20,last=1,interval_s=10"
    code, _, err = call("compare", "small.json", "--strategies", texts, "--seeds", 2, "--json", "out.json")
    assert (code, err) == (0, "")
    rows = json.loads((folder / "out.json").read_text(encoding="utf-8"))["strategies"]
    assert {row["strategy"] for row in rows} == {
        "fixed_time",
        "mine.py:Greedy:greed=2",
        "mine.py:Plain:first=20,last=1,interval_s=10",
    }


def test_simulate_takes_a_users_file(call, folder):
    code, out, _ = call("simulate", "small.json", "--strategy", "mine.py:Plain:first=20", "--json")
    found = json.loads(out)
    assert (code, found["strategy"], found["interval"]) == (0, "mine.py:Plain:first=20", 10)


def test_watch_records_a_users_strategy(call, folder):
    code, _, err = call("watch", "small.json", "--strategy", "mine.py:alternating", "--record", "own.traffic")
    assert (code, err.strip()) == (0, "written: own.traffic")


@pytest.mark.parametrize(
    ("strategy", "line"),
    [
        ("mine.py:Greedy:gred=2", "mine.py:Greedy: unknown parameter 'gred'; did you mean greed?"),
        ("mine.py:Nosuch", ": mine.py defines no 'Nosuch'; available: "),
        ("nosuch.py:Mine", ": there is no file nosuch.py; give"),
        ("mine.py", ": 'mine.py' does not say which object of the file; write mine.py:Name"),
        ("mine.py:unknown_phase", "mine.py:unknown_phase: asks for phase 9 at intersection_1_1; this intersection has"),
        ("mine.py:failing", "mine.py:failing: line "),
        ("broken.py:Mine", "broken.py, line 1"),
    ],
)
@pytest.mark.parametrize("command", [("compare", "--strategies"), ("simulate", "--strategy")])
def test_each_mistake_in_a_users_file_is_one_line(call, folder, command, strategy, line):
    write(folder, "def strategy(:\n", "broken.py")
    code, out, err = call(command[0], "small.json", command[1], strategy)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert line in err


def test_python_takes_objects_classes_functions_and_texts(folder):
    mixed = [FixedTime(green_s=20), MaxPressure, resting, "mine.py:alternating", "random"]
    found = traffic_marl.compare(SMALL, mixed, range(2))
    labels = {"fixed_time:green_s=20", "max_pressure", "resting", "mine.py:alternating", "random"}
    assert {row.label for row in found.rows} == labels
    assert found.reference == "fixed_time:green_s=20"


def test_compare_in_python_takes_text_with_commas():
    found = traffic_marl.compare(SMALL, "fixed_time:green_s=20,interval_s=2,random", range(2))
    assert {row.label for row in found.rows} == {"fixed_time:green_s=20,interval_s=2", "random"}


def test_compare_scenario_takes_objects(capsys):
    found = compare_scenario(SMALL, [FixedTime(), resting], seeds=2)
    assert {row.label for row in found.rows} == {"fixed_time", "resting"}


@pytest.mark.parametrize("strategy", ["fixed_time", FixedTime(), FixedTime])
def test_run_gives_the_same_for_each_form_of_a_strategy(strategy):
    expected = rollout.run(SMALL, "fixed_time", (3,)).run_records()
    assert traffic_marl.run(SMALL, strategy, (3,)).run_records() == expected


def test_run_takes_the_options_of_a_rollout():
    named = inspect.signature(rollout.run).parameters.values()
    assert set(RunOptions.__annotations__) == {each.name for each in named if each.kind is each.KEYWORD_ONLY}
    assert traffic_marl.run(SMALL, "random", (3,), until=20, interval=4).interval == 4


def test_run_takes_the_folder_of_a_trained_policy():
    pytest.importorskip("torch")
    assert traffic_marl.run(SMALL, "pretrained/general", (3,)).strategy.label == "pretrained/general"


@pytest.mark.parametrize("run", [traffic_marl.run, rollout.run])
def test_run_refuses_what_is_no_strategy(run):
    with pytest.raises(UsageError, match="strategy: 7 is not a strategy; give a name such as"):
        run(SMALL, 7, (3,))


def test_compare_refuses_what_is_no_list():
    with pytest.raises(UsageError, match="strategies: 7 is not a list of strategies; give a list, or names with"):
        traffic_marl.compare(SMALL, 7, (3,))


def test_a_wrong_phase_names_the_strategy():
    def wrong(conditions):
        return lambda readings: readings.phase + 9

    with pytest.raises(StrategyError, match="wrong: asks for phase 9 at intersection_1_1; this intersection has the"):
        traffic_marl.run(SMALL, wrong, (3,))


def test_the_others_of_an_intersection_follow_a_users_strategy():
    pytest.importorskip("gymnasium")
    env = traffic_marl.gymnasium_env(SMALL, form="intersection", intersection="intersection_1_1", others=resting)
    env.reset(seed=1)
    _, _, _, _, info = env.step(0)
    assert info["phase"] == 0
    assert (env.vector.readings.phase == 0).all()


def test_probabilities_of_a_users_strategy_reach_the_viewer(folder):
    source = """
class Dice:
    def __init__(self, conditions):
        pass

    def decide(self, readings):
        return readings.phase

    def probabilities(self, readings):
        return "of four phases"
"""
    write(folder, source, "dice.py")
    conditions = Conditions(SMALL.build_network(), SMALL.timing(), 5, SMALL.flow(), (0,))
    assert named_strategy("dice.py:Dice").start(conditions).started.probabilities(None) == "of four phases"
