"""Learning curves of made-up runs, read from their folders."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.made_up_curves import DELAYS, made_up_curve
from tests.helpers.made_up_runs import SMALL
from traffic_marl.errors import FileError, StrategyError, UsageError
from traffic_marl.learning.curves import Axis, curve_of, grouped, read_runs
from traffic_marl.learning.curves.drawing import draw_curves, to_csv


def groups(*folders):
    return grouped(read_runs([str(folder.path) for folder in folders]))


def shifted(by):
    return [tuple(delay + by for delay in both) for both in DELAYS]


def test_a_run_comes_with_the_delay_of_each_validation_seed(tmp_path):
    (run,) = read_runs([str(made_up_curve(tmp_path / "one", seed=3).path)])
    assert (run.seed, run.traffic, run.classical) == (3, "small", ("webster", 58.0))
    assert run.agent_steps.tolist() == [0.0, 1000.0, 2000.0]
    assert run.minutes.tolist() == [0.0, 0.5, 1.0]
    assert run.delays.tolist() == [list(both) for both in DELAYS]


def test_a_run_of_a_former_version_has_its_means_alone(tmp_path):
    (run,) = read_runs([str(made_up_curve(tmp_path / "one", each=False).path)])
    assert run.delays.tolist() == [[102.0], [62.0], [52.0]]


def names(*folders):
    return [group.name for group in groups(*folders)]


@pytest.mark.parametrize(
    "folders",
    [("mine_seed0", "mine_seed1", "mine_seed10"), ("mine0", "mine1", "mine2"), ("mine-a", "mine-b", "mine-c")],
)
def test_runs_that_differ_in_their_seed_alone_are_one_group_with_the_name_that_they_share(tmp_path, folders):
    runs = [made_up_curve(tmp_path / name, seed=5 - place) for place, name in enumerate(folders)]
    (group,) = groups(*runs)
    assert group.name == str(tmp_path / "mine")
    assert [run.seed for run in group.runs] == [3, 4, 5]


def test_single_runs_have_their_own_names(tmp_path):
    one, other = made_up_curve(tmp_path / "a", hidden=(64, 64)), made_up_curve(tmp_path / "b")
    assert names(one, other) == [str(tmp_path / "a"), str(tmp_path / "b")]


def test_groups_whose_runs_share_no_name_are_named_by_the_settings_in_which_they_differ(tmp_path):
    one, same = made_up_curve(tmp_path / "a", hidden=(64, 64)), made_up_curve(tmp_path / "x", hidden=(64, 64), seed=1)
    other = made_up_curve(tmp_path / "b", hidden=(32, 32), seed=5)
    third = made_up_curve(tmp_path / "c", hidden=(32, 32), algorithm="appo", policy="independent", seed=1)
    assert names(one, same, other) == ["ppo hidden=64,64", "ppo hidden=32,32"]
    assert names(one, same) == ["ppo"]
    assert names(one, same, third)[1].startswith("appo policy=independent")


def test_equal_names_are_numbered(tmp_path):
    busier = SMALL.model_copy(update={"name": "busier", "duration_s": 130})
    runs = [made_up_curve(tmp_path / name, scenario=busier, seed=place) for place, name in enumerate(("a", "x"))]
    others = [made_up_curve(tmp_path / name, seed=place) for place, name in enumerate(("b", "y"))]
    assert names(*runs, *others) == ["ppo", "ppo (2)"]


def test_runs_on_other_traffic_are_another_group(tmp_path):
    busier = SMALL.model_copy(update={"name": "busier", "duration_s": 130})
    found = groups(made_up_curve(tmp_path / "a"), made_up_curve(tmp_path / "b", scenario=busier))
    assert [group.traffic for group in found] == ["small", "busier"]
    assert found[0].identity != found[1].identity


def of_former_version(folder):
    folder.write_state(replace(folder.state, mean="arithmetic"))
    return folder


def test_delays_of_scenarios_that_an_earlier_version_scaled_otherwise_are_another_group(tmp_path):
    runs = [made_up_curve(tmp_path / name, random=2, seed=place) for place, name in enumerate(("one", "two"))]
    runs.append(of_former_version(made_up_curve(tmp_path / "former", random=2, seed=2)))
    assert [group.traffic for group in groups(*runs)] == [
        "random scenarios and small",
        "random scenarios and small, an arithmetic mean",
    ]


def test_runs_on_one_scenario_are_one_group_whatever_their_version(tmp_path):
    runs = [made_up_curve(tmp_path / "one", seed=1), of_former_version(made_up_curve(tmp_path / "two", seed=2))]
    (group,) = groups(*runs)
    assert (group.traffic, len(group.runs)) == ("small", 2)


def test_the_curve_is_the_middle_of_all_runs_and_seeds(tmp_path):
    (group,) = groups(made_up_curve(tmp_path / "a"), made_up_curve(tmp_path / "b", shifted(20.0), seed=1))
    curve = curve_of(group)
    assert curve.effort.tolist() == [0.0, 1000.0, 2000.0]
    middle = [np.mean(sorted((a, b, a + 20, b + 20))[1:3]) for a, b in DELAYS]
    assert curve.delay.tolist() == pytest.approx(middle)
    assert curve.low.tolist() == pytest.approx([np.mean(both) for both in DELAYS])
    assert curve.high.tolist() == pytest.approx([np.mean(both) + 20.0 for both in DELAYS])


def test_a_run_keeps_its_delay_until_its_next_validation(tmp_path):
    (group,) = groups(made_up_curve(tmp_path / "a"), made_up_curve(tmp_path / "b", steps=700, seed=1))
    curve = curve_of(group)
    assert curve.effort.tolist() == [0.0, 700.0, 1000.0, 1400.0]
    first, second, third = (np.array(both) for both in DELAYS)
    pairs = ((first, first), (first, second), (second, second), (second, third))
    expected = [np.sort(np.concatenate(pair))[1:3].mean() for pair in pairs]
    assert curve.delay.tolist() == pytest.approx(expected)
    assert curve_of(group, Axis.MINUTES).effort.tolist() == [0.0, 0.5, 1.0]


def test_runs_with_and_without_delays_of_seeds_are_compared_by_their_means(tmp_path):
    (group,) = groups(made_up_curve(tmp_path / "a"), made_up_curve(tmp_path / "b", each=False, seed=1))
    assert curve_of(group).delay.tolist() == pytest.approx([102.0, 62.0, 52.0])


def test_a_single_run_has_no_interval(tmp_path):
    curve = curve_of(*groups(made_up_curve(tmp_path / "a")))
    assert curve.delay.tolist() == pytest.approx([102.0, 62.0, 52.0])
    assert np.isnan(curve.low).all()
    assert np.isnan(curve.high).all()


def test_curves_are_written_as_csv(tmp_path):
    one = made_up_curve(tmp_path / "a")
    (line, *_), alone = (
        list(csv.DictReader(io.StringIO(to_csv([curve_of(*groups(*folders))]))))
        for folders in ((one, made_up_curve(tmp_path / "b", shifted(20.0), seed=1)), (one,))
    )
    assert line["traffic"] == "small"
    assert (line["group"], line["runs"], line["agent_steps"]) == ("ppo", "2", "0.0")
    assert (float(line["low [s/veh]"]), float(line["high [s/veh]"])) == (102.0, 122.0)
    assert {row["low [s/veh]"] for row in alone} == {""}


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_curves_are_drawn_with_axes_for_each_traffic(tmp_path, monkeypatch, suffix):
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    made = []
    subplots = Figure.subplots
    monkeypatch.setattr(Figure, "subplots", lambda figure, *a, **k: made.append(subplots(figure, *a, **k)) or made[-1])
    busier = SMALL.model_copy(update={"name": "busier"})
    found = groups(
        made_up_curve(tmp_path / "a"),
        made_up_curve(tmp_path / "b", hidden=(8,)),
        made_up_curve(tmp_path / "c", scenario=busier),
    )
    draw_curves([curve_of(group) for group in found], tmp_path / f"curves{suffix}")
    (axes,) = made
    assert [each.get_title() for each in axes[:, 0]] == ["small", "busier"]
    assert [len(each.lines) for each in axes[:, 0]] == [2 + 1, 1 + 1]
    assert (tmp_path / f"curves{suffix}").stat().st_size > 0


def test_what_is_no_run_is_refused(tmp_path):
    good = made_up_curve(tmp_path / "a")
    unvalidated = made_up_curve(tmp_path / "b", delays=())
    with pytest.raises(StrategyError, match="there is no such run"):
        read_runs([str(tmp_path / "nowhere")])
    with pytest.raises(StrategyError, match="holds no run"):
        read_runs([str(tmp_path)])
    with pytest.raises(UsageError, match="is given twice"):
        read_runs([str(good.path), f"{good.path}/"])
    with pytest.raises(UsageError, match="has not been validated yet"):
        read_runs([str(unvalidated.path)])
    with pytest.raises(UsageError, match="no run is given"):
        read_runs([])
    (good.path / "progress.csv").write_text("iteration,agent_steps\n1,x\n")
    with pytest.raises(FileError):
        read_runs([str(good.path)])
