"""What the documents tell a reader to do, done: commands on a minute of traffic, Python as it stands."""

import ast
import re
import runpy
import shutil
import subprocess
import sys
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from tests.helpers import documents
from tests.helpers.documents import ROOT
from tests.helpers.sumo_town import TOWN, routes
from traffic_marl.cli import main
from traffic_marl.cli.arguments import DEFAULT_SCENARIO
from traffic_marl.cli.studying import sweeping
from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.learning.sweeps.course import Course
from traffic_marl.learning.sweeps.results import judged
from traffic_marl.learning.train import run_training
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows, load_scenario

SECONDS = 60  # that a run lasts here
TINY = ["--iterations", "1", "--algorithm", "tabular-q", "--skip-classical"]
MADE = r"\.(csv|json|png|html|gif|onnx|traffic)$"  # files that commands write
NOT_TABULAR = (
    "--entropy",
    "--also",
    "--random",
    "--range",
    "--action",
    "--epochs",
    "--policy",
    "--critic",
    "--network",
    "--observation",
    "--algorithm",
    "--hidden",
    "--minibatch",
    "--imitate",
    "--critic-warmup",
    "--data",
    "--district",
    "--average-every",
    "--update-clip",
    "--noise",
    "--delta",
    "--runners",
    "--learners",
    "--address",
)
GIVEN = {"--roadnet": "roadnet.json", "--flow": "flow.json"}  # flags of files of a data set, and its files here
OF_SWEEPS = ("found", "algorithms", "drawn", "asked")
OF_RESULTS = (
    "chaos",
    *OF_SWEEPS,
    "__pycache__",
    "results",
    "tuned",
    "recorded",
)  # folders beside the files that a command names
COUNTS = "intersection,approach,left,through,right,start\nintersection_1,W,5,40,5,07:00\n"
COMMANDS = list({tuple(arguments): (block, arguments) for block, arguments in documents.commands()}.values())
SCRIPTS = list({block.text: block for block in documents.blocks("python")}.values())
LONG_COMMANDS = ("chaos", "export")  # they take a quarter of a minute even when they are shortened
LONG_SCRIPTS = ("ray",)  # libraries that take as long to start
ON_THEIR_OWN = ("ray",)  # libraries whose processes must not outlive a test
SHORTER = (
    (r"(duration_s|clearing_s)=[\d_]+", rf"\1={SECONDS}"),
    (r"\b(iterations|total_timesteps)=[\d_]+", r"\1=1"),
    (r"\b(minutes|agent_steps)=[\d_.]+", "iterations=1"),
)


def command_case(case):
    """A block with the arguments of a command in it, marked if it takes long."""
    is_long = case[1][0] in LONG_COMMANDS or "--address" in case[1]
    return pytest.param(*case, marks=[pytest.mark.slow] if is_long else [])


def script_case(block):
    """A block of Python, marked if it takes long."""
    is_long = any(f"from {name} import" in block.text for name in LONG_SCRIPTS)
    return pytest.param(block, marks=[pytest.mark.slow] if is_long else [])


def name_of_file(block):
    """The file that a Python block is the content of, if its first line says so."""
    found = re.match(r"# (\w+\.py)\n", block.text)
    return found and found[1]


def shortened(arguments, folder):
    """The command on the same network with a minute of demand, two seeds where it compares, and files that exist.

    The scenario is put in as a file with a short duration, a data set's folder as one with a small data set.
    """
    command, *rest = arguments
    if command in ("list", "export", "curves", "verify") or not command[:1].isalpha():
        return arguments
    if command == "replay":
        return arguments if "--html" in rest or "--film" in rest else [*arguments, "--html", "page.html"]
    if "--seeds" in rest:
        rest[rest.index("--seeds") + 1] = "1" if command == "chaos" else "2"
    elif command == "compare":
        rest += ["--seeds", "2"]
    if "--trials" in rest:
        rest[rest.index("--trials") + 1] = "1"
    if "--hours" in rest:
        rest[rest.index("--hours") + 1] = "0.01"
    for flag in {"--from", "--until"}.intersection(rest):
        place = rest.index(flag) + 1
        if not rest[place].isdigit():  # a policy to begin with
            continue
        rest[place] = str(int(rest[place]) * SECONDS // 3600)
    if "--cityflow" in rest:
        rest[rest.index("--cityflow") + 1] = str(data_set(folder))
    name_files(rest, folder)
    name_sumo_files(rest, folder)
    if command == "watch" and "--record" not in rest:
        if "--versus" in rest:
            drop(rest, "--versus")
        rest += ["--record", "seen.png"]
    if "--address" in rest:
        drop(rest, "--address")
    if command == "sweep":
        rest = quick_sweep(rest)
    if command == "train":
        rest = quick_training(rest)
    if {"--resume", "--cityflow", "--roadnet", "--sumo"}.intersection(rest):
        return [command, *rest]
    name = DEFAULT_SCENARIO if not rest or rest[0].startswith("-") else rest.pop(0)
    name = DEFAULT_SCENARIO if name == "all" else name
    short = load_scenario(name).model_copy(update={"duration_s": SECONDS, "clearing_s": SECONDS})
    short.save(folder / "short.json")
    return [command, str(folder / "short.json"), *rest]


def quick_training(rest):
    """Flags of `train` with the learner that is quick enough for here, without those it has no use for."""
    if "--from" in rest and not rest[rest.index("--from") + 1].isdigit():
        drop(rest, "--from")  # its policy is no table
    for flag in (*NOT_TABULAR, "--minutes", "--iterations", "--agent-steps"):
        while flag in rest:
            drop(rest, flag)
    for flag in ("--stock", "--federated", "--plan"):
        rest = [word for word in rest if word != flag]
    return [*rest, "--iterations", "2"] if "--resume" in rest else [*rest, *TINY]


def quick_sweep(rest):
    """Flags of `sweep` with two values for the learner that is quick enough for here, and with a range as a range."""
    if "--resume" in rest:
        return rest
    values = "learning_rate=0.1:0.4" if ":" in rest[rest.index("--over") + 1] else "learning_rate=0.1,0.4"
    for flag in ("--over", "--agent-steps", "--seeds"):
        while flag in rest:
            drop(rest, flag)
    return [*rest, "--over", values, "--copies", "2", *TINY]


@pytest.fixture(autouse=True)
def sweeps_here(monkeypatch):
    """Runs of sweeps are trained in this process, one after the other, without ray."""

    def train_here(folder, **options):
        course = Course(folder, trust=False, tell=options["tell"])
        while (member := course.next()) is not None:
            run_training(folder.run(member))
            course.end(member)
        return judged(folder)

    monkeypatch.setattr(sweeping, "train_sweep", train_here)


def drop(rest, flag):
    """Takes a flag and its value out."""
    place = rest.index(flag)
    del rest[place : place + 2]


def name_files(rest, folder):
    """Puts files that exist in place of the road network and of each flow file that the command names."""
    for place in [place for place, word in enumerate(rest) if word in GIVEN]:
        content = data_set(folder) / GIVEN[rest[place]]
        named = folder / Path(rest[place + 1]).name
        named.write_text(content.read_text())
        rest[place + 1] = str(named)


def name_sumo_files(rest, folder):
    """Puts files that exist in place of SUMO's files that the command names: a small town with a flow of vehicles."""
    flow = routes(folder, '<flow id="f" begin="0" end="900" period="5" from="WC" to="TE"/>')
    config = folder / "town.sumocfg"
    files = f'<net-file value="{TOWN}"/><route-files value="{flow.name}"/>'
    config.write_text(f"<configuration><input>{files}</input><time><end value='{SECONDS}'/></time></configuration>")
    for place, word in enumerate(rest):
        if word == "--sumo":
            rest[place + 1] = str(config if rest[place + 1].endswith(".sumocfg") else TOWN)
        elif word == "--routes":
            rest[place + 1] = str(flow)


def data_set(folder):
    """A small data set in CityFlow's formats, with as many phases as the real ones."""
    small = Scenario(
        name="small",
        network=GridNetwork(rows=1, columns=2, block_m=150),
        demand=TurningFlows(inflow_vph=300),
        signals={"phases": "eight"},
        duration_s=SECONDS,
    )
    write_roadnet(small.build_network(), folder / "roadnet.json")
    write_flow(small.build_demand().draw(0), small.build_network(), folder / "flow.json")
    return folder


@pytest.mark.parametrize(
    ("block", "arguments"), [*map(command_case, COMMANDS)], ids=lambda value: str(value).strip("[]").replace("'", "")
)
def test_command_works(block, arguments, tmp_path, monkeypatch, capsys):
    if "--plot" in arguments:
        pytest.importorskip("matplotlib")
    (tmp_path / "given").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    before = prepared(block, arguments, tmp_path)
    command = shortened(list(arguments), tmp_path / "given")
    with pytest.raises(SystemExit) as stop:
        main(command)
    captured = capsys.readouterr()
    assert stop.value.code == 0, captured.err
    assert captured.out or captured.err
    given = {word for flag, word in pairwise(arguments) if flag in GIVEN}
    files = {word for word in (*arguments, *command) if re.search(MADE, word) and not re.search("[/=]", word)} - given
    files |= {name.replace(".", "_detectors.") for flag, name in pairwise(arguments) if flag == "--events"}
    folders = {"runs"} if any("runs/" in word for word in (*arguments, *command)) else set()
    there = {path.name for path in (tmp_path / "work").iterdir() if path.name not in OF_RESULTS}
    assert there - {"runs"} == files | before | (folders - {"runs"})
    assert folders <= there
    assert all((tmp_path / "work" / name).stat().st_size > 0 for name in files)


def prepared(block, arguments, folder):
    """Makes in the folder `work`, where we are, what a command takes for granted; names of files that it made."""
    command, text = arguments[0], " ".join(arguments)
    made = written_files(block, text)
    if command in ("watch", "replay"):
        pytest.importorskip("pygame")
    if command == "replay":
        short = folder / "given" / "short.json"
        load_scenario(DEFAULT_SCENARIO).model_copy(update={"duration_s": SECONDS, "clearing_s": 0}).save(short)
        recordings = [word for word in arguments if word.endswith(".traffic")]
        for recording in recordings:
            quietly("watch", str(short), "--record", recording)
        made |= set(recordings)
    if "--counts" in arguments:
        Path("counts.csv").write_text(COUNTS)
        made.add("counts.csv")
    if "plan:file=plan.csv" in text:
        named = [] if arguments[1].startswith("-") else [arguments[1]]
        quietly("plan", *named, "--out", "plan.csv")
        made.add("plan.csv")
    made |= former_results(arguments, folder / "given" / "former.json")
    if command == "sweep" and "--resume" in arguments:
        out = arguments[arguments.index("--out") + 1]
        quietly("sweep", "grid_2x2_smoke", "--until", str(SECONDS), "--over", "copies=2,3", "--out", out, *TINY)
    elif "--resume" in arguments:
        short = folder / "given" / "short.json"
        load_scenario("grid_2x2_smoke").model_copy(update={"duration_s": SECONDS}).save(short)
        several = ["--seeds", "1"] if "--seeds" in arguments else []
        quietly("train", str(short), "--out", arguments[arguments.index("--out") + 1], *several, *TINY)
    elif command != "train":
        for name in re.findall(r"\bruns/(\w+)", text):
            pytest.importorskip("torch")
            shutil.copytree(ROOT / "pretrained" / "grid_4x4_rush_hour", Path("runs") / name)
    if command == "export":
        pytest.importorskip("onnx")
    return made


def former_results(arguments, short):
    """Makes the results folders and the files of searches that a command reads; names of files that it made."""
    load_scenario(DEFAULT_SCENARIO).model_copy(update={"duration_s": SECONDS, "clearing_s": SECONDS}).save(short)
    for flag, word in list(pairwise(arguments))[1:]:
        if flag == "--results" and "--results" in arguments[: arguments.index(word) - 1]:
            quietly("compare", str(short), "--strategies", "sotl", "--seeds", "1", "--results", word)
    searches = [
        (flag, each) for flag, text in pairwise(arguments) for each in text.split(",") if each.endswith(".json")
    ]
    names = {name for flag, name in searches if flag in ("--strategy", "--strategies")}
    for name in names:
        tuned = "actuated" if "actuated" in name else "plan"
        quietly("tune", "grid_2x2_smoke", tuned, "--until", "60", "--trials", "1", "--seeds", "1", "--out", name)
    return {name for name in names if "/" not in name}


def written_files(block, text):
    """Writes the Python files that the same document shows and the command names."""
    made = set()
    for script in SCRIPTS:
        name = name_of_file(script)
        if name and script.document == block.document and name in text:
            Path(name).write_text(script.text)
            made.add(name)
    return made


def quietly(*arguments):
    """Runs a command that must succeed."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 0


def test_the_commands_shown_are_all_there_are():
    commands = {
        "list",
        "compare",
        "simulate",
        "plan",
        "fit",
        "show",
        "train",
        "export",
        "watch",
        "replay",
        "report",
        "tune",
        "verify",
        "curves",
        "sweep",
    }
    assert {arguments[0] for _, arguments in COMMANDS} >= commands
    assert len(COMMANDS) >= 6


def test_the_program_itself_is_where_the_commands_look_for_it():
    done = subprocess.run(
        [sys.executable, "run.py", "list"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("block", [*map(script_case, SCRIPTS)], ids=str)
def test_script_works(block, tmp_path, capsys, monkeypatch):
    """As it stands, but for the length of what it runs: it prints something, writes files, or is a file itself."""
    for library in libraries(block.text):
        if find_spec(library) is None:
            pytest.skip(f"needs {library}, which is not among the requirements")
    monkeypatch.chdir(tmp_path)
    for other in SCRIPTS:
        if other.document == block.document and name_of_file(other):
            Path(name_of_file(other)).write_text(other.text)
    path = tmp_path / (name_of_file(block) or "script.py")
    text = block.text
    for pattern, shorter in SHORTER:
        text = re.sub(pattern, shorter, text)
    path.write_text(text)
    before = set(tmp_path.iterdir())
    if any(library in ON_THEIR_OWN for library in libraries(block.text)):
        subprocess.run([sys.executable, str(path)], check=True, timeout=300)
        return
    monkeypatch.syspath_prepend(str(tmp_path))
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out or set(tmp_path.iterdir()) > before or name_of_file(block)
    if "scenario = Scenario" in block.text:
        assert load_scenario(path).duration_s == SECONDS


def libraries(source):
    """The packages that a script imports."""
    nodes = list(ast.walk(ast.parse(source)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    taken = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    own = {Path(name_of_file(block)).stem for block in SCRIPTS if name_of_file(block)}
    return {name.partition(".")[0] for name in plain | taken} - own


def test_the_table_of_the_readme_is_what_the_program_prints(call):
    """Checked for two of its rows, on all the seeds: delays and stops do not depend on the other rows."""
    (shown,) = [block.text for block in documents.blocks("console") if block.document == "README.md"]
    code, out, err = call("compare", "--strategies", "fixed_time,actuated")
    assert code == 0, err
    for name in ("fixed_time", "actuated"):
        assert figures(out, name) == figures(shown, name)


def figures(table, name):
    """Mean delay with its interval, stops and unserved vehicles of a strategy, from the lines of a table."""
    (row,) = [line for line in table.splitlines() if line.split()[1:2] == [name]]
    words = row.split()
    return [*words[2:5], *words[-2:]]


def test_every_fenced_block_says_what_it_is():
    known = {"sh", "python", "console", "text", "json", "toml", ""}
    directives = {language for block in documents.all_blocks() if (language := block.language)} - known
    assert all(language.startswith("{") for language in directives), directives
