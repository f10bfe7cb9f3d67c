from dataclasses import fields

import pytest

from traffic_marl.cli.choosing.options import TrainOptions
from traffic_marl.cli.training_flags import flag
from traffic_marl.errors import UsageError
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows

SMALL = Scenario(
    name="small",
    network=GridNetwork(rows=1, columns=1, block_m=150.0),
    demand=TurningFlows(inflow_vph=400.0),
    duration_s=60,
    clearing_s=30,
)


@pytest.fixture
def help_text(call):
    """The help text of `train`, without line breaks."""
    return " ".join(call("train", "--help")[1].split())


def test_every_setting_is_a_flag(help_text):
    for field in fields(TrainingSettings):
        assert f" {flag(field.name)} " in help_text
    assert flag("ranges") == "--range"


def test_a_help_text_stands_alone_and_shows_the_default(help_text):
    assert "--discount G Discount factor per second. [default: 0.99]" in help_text
    assert "--hidden N,N,... Units of each hidden layer of a network. [default: 32,32]" in help_text
    assert "--validation-seeds N Number of validation seeds, and with --random of scenarios. [default: 5]" in help_text


def test_an_algorithm_with_another_default_is_named(help_text):
    assert "[default: 0.0007; tabular-q: 0.2; gap_out: 0.001; plan: 0.001]" in help_text
    assert "[default: 5; gap_out: 1; plan: 1]" in help_text
    assert "[default: shared; tabular-q: independent]" in help_text


def test_one_flag_chooses_the_form_of_the_algorithm(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    SMALL.save(tmp_path / "small.json")
    code, _, err = call("train", "small.json", "--synchronous", "--algorithm", "impala")
    assert (code, err) == (
        2,
        "--asynchronous/--synchronous: impala has no synchronous form; leave it out, or use ppo\n",
    )
    code, _, err = call("train", "small.json", "--asynchronous", "--epochs", 3)
    assert (code, err) == (2, "--epochs: appo does not use it; leave it out, or use ppo\n")
    code, _, err = call("train", "small.json", "--asynchronous", "--balance", "--runners", 2)
    assert code == 2
    assert err.startswith("--balance: appo waits for no runner")
    assert not (tmp_path / "runs").exists()


def test_a_run_that_goes_on_has_the_form_that_it_was_begun_with(tmp_path):
    settings = RunSettings(TrainingSettings(algorithm="impala"), Budget(1), Validation())
    TrainOptions({"asynchronous": True}, None, {}).ensure_same(settings)
    TrainOptions({"asynchronous": None}, None, {}).ensure_same(settings)
    with pytest.raises(UsageError, match="impala has no synchronous form"):
        TrainOptions({"asynchronous": False}, None, {}).ensure_same(settings)
    begun = RunSettings(TrainingSettings(algorithm="appo"), Budget(1), Validation())
    TrainOptions({"asynchronous": True, "algorithm": "ppo"}, None, {}).ensure_same(begun)
    with pytest.raises(UsageError, match="asynchronous: the run was begun with appo, not ppo"):
        TrainOptions({"asynchronous": False}, None, {}).ensure_same(begun)
    assert TrainOptions({"asynchronous": True}, None, {}).algorithm == "appo"


def test_flags_reach_the_settings(call, tmp_path, monkeypatch):
    pytest.importorskip("ray")
    monkeypatch.chdir(tmp_path)
    SMALL.save(tmp_path / "small.json")
    flags = ("--hidden", "8,6", "--clip", 0.3, "--gae-lambda", 0.8, "--last-rate", 0.2, "--value-weight", 0.25)
    code, _, err = call(
        *("train", "small.json", "--iterations", 1, "--copies", 2, "--skip-classical", "--validation-seeds", 1),
        *(*flags, "--gradient-clip", 0.4, "--out", "mine"),
    )
    assert code == 0, err
    found = RunFolder.open_run(tmp_path / "mine").settings.training
    assert (found.hidden, found.clip, found.gae_lambda, found.last_rate) == ((8, 6), 0.3, 0.8, 0.2)
    assert (found.value_weight, found.gradient_clip) == (0.25, 0.4)


def test_a_resumed_run_knows_its_flags_again(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    SMALL.save(tmp_path / "small.json")
    tables = ("--algorithm", "tabular-q", "--copies", 2, "--skip-classical", "--validation-seeds", 1)
    call("train", "small.json", *tables, "--iterations", 1, "--out", "mine")
    again = ("train", "--resume", "--out", "mine", "--iterations", 2)
    assert call(*again, "--hidden", "32,32", "--discount", 0.99)[0] == 0
    code, _, err = call(*again, "--hidden", "8,8")
    assert (code, err) == (
        2,
        "--hidden: the run was begun with (32, 32), not (8, 8); leave it out, or begin another run without --resume\n",
    )
