"""The commands train and export, and learned strategies in the others, as a user meets them."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.lone_junction import LONE_JUNCTION
from traffic_marl.cli import training
from traffic_marl.cli.training_display import duration, line, panel, training_display, verdict
from traffic_marl.learning.choosing import choose_strategies, choose_strategy
from traffic_marl.learning.runs import loop
from traffic_marl.learning.runs.budget import Budget, Target
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.progress import Report
from traffic_marl.learning.runs.state import Imitated
from traffic_marl.learning.starting.start import Start

ROOT = Path(__file__).parents[2]
TABLES = ("--algorithm", "tabular-q", "--copies", "2", "--skip-classical", "--validation-seeds", "1")


@pytest.fixture(autouse=True)
def small_file(tmp_path, monkeypatch):
    """Every test works in an empty folder with small.json."""
    monkeypatch.chdir(tmp_path)
    LONE_JUNCTION.save(tmp_path / "small.json")


@pytest.fixture
def refused(call):
    """Runs the command line, holds that it refuses in one line, and gives the line."""

    def refused(*arguments):
        code, out, err = call(*arguments)
        assert (code, out) == (2, ""), err
        assert err.count("\n") == 1, err
        return err

    return refused


def test_the_command_that_uses_a_policy_names_the_best_classical_strategy(call, monkeypatch):
    monkeypatch.setattr(
        loop, "tuned", lambda *given: (("actuated:gap_s=2,longest_green_s=45", 12.5), ("webster", 20.0))
    )
    measured = [option for option in TABLES if option != "--skip-classical"]
    code, out, err = call("train", "small.json", *measured, "--iterations", 1, "--out", "runs/mine")
    assert code == 0, err
    assert out.splitlines()[-1].endswith(" --strategies actuated:gap_s=2,longest_green_s=45,runs/mine")
    assert "actuated:gap_s=2,longest_green_s=45 12.5" in out
    code, out, err = call("compare", *out.splitlines()[-1].split(" compare ")[1].split(), "--seeds", 1)
    assert code == 0, err
    assert "runs/mine" in out


def test_a_trained_policy_is_compared_and_simulated_by_its_folder(call):
    code, out, err = call("train", "small.json", *TABLES, "--iterations", 2, "--out", "runs/mine")
    assert code == 0, err
    assert "iteration 2 of 2" in out
    assert "use it with: python -m traffic_marl compare runs/mine/scenario.json --strategies actuated,runs/mine" in out
    code, out, err = call("compare", "small.json", "--strategies", "actuated,runs/mine:choose=greedy", "--seeds", 2)
    assert code == 0, err
    assert "runs/mine:choose=greedy" in out
    code, out, err = call("simulate", "small.json", "--strategy", "runs/mine", "--json")
    assert code == 0, err
    assert (json.loads(out)["strategy"], json.loads(out)["interval"]) == ("runs/mine", 5)


def test_the_folder_has_a_name_of_its_own_if_none_is_given(call):
    assert call("train", "small.json", *TABLES, "--iterations", 1)[0] == 0
    assert RunFolder.open_run(Path("runs/small_tabular-q")).state.iteration == 1


def test_the_learning_curve_is_drawn(call):
    pytest.importorskip("matplotlib")
    call("train", "small.json", *TABLES, "--iterations", 2, "--out", "mine")
    assert Path("mine/curve.png").read_bytes().startswith(b"\x89PNG")


def test_settings_reach_the_run(call):
    arguments = ("--interval", 10, "--reward", "queue", "--discount", 0.9, "--seed", 3, "--validate-every", 1)
    assert call("train", "small.json", *TABLES, *arguments, "--iterations", 1, "--out", "mine")[0] == 0
    settings = RunFolder.open_run(Path("mine")).settings
    found = settings.training
    assert (found.interval, found.reward, found.discount, found.seed) == (10, "queue", 0.9, 3)
    assert (found.policy, found.learning_rate) == ("independent", 0.2)
    assert (settings.validation.every, settings.validation.classical) == (1, False)


def test_a_run_goes_on_with_a_longer_budget(call):
    call("train", "small.json", *TABLES, "--iterations", 1, "--out", "mine")
    code, out, err = call("train", "--resume", "--out", "mine", "--iterations", 3, "--copies", 2)
    assert code == 0, err
    assert "iteration 3 of 3" in out
    assert RunFolder.open_run(Path("mine")).state.iteration == 3


def test_a_budget_in_agent_steps_ends_with_the_iteration_that_reaches_it(call):
    code, out, err = call("train", "small.json", *TABLES, "--agent-steps", 41, "--out", "mine")
    assert code == 0, err
    assert "iteration 2, " in out  # an iteration is 20 decisions of 2 copies of 1 intersection
    assert "agent-steps 80 of 41, " in out
    folder = RunFolder.open_run(Path("mine"))
    assert (folder.state.agent_steps, folder.settings.budget) == (80, Budget(agent_steps=41))
    assert call("train", "--resume", "--out", "mine", "--agent-steps", 81)[0] == 0
    assert RunFolder.open_run(Path("mine")).state.agent_steps == 120


@pytest.mark.parametrize(
    ("best", "beaten", "told"),
    [
        (45.0, 50.0, "10.0% below actuated with 50.0 s/veh"),
        (-0.4, -0.32, "25.0% below actuated with -0.3 s/veh"),
        (-0.2, -0.4, "50.0% above actuated with -0.4 s/veh"),
        (0.5, 0.0, "0.5 s/veh above actuated with 0.0 s/veh"),
    ],
)
def test_the_verdict_compares_delays_of_either_sign(best, beaten, told):
    report = Report("done", Budget(iterations=1), best_delay=best, target=Target("actuated"), target_delay=beaten)
    assert f"s/veh, {told} on the same seeds" in verdict(report)


def test_a_training_ends_once_it_beats_its_target_and_says_after_how_much(call, refused):
    target = ("--target", "fixed_time:green_s=60", "--margin", "0.1", "--validate-every", 1)
    code, out, err = call("train", "small.json", *TABLES, *target, "--iterations", 50, "--out", "mine")
    assert code == 0, err
    folder = RunFolder.open_run(Path("mine"))
    name, delay = folder.state.target
    assert (name, folder.settings.target.margin) == ("fixed_time:green_s=60", 0.1)
    assert folder.state.iteration < 50
    assert folder.state.best_delay <= 0.9 * delay
    minutes, steps = f"{folder.state.seconds / 60:.1f}", f"{folder.state.agent_steps:,}"
    share = f"{1 - folder.state.best_delay / delay:.1%}"
    assert f"target reached after {minutes} minutes and {steps} agent-steps: validation delay " in out
    assert f"{share} below fixed_time:green_s=60 with {delay:.1f} s/veh on the same seeds\n" in out
    assert "measuring fixed_time:green_s=60, the target ...\n" in err
    assert refused("train", "--resume", "--out", "mine").startswith(
        "--resume: mine has beaten fixed_time:green_s=60 by 10.0% already; give iterations, minutes or agent-steps"
    )


def test_a_budget_that_ends_before_the_target_is_no_error(call):
    target = ("--target", "longest_queue", "--margin", "0.99", "--iterations", 2)
    code, out, err = call("train", "small.json", *TABLES, *target, "--out", "mine")
    assert code == 0, err
    assert "target not reached after 0.0 minutes and 80 agent-steps, the whole budget: best validation delay " in out
    delay = RunFolder.open_run(Path("mine")).state.target[1]
    assert f"with {delay:.1f} s/veh on the same seeds; {0.01 * delay:.1f} s/veh were asked for\n" in out


def test_a_run_beyond_its_target_goes_on_to_the_end_of_a_new_budget_or_to_another_target(call):
    command = ("train", "small.json", *TABLES, "--target", "fixed_time:green_s=60", "--validate-every", 1)
    assert call(*command, "--iterations", 50, "--out", "mine")[0] == 0
    done = RunFolder.open_run(Path("mine")).state.iteration
    assert call("train", "--resume", "--out", "mine", "--iterations", done + 2)[0] == 0
    assert RunFolder.open_run(Path("mine")).state.iteration == done + 2
    code, out, err = call("train", "--resume", "--out", "mine", "--iterations", done + 3, "--target", "webster")
    assert code == 0, err
    assert " webster with " in out
    settings = RunFolder.open_run(Path("mine")).settings
    assert (settings.target.strategy, settings.target.margin) == ("webster", 0.02)


def test_from_names_a_second_of_the_demand_and_a_policy(call, refused):
    assert call("train", "small.json", *TABLES, "--iterations", 1, "--out", "first")[0] == 0
    code, _, err = call("train", "small.json", "--from", "first", "--from", 20, "--iterations", 1, "--out", "mine")
    assert code == 0, err
    folder = RunFolder.open_run(Path("mine"))
    assert folder.settings.start.source == "first"
    assert folder.settings.training.algorithm == "tabular-q"
    assert folder.scenario.window_s[0] == 20
    assert refused("train", "small.json", "--from", 1, "--from", 2).startswith("--from: 1 and 2 are several seconds")
    assert refused("train", "small.json", "--from", "a", "--from", "b").startswith("--from: a and b are several polic")
    assert refused("train", "--resume", "--out", "mine", "--iterations", 2, "--from", "other").startswith(
        "--from: the run was begun with first, not other; leave it out"
    )
    assert call("train", "--resume", "--out", "mine", "--iterations", 2, "--from", "first")[0] == 0


def test_a_policy_that_began_with_another_is_listed_with_it(call):
    assert call("train", "small.json", *TABLES, "--iterations", 1, "--out", "runs/first")[0] == 0
    assert call("train", "small.json", "--from", "runs/first", "--iterations", 1, "--out", "runs/mine")[0] == 0
    _, out, _ = call("list", "policies")
    assert "runs/mine\n    tabular-q, independent, trained on small, decides every 5 s\n" in out
    assert out.count("began with the weights of runs/first\n") == 1


def test_ctrl_c_saves_and_resume_goes_on(call, tmp_path):
    begun = [
        sys.executable,
        str(ROOT / "run.py"),
        "train",
        "small.json",
        *TABLES,
        "--minutes",
        "5",
        "--out",
        "mine",
        "--validate-every",
        "1",
    ]
    with subprocess.Popen(begun, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        state = tmp_path / "mine" / "state.json"
        deadline = time.monotonic() + 60
        while not state.is_file() or json.loads(state.read_text())["iteration"] < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "run.py train --resume --out mine" in err
    done = json.loads(state.read_text())["iteration"]
    code, _, err = call("train", "--resume", "--out", "mine", "--iterations", done + 1)
    assert code == 0, err
    assert json.loads(state.read_text())["iteration"] == done + 1


def test_export_makes_a_small_folder(call):
    call("train", "small.json", *TABLES, "--iterations", 1, "--out", "mine")
    code, out, _ = call("export", "mine", "pretrained/mine")
    assert (code, out) == (0, "wrote pretrained/mine\n")
    code, _, err = call("simulate", "small.json", "--strategy", "pretrained/mine")
    assert code == 0, err
    assert "tabular-q has tables, no network" in call("export", "mine", "mine.onnx")[2]


def test_runs_of_the_working_directory_are_listed(call):
    assert "runs/mine" not in call("list", "policies")[1]
    call("train", "small.json", *TABLES, "--iterations", 1, "--out", "runs/mine")
    _, out, _ = call("list", "policies")
    assert "runs/mine\n    tabular-q, independent, trained on small, decides every 5 s\n" in out
    Path("runs/mine/settings.json").write_text("{}")
    assert "is damaged: settings.json" in call("list", "policies")[1]


# What is refused


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (("--algorithm", "ppp"), "--algorithm: unknown algorithm 'ppp'; did you mean ppo? Available: ppo, appo"),
        (("--network", "big"), "--network: unknown network 'big'; available: phase, mlp"),
        (("--reward", "money"), "--reward: unknown reward 'money'"),
        (("--copies", "0"), "--copies: 0 is too small; give a whole number, at least 1"),
        (("--discount", "1"), "--discount: 1.0 is out of range"),
        (("--iterations", "0"), "--iterations: 0 is too small"),
        (("--minutes", "-1"), "--minutes: -1 is not a duration; give minutes, more than 0"),
        (("--minutes", "1", "--iterations", "1"), "--minutes: a budget is one of iterations, minutes and agent-steps"),
        (("--agent-steps", "0"), "--agent-steps: 0 is too small; give a whole number, at least 1"),
        (("--agent-steps", "9", "--minutes", "1"), "--agent-steps: a budget is one of iterations, minutes and agent-"),
        (("--target", "actuate"), "--target: unknown strategy 'actuate'; did you mean actuated"),
        (("--target", "runs/no"), "runs/no: there is no such run; train it with: "),
        (("--target", "fixed_time:green=3"), "fixed_time: unknown parameter 'green'; did you mean green_s?"),
        (("--target", " "), "--target: ' ' is not a name; give the name of a strategy, such as actuated"),
        (("--target", "sotl", "--margin", "1"), "--margin: 1 is out of range; give a number from 0 to below 1"),
        (("--target", "sotl", "--margin", "nan"), "--margin: nan is not a number; give a number from 0 to below 1"),
        (("--margin", "0.1"), "--margin: there is no target of which it is a share; give a target as well"),
        (("--from", "runs/no"), "runs/no: there is no such run; train it with: "),
        (("--from", "-1"), "--from: -1 is too small; give a whole number, at least 0"),
        (("--from", ""), "--from: '' is not a name; give a text"),
        (("--imitate", "actuate"), "--imitate: unknown strategy 'actuate'; did you mean actuated"),
        (("--imitate", "sotl", "--algorithm", "dqn"), "--imitate: dqn learns values of phases, which the choices of"),
        (("--imitate", "sotl", "--algorithm", "tabular-q"), "--imitate: tabular-q learns values of phases, which the"),
        (("--critic-warmup", "1", "--algorithm", "reinforce"), "--critic-warmup: reinforce has no critic; use ppo"),
        (("--critic-warmup", "-1"), "--critic-warmup: -1 is too small"),
        (("--validate-every", "0"), "--validate-every: 0 is too small"),
        (("--policy", "attention", "--network", "mlp"), "--network: attention needs the phase network"),
        (("--algorithm", "tabular-q", "--policy", "shared"), "--policy: tabular-q has a table for each"),
        (("--algorithm", "tabular-q", "--fragment", "9"), "--fragment: tabular-q learns from whole episodes"),
        (
            ("--algorithm", "dqn", "--entropy", "0.1"),
            "--entropy: dqn does not use it; leave it out, or use ppo or appo",
        ),
        (("--algorithm", "appo", "--epochs", "3"), "--epochs: appo does not use it; leave it out, or use ppo"),
        (("--algorithm", "tabular-q", "--network", "mlp"), "--network: tabular-q does not use it; leave it out"),
        (("--phases", "1-4"), "--phases: phases can be chosen for data sets only"),
        (("--resume", "--out", "nothing"), "nothing: does not exist; give a folder made by `train --out`"),
        (("--out", "small.json"), "--out: small.json already exists; name another folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_wrong_use_is_one_line(refused, arguments, start):
    before = sorted(Path().rglob("*"))
    assert refused("train", *(() if "--resume" in arguments else ("small.json",)), *arguments).startswith(start)
    assert sorted(Path().rglob("*")) == before


def test_what_was_otherwise_when_the_run_began_is_refused(call, refused):
    call("train", "small.json", *TABLES, "--iterations", 2, "--out", "mine")
    going_on = ("--resume", "--out", "mine", "--iterations", 3)
    assert refused("train", *going_on, "--copies", 3).startswith("--copies: the run was begun with 2, not 3")
    assert refused("train", *going_on, "--validation-seeds", 4).startswith(
        "--validation-seeds: the run was begun with 1, not 4"
    )
    assert refused("train", "arterial_1x6", *going_on).startswith(
        "scenario: mine was trained on another scenario than arterial_1x6"
    )
    assert refused("train", "small.json", "--out", "mine").endswith(
        "or continue with: python -m traffic_marl train --resume --out mine\n"
    )
    assert refused("train", "--resume", "--out", "mine").startswith("--resume: mine has used its 2 iterations")


def test_a_run_that_is_no_run_is_refused_as_a_strategy(refused):
    Path("empty").mkdir()
    assert refused("compare", "--strategies", "webster,runs/no").startswith("runs/no: there is no such run")
    assert refused("simulate", "--strategy", "./empty").startswith("./empty: holds no run")
    assert refused("export", "runs/no", "policy.onnx").startswith("runs/no: there is no such run")


def test_without_ray_the_remedy_is_told(refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert 'ray is not installed; run: pip install "traffic-marl[learning]"' in refused("train", "small.json")
    assert not Path("runs").exists()


def test_help_takes_no_heavy_library():
    code = (
        "import sys\n"
        "from traffic_marl.cli import main\n"
        "try:\n    main(['train', '--help'])\n"
        "except SystemExit:\n"
        "    heavy = {'torch', 'ray', 'pygame', 'matplotlib', 'pettingzoo', 'gymnasium'}\n"
        "    print('loaded', sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--learning-rate" in done.stdout
    assert done.stdout.endswith("loaded []\n")


# What is shown


def test_strategies_are_names_or_folders(call, tmp_path):
    call("train", "small.json", *TABLES, "--iterations", 1, "--out", "runs/mine")
    chosen = choose_strategies("webster,runs/mine:choose=greedy,checkpoint=last,sotl")
    assert [named.label for named in chosen] == ["webster", "runs/mine:choose=greedy,checkpoint=last", "sotl"]
    assert choose_strategy(str(tmp_path / "runs" / "mine")).strategy.interval == 5


REPORT = Report(
    doing="training",
    budget=Budget(iterations=60),
    iteration=12,
    agent_steps=1_234_567,
    pace=25_300.4,
    mean_return=-31.234,
    delay=84.24,
    best_delay=83.9,
    classical=("actuated", 82.7),
    seconds=83.0,
    seconds_left=3_725.0,
)


def test_a_report_in_one_line():
    assert line(REPORT) == (
        "iteration 12 of 60, 1:23 min elapsed, 1:02:05 h left, agent-steps 1,234,567, 25,300 agent-steps/s, "
        "mean return -31.23 per intersection and episode, "
        "validation delay [s/veh] policy 84.2, best 83.9, actuated 82.7"
    )
    measured = Report("training", Budget(minutes=1.0), classical=("actuated", 82.7))
    assert line(measured).endswith(" elapsed, validation delay [s/veh] actuated 82.7")
    assert line(Report("starting", Budget(minutes=1.0))) == "iteration 0, 0:00 min elapsed"


def test_a_budget_of_agent_steps_is_shown_beside_those_done():
    report = Report("training", Budget(agent_steps=2_000_000), iteration=12, agent_steps=500_000, pace=25_300.4)
    assert line(report) == ("iteration 12, 0:00 min elapsed, agent-steps 500,000 of 2,000,000, 25,300 agent-steps/s")
    assert drawn_panel(report)[1].rstrip(" \u2502").endswith("25%")


def test_an_imitation_is_shown_with_its_counts():
    imitated = Imitated(agent_steps=9_600, choices=1_392, left_out=7, agreement=0.956)
    report = Report("training", Budget(iterations=9), start=Start(imitate="sotl"), imitated=imitated)
    assert line(report).endswith(
        "imitation 1,392 choices of sotl in 9,600 agent-steps, 95.6% of further ones chosen alike, "
        "7 left out that the action mask forbids"
    )
    assert "left out" not in line(replace(report, imitated=replace(imitated, left_out=0)))


def test_durations_are_written_as_on_a_clock():
    assert [duration(seconds) for seconds in (0.4, 59.6, 750.0, 3600.0)] == [
        "0:00 min",
        "1:00 min",
        "12:30 min",
        "1:00:00 h",
    ]


def drawn_panel(report, width=76):
    from rich.console import Console

    console = Console(width=80)
    with console.capture() as drawn:
        console.print(panel("ppo on small", report, width))
    return drawn.get().splitlines()


def test_the_panel_says_each_quantity_with_its_unit():
    title, bar, *facts, last = [line.strip("\u2502").strip() for line in drawn_panel(REPORT)]
    assert "ppo on small" in title
    assert bar.endswith("20%")
    assert [" ".join(fact.split()) for fact in facts] == [
        "iteration 12 of 60",
        "time 1:23 min elapsed, 1:02:05 h left",
        "agent-steps 1,234,567, 25,300 agent-steps/s",
        "mean return -31.23 per intersection and episode",
        "validation delay [s/veh] policy 84.2, best 83.9, actuated 82.7",
        "training ...",
    ]
    assert last.startswith("\u2570")


def test_the_panel_leaves_room_for_what_the_terminal_shows_of_ctrl_c(monkeypatch):
    """The `^C` of the terminal would begin a line at the end of a full one, and the border above would stay."""
    from rich.console import Console

    from traffic_marl.cli import training_display

    terminal = io.StringIO()
    made = Console(file=terminal, force_terminal=True, width=80, color_system=None)
    monkeypatch.setattr(training_display, "Console", lambda stderr: made)
    with training_display.training_display("ppo on small") as watch:
        watch(REPORT)
        frames = terminal.getvalue()
    lines = [line for line in frames.splitlines() if "\u2502" in line or "\u2570" in line]
    assert lines
    assert all(len(re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", line)) + len("^C") < 80 for line in lines)


def test_few_lines_are_printed_where_there_is_no_terminal(capsys):
    reports = [
        Report("starting", Budget(iterations=3)),
        Report("training", Budget(iterations=3)),
        Report("training", Budget(iterations=3), iteration=1, pace=10.0),
        Report("validating", Budget(iterations=3), iteration=2, pace=10.0),
        Report("training", Budget(iterations=3), iteration=2, pace=10.0, delay=5.0),
    ]
    with training_display("ppo on small") as watch:
        for report in reports:
            watch(report)
    lines = capsys.readouterr().err.splitlines()
    assert lines[:3] == ["ppo on small", "starting ...", "training ..."]
    assert len(lines) == 4
    assert lines[3].startswith("iteration 2 of 3, ")


def test_a_validation_is_told_once_with_its_result(capsys, monkeypatch):
    monkeypatch.setattr("traffic_marl.cli.training_display.BETWEEN_LINES", 0.0)
    budget = Budget(iterations=3)
    reports = [
        Report("training", budget, iteration=1),
        Report("validating", budget, iteration=2, delay=9.0),
        Report("training", budget, iteration=2, delay=5.0),
    ]
    with training_display("ppo on small") as watch:
        for report in reports:
            watch(report)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(", ")[0] for line in lines] == ["ppo on small", "iteration 1 of 3", "iteration 2 of 3"]
    assert lines[-1].endswith("validation delay [s/veh] policy 5.0")


def test_a_stop_is_told_with_the_way_on(call, monkeypatch):
    real = training.run_training

    def stopped(folder, watch):
        def kill(report):
            watch(report)
            if (report.doing, report.iteration) == ("training", 1):
                os.kill(os.getpid(), signal.SIGTERM)

        return real(folder, kill)

    monkeypatch.setattr(training, "run_training", stopped)
    code, out, err = call("train", "small.json", *TABLES, "--iterations", 9, "--out", "mine")
    assert (code, out) == (130, "")
    assert err.splitlines()[-3:] == [
        "stopping after this iteration ...",
        "saved at iteration 2; continue with: python -m traffic_marl train --resume --out mine",
        "stopped",
    ]
