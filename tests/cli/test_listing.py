"""What `list` prints: every name whole, on a line of its own."""

import pytest

from traffic_marl.cli import listing
from traffic_marl.scenario import scenario_names
from traffic_marl.strategies.catalogue import STRATEGIES, describe


@pytest.fixture(params=["40", "80", "200"])
def width(request, monkeypatch):
    monkeypatch.setenv("COLUMNS", request.param)
    return int(request.param)


def test_every_scenario_and_strategy_stands_on_a_line_of_its_own(call, width):
    lines = call("list")[1].splitlines()
    assert {*scenario_names(), *STRATEGIES} <= set(lines)
    several_words = [line for line in lines if len(line.split()) > 1 and " compare --strategies" not in line]
    assert max(map(len, several_words)) <= width


def test_parameters_say_default_unit_and_meaning(call):
    lines = call("list", "strategies")[1].splitlines()
    assert any(line.startswith("    green_s=30 [s]: ") for line in lines)
    assert any(line.startswith("    saturation_flow_vph=1470 [veh/h]: ") for line in lines)
    names = {line.split("=")[0].split(" [")[0].split(":")[0].strip() for line in lines}
    assert {each.name for name in STRATEGIES for each in describe(name).parameters} <= names


def test_a_parameter_of_all_strategies_is_told_once(call):
    out = call("list", "strategies")[1]
    assert out.count("interval_s [s]: ") == 1
    assert "every strategy\n    interval_s [s]: " in out


def test_tuned_strategies_tell_what_was_found(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("tune", "grid_2x2_smoke", "fixed_time", "--trials", 1, "--seeds", 1)[0] == 0
    (tmp_path / "tuned" / "torn.json").write_text("{")
    out = call("list", "strategies")[1]
    found = " ".join(out.split())
    assert "tuned/grid_2x2_smoke-fixed_time.json fixed_time" in found
    assert ", tuned in 1 trial: mean delay " in found
    assert " s/veh on grid_2x2_smoke, seed 10000" in found
    assert out.split("tuned/torn.json\n")[1].strip(), "a file that cannot be read is told"


def test_policies_with_long_names_are_named_whole(call, monkeypatch):
    name = "runs/" + "a_name_that_has_to_be_copied_" * 4
    monkeypatch.setattr(listing, "runs_here", lambda: [name])
    assert name in call("list", "policies")[1].splitlines()


def test_policies_tell_their_delay_with_its_unit(call):
    out = call("list", "policies")[1]
    assert "pretrained/grid_4x4_rush_hour\n    ppo, shared, trained on grid_4x4_rush_hour" in out
    words = " ".join(out.split())
    best = "actuated_longest_queue:longest_green_s=30"
    assert f" s/veh on grid_4x4_rush_hour, 5 seeds (10000 to 10004); best classical strategy {best}: " in words


@pytest.mark.parametrize(
    ("random", "mean"),
    [
        (2, "geometric mean of delays 30.0 s/veh on random scenarios and those that are named"),
        (None, "mean delay 30.0 s/veh on small"),
    ],
)
def test_the_delay_of_several_scenarios_is_a_geometric_mean(call, tmp_path, monkeypatch, random, mean):
    pytest.importorskip("torch")
    from tests.helpers.made_up_runs import made_up_run

    made_up_run(tmp_path / "runs" / "one", random=random)
    monkeypatch.chdir(tmp_path)
    assert f"{mean}, seed 10000" in " ".join(call("list", "policies")[1].split())


def test_policies_tell_that_they_begin_with_a_plan(call):
    parts = [" ".join(part.split()) for part in call("list", "policies")[1].split("\n\n")]
    (planned,) = (part for part in parts if part.startswith("pretrained/general_plan "))
    assert "action space plan, own bound" in planned
    assert "its logits are added to those of the plan of each intersection" in planned
    assert sum("its logits" in part for part in parts) == 1


def test_policies_tell_all_that_they_were_trained_on(call):
    words = " ".join(call("list", "policies")[1].split())
    assert "trained on 4 random scenarios, grid_4x4_rush_hour and 6 more, decides" in words
    assert " s/veh on random scenarios and those that are named, 5 seeds (10000 to 10004)" in words


def test_policies_tell_their_own_bound_of_waits(call, tmp_path, monkeypatch):
    pytest.importorskip("torch")
    from tests.helpers.made_up_runs import made_up_run

    made_up_run(tmp_path / "runs" / "bounded", action="gap_out", interval=1, longest_wait=90)
    made_up_run(tmp_path / "runs" / "plain")
    monkeypatch.chdir(tmp_path)
    bounded, _, plain = call("list", "policies")[1].partition("runs/plain")
    assert "own bound of the wait of a call for its green 90 s" in " ".join(bounded.split())
    assert "bound" not in plain


@pytest.mark.parametrize(
    ("seeds", "words"), [((), "small"), ((7,), "small, seed 7"), ((7, 8, 9), "small, 3 seeds (7 to 9)")]
)
def test_the_traffic_of_a_validation_is_told_in_words(seeds, words):
    assert listing._traffic("small", seeds) == words


def test_the_example_with_a_parameter_can_be_pasted(call):
    (line,) = [line for line in call("list", "strategies")[1].splitlines() if " compare --strategies" in line]
    assert line.endswith(" compare --strategies fixed_time:green_s=30")
    assert call("compare", "--strategies", f"{line.split()[-1]},nosuch")[2].startswith(
        "--strategies: unknown strategy 'nosuch'"
    )
