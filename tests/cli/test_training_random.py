"""`train --random` on the command line."""

import pytest

from traffic_marl.cli import main
from traffic_marl.learning.runs.folder import RunFolder

FEW = ("--copies", "2", "--minibatch", "64", "--epochs", "1", "--hidden", "8,8")


def called(*arguments):
    """The exit code of a command."""
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    return stop.value.code


def test_a_part_of_the_demand_may_be_chosen_and_the_run_goes_on_without_naming_it(tmp_path, monkeypatch, capsys):
    pytest.importorskip("ray")
    monkeypatch.chdir(tmp_path)
    begun = ("train", "--random", "2", "--until", "60", "--out", "mine", "--skip-classical", "--validation-seeds", "2")
    assert called(*begun, "--iterations", "1", *FEW) == 0
    assert "ppo on 2 random scenarios, into mine" in capsys.readouterr().err
    folder = RunFolder.open_run(tmp_path / "mine")
    assert (folder.scenario.name, folder.scenario.horizon) == ("random_10000", 60)

    assert called("train", "--random", "2", "--resume", "--out", "mine", "--iterations", "2") == 0
    assert RunFolder.open_run(tmp_path / "mine").state.iteration == 2


def test_a_policy_for_one_network_is_refused_in_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert called("train", "--random", "2", "--policy", "independent") == 2
    assert capsys.readouterr().err.startswith("--random: random networks can share nothing but a shared policy")
