"""An observation and a reward of the user's own: kept with the run, and used from there."""

import json

import pytest

import traffic_marl
from tests.helpers.made_up_runs import SMALL
from traffic_marl.errors import UsageError
from traffic_marl.imported import load_reference
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.resuming import resume
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.export import export
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.train import run_training

QUIET = Validation(every=1, seeds=1, classical=False)
TABLES = {"algorithm": "tabular-q", "copies": 2}
SOURCE = """
from traffic_marl.observation import make_encoder


def few(network, timing, interval):
    return make_encoder(network, timing, interval, "queue+bands+backlog")


def outflow(network):
    return lambda readings: readings.discharged[:, : len(network.intersections)] / 10.0
"""


@pytest.fixture
def own(tmp_path):
    """The path of a file with an observation and a reward."""
    path = tmp_path / "mine" / "own.py"
    path.parent.mkdir()
    path.write_text(SOURCE)
    return path


@pytest.fixture
def trained(own, tmp_path):
    """A run with that observation and that reward, whose file is gone."""
    choices = {"observation": f"{own}:few", "reward": f"{own}:outflow"}
    traffic_marl.train(SMALL, tmp_path / "run", iterations=1, validation=QUIET, **choices, **TABLES)
    own.unlink()
    return tmp_path / "run"


def test_the_folder_names_its_own_copy(trained):
    assert (trained / "observation.py").read_text() == SOURCE
    assert json.loads((trained / "settings.json").read_text())["training"]["observation"] == "observation.py:few"
    assert (trained / "reward.py").read_text() == SOURCE
    assert json.loads((trained / "settings.json").read_text())["training"]["reward"] == "reward.py:outflow"
    (policy,) = trained.glob("checkpoints/*/policy.json")
    assert json.loads(policy.read_text())["observation"] == "observation.py:few"
    assert RunFolder.open_run(trained).settings.training.observation == f"{trained / 'observation.py'}:few"


def test_the_run_is_a_strategy_without_the_original(trained, tmp_path, monkeypatch):
    measures = traffic_marl.run(SMALL, load_learned(trained, trust=True), (0,)).measures
    assert measures.mean_delay > 0.0
    trained.rename(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    again = traffic_marl.run(SMALL, load_learned("./elsewhere", trust=True), (0,)).measures
    assert again.mean_delay == measures.mean_delay


def test_the_run_goes_on_without_the_original(trained):
    report = run_training(resume(RunFolder.open_run(trained), Budget(iterations=2), trust=True))
    assert (report.doing, report.iteration) == ("done", 2)
    assert json.loads((trained / "settings.json").read_text())["training"]["observation"] == "observation.py:few"


def test_an_exported_folder_holds_the_copy(trained, tmp_path):
    export(str(trained), tmp_path / "small")
    delays = [
        traffic_marl.run(SMALL, load_learned(each, trust=True), (0,)).measures.mean_delay
        for each in (trained, tmp_path / "small")
    ]
    assert delays[0] == delays[1]


def test_an_object_is_kept_by_its_file(own, tmp_path):
    few = load_reference(f"{own}:few", "observation")
    traffic_marl.train(SMALL, tmp_path / "run", iterations=1, validation=QUIET, observation=few, **TABLES)
    assert (tmp_path / "run" / "observation.py").read_text() == SOURCE


@pytest.mark.parametrize("name", ["observation", "reward"])
def test_an_object_without_a_file_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match=rf"^{name}: .* cannot be found again"):
        traffic_marl.train(SMALL, tmp_path / "run", **{name: lambda network, *others: None})
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_needs_another_beside_it_is_refused(own, tmp_path):
    (own.parent / "beside.py").write_text("GROUPS = 'queue+bands+backlog'")
    own.write_text(SOURCE.replace("\n\n\ndef", "\nfrom beside import GROUPS\n\n\ndef", 1))
    message = r"^observation: a copy of .*own\.py in the folder of the run cannot be loaded; put all that it needs into"
    with pytest.raises(UsageError, match=message):
        traffic_marl.train(SMALL, tmp_path / "run", observation=f"{own}:few", **TABLES)
    assert not (tmp_path / "run").exists()


def test_an_observation_without_the_features_of_the_learner_is_refused(tmp_path):
    with pytest.raises(
        UsageError, match=r"^observation: tabular-q needs the features moving_0_60, moving_60_120, backlog"
    ):
        traffic_marl.train(SMALL, tmp_path / "run", observation="queue", **TABLES)


def test_a_resumed_run_takes_the_same_file_under_another_path(own, tmp_path, call, monkeypatch):
    monkeypatch.chdir(tmp_path)
    SMALL.save(tmp_path / "small.json")
    tables = ("--algorithm", "tabular-q", "--copies", 2, "--skip-classical", "--validation-seeds", 1)
    code, _, err = call(
        "train", "small.json", *tables, "--observation", "mine/own.py:few", "--iterations", 1, "--out", "run"
    )
    assert code == 0, err
    again = ("train", "--resume", "--out", "run", "--observation", "mine/own.py:few", "--iterations")
    assert call(*again, 2)[0] == 0
    own.write_text(SOURCE + "\n# changed\n")
    code, _, err = call(*again, 3)
    assert code == 2
    assert err.startswith("--observation: the run was begun with ")


def test_the_rewards_are_those_of_the_file(own, tmp_path, call, monkeypatch):
    monkeypatch.chdir(tmp_path)
    SMALL.save(tmp_path / "small.json")
    tables = ("--algorithm", "tabular-q", "--copies", 2, "--skip-classical", "--validation-seeds", 1)
    code, _, err = call(
        *("train", "small.json", *tables, "--reward", "mine/own.py:outflow", "--iterations", 1, "--out", "run")
    )
    assert code == 0, err
    _, row = RunFolder.open_run(tmp_path / "run").progress()
    assert row["mean_return"] > 0.0, "vehicles that left, not a delay, which is below 0"


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ("np.zeros(3)", r"gives an array of shape \(3,\); give \(2, 2\): copies, intersections$"),
        ("np.zeros((1, 1))", r"gives an array of shape \(1, 1\); give \(2, 2\): copies, intersections$"),
        ("np.full(readings.phase.shape, np.nan)", "gives a value that is no finite number; check it for divisions"),
        ("['much']", r"gives \['much'\], not numbers; give an array of shape"),
        ("readings.quue", r"line 3 fails with AttributeError: 'Readings' object has no attribute 'quue'; correct"),
    ],
)
def test_a_reward_that_is_of_no_use_is_refused_before_the_run(tmp_path, result, message):
    (tmp_path / "own.py").write_text(f"import numpy as np\ndef wrong(network):\n    return lambda readings: {result}\n")
    with pytest.raises(UsageError, match=rf"^reward: .*own\.py.*{message}"):
        traffic_marl.train(SMALL, tmp_path / "run", iterations=1, reward=f"{tmp_path / 'own.py'}:wrong", runners=1)
    assert not (tmp_path / "run").exists()


def test_a_wrong_reward_is_told_with_its_flag(tmp_path, call, monkeypatch):
    monkeypatch.chdir(tmp_path)
    SMALL.save(tmp_path / "small.json")
    (tmp_path / "own.py").write_text("def broken(network):\n    return 1 / 0\n")
    for text, message in (
        ("own.py:brokn", "--reward: own.py defines no 'brokn'; did you mean broken?"),
        ("own.py:broken", "--reward: own.py, line 2"),
        ("nowhere.py:broken", "--reward: there is no file nowhere.py"),
    ):
        code, _, err = call("train", "small.json", "--algorithm", "tabular-q", "--reward", text, "--out", "run")
        assert (code, err.count("\n")) == (2, 1), err
        assert err.startswith(message)
    assert not (tmp_path / "run").exists()
