"""`train --random` on the command line."""

import pytest

from traffic_marl.cli import main
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.scenario import load_scenario

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


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (
            ("--random", "2", "--demand", "1.5"),
            "--demand: it changes a scenario that is named, and random ones are",
        ),
        (("--random", "2", "--rules", "5s-2s-0s"), "--rules: it changes a scenario that is named"),
        (("--federated", "--until", "60"), "--until: it changes a scenario, and each district has its own; leave"),
        (("--federated", "--from", "60"), "--from: it changes a scenario, and each district has its own"),
        (("--federated", "--demand", "2"), "--demand: it changes a scenario, and each district has its own"),
    ],
)
def test_what_would_change_no_scenario_is_refused(tmp_path, monkeypatch, capsys, flags, told):
    monkeypatch.chdir(tmp_path)
    districts = ("--district", "north=grid_2x2_smoke", "--district", "south=grid_2x2_smoke")

    assert called("train", *flags, *(districts if "--federated" in flags else ()), "--out", "mine") == 2
    assert capsys.readouterr().err.startswith(told)
    assert not (tmp_path / "mine").exists()


def test_named_scenarios_and_ranges_reach_the_run_and_a_resumed_one_knows_them_again(tmp_path, monkeypatch, capsys):
    pytest.importorskip("ray")
    monkeypatch.chdir(tmp_path)
    for name in ("grid_2x2_smoke", "arterial_1x6"):
        load_scenario(name).within(until_s=60).save(tmp_path / f"{name}.json")
    ranges = ("--range", "load=0.4:1.1", "--range", "intersections=2:4")
    begun = ("train", "grid_2x2_smoke.json", "--also", "arterial_1x6.json", "--random", "2", *ranges, "--out", "mine")
    quick = ("--skip-classical", "--validation-seeds", "1", *FEW)
    assert called(*begun, *quick, "--iterations", "1") == 0
    title = "ppo on 2 random scenarios and grid_2x2_smoke and arterial_1x6.json, into mine"
    assert title in capsys.readouterr().err
    training = RunFolder.open_run(tmp_path / "mine").settings.training
    assert (training.random, training.also) == (2, ("arterial_1x6.json",))
    assert training.ranges == ("intersections=2:4", "load=0.4:1.1")

    assert called("train", "--resume", "--out", "mine", *ranges, "--iterations", "2") == 0
    capsys.readouterr()
    assert called("train", "--resume", "--out", "mine", "--range", "load=0.4", "--iterations", "3") == 2
    assert capsys.readouterr().err.startswith("--range: the run was begun with ")


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--random", "2", "--range", "load=9"), "--range: in load=9, [9, 9] is not a pair of bounds; give the least"),
        (("--random", "2", "--range", "lode=1"), "--range: random scenarios have no range 'lode'; did you mean load?"),
        (("--range", "load=0.5"), "--range: random scenarios are drawn within it, and there are none; leave it out"),
        (("--random", "2", "--also", "grid_2x2_smoke"), "random scenarios and grid_2x2_smoke: differ in decisions"),
    ],
)
def test_wrong_ranges_and_scenarios_are_told_in_one_line(flags, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert called("train", *flags, "--out", "mine") == 2
    error = capsys.readouterr().err
    assert error.startswith(told)
    assert error.count("\n") == 1
    assert not (tmp_path / "mine").exists()
