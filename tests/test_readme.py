"""What the README tells a reader to do, done; what it names, looked for. It is parsed, so that it may change."""

import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from traffic_marl.cli import main
from traffic_marl.cli.arguments import DEFAULT_SCENARIO
from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows, load_scenario
from traffic_marl.strategies.catalogue import STRATEGIES, describe, parse

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
PROSE = re.sub(r"^```.*?^```", "", TEXT, flags=re.DOTALL | re.MULTILINE)
CODE = re.findall(r"`([^`\n]+)`", PROSE)  # in the midst of a sentence
SHELL = [line for language, block in BLOCKS if language == "sh" for line in block.splitlines()]
SCRIPTS = [block for language, block in BLOCKS if language == "python"]
SECONDS = 60  # that a run lasts here
TINY = ["--iterations", "1", "--algorithm", "tabular-q", "--skip-classical"]
MADE = r"\.(csv|json|png|html|gif|onnx|traffic)$"  # files that commands write


def arguments_of(line):
    """What a command line gives to run.py."""
    words = shlex.split(line, comments=True)
    return words[words.index("run.py") + 1 :] if "run.py" in words else None


COMMANDS = [arguments for line in SHELL if (arguments := arguments_of(line)) is not None]


def shortened(arguments, folder):
    """The command on the same network with a minute of demand, two seeds where it compares, and files that exist.

    The scenario is put in as a file with a short duration, a data set's folder as one with a small data set.
    """
    command, *rest = arguments
    if command in ("list", "export"):
        return arguments
    if command == "replay":
        return arguments if "--html" in rest or "--film" in rest else [*arguments, "--html", "page.html"]
    if "--seeds" in rest:
        rest[rest.index("--seeds") + 1] = "2"
    elif command == "compare":
        rest += ["--seeds", "2"]
    if "--cityflow" in rest:
        rest[rest.index("--cityflow") + 1] = str(data_set(folder))
        return [command, *rest]
    if command == "watch" and "--record" not in rest:
        del rest[rest.index("--versus") : rest.index("--versus") + 2]
        rest += ["--record", "seen.png"]
    for flag in ("--also", "--epochs"):  # which the learner that is quick enough for here has no use for
        if flag in rest:
            del rest[rest.index(flag) : rest.index(flag) + 2]
    if "--minutes" in rest:
        place = rest.index("--minutes")
        rest[place : place + 2] = ["--iterations", "2"] if "--resume" in rest else TINY
    if "--resume" in rest:
        return [command, *rest]
    name = DEFAULT_SCENARIO if not rest or rest[0].startswith("-") else rest.pop(0)
    short = load_scenario(name).model_copy(update={"duration_s": SECONDS, "clearing_s": SECONDS})
    short.save(folder / "short.json")
    return [command, str(folder / "short.json"), *rest]


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


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_command_works(arguments, tmp_path, monkeypatch, capsys):
    if "--plot" in arguments:
        pytest.importorskip("matplotlib")
    (tmp_path / "given").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    before = prepared(arguments, tmp_path)
    command = shortened(list(arguments), tmp_path / "given")
    with pytest.raises(SystemExit) as stop:
        main(command)
    captured = capsys.readouterr()
    assert stop.value.code == 0, captured.err
    assert captured.out or captured.err
    files = {word for word in (*arguments, *command) if re.search(MADE, word) and "/" not in word}
    folders = {"runs"} if any("runs/" in word for word in arguments) else set()
    assert {path.name for path in (tmp_path / "work").iterdir()} == files | folders | before
    assert all((tmp_path / "work" / name).stat().st_size > 0 for name in files)


def prepared(arguments, folder):
    """Makes in the folder `work`, where we are, what a command takes for granted; names of files that it made."""
    command, text = arguments[0], " ".join(arguments)
    if command == "replay":
        pytest.importorskip("pygame")
        short = folder / "given" / "short.json"
        load_scenario(DEFAULT_SCENARIO).model_copy(update={"duration_s": SECONDS, "clearing_s": 0}).save(short)
        quietly("watch", str(short), "--record", "rush.traffic")
        return {"rush.traffic"}
    if command == "watch":
        pytest.importorskip("pygame")
    if "--resume" in arguments:
        short = folder / "given" / "short.json"
        load_scenario("grid_2x2_smoke").model_copy(update={"duration_s": SECONDS}).save(short)
        quietly("train", str(short), "--out", "runs/mine", *TINY)
    elif "runs/mine" in text and command != "train":
        pytest.importorskip("torch")
        shutil.copytree(ROOT / "pretrained" / "grid_4x4_rush_hour", Path("runs") / "mine")
    if command == "export":
        pytest.importorskip("onnx")
    return set()


def quietly(*arguments):
    """Runs a command that must succeed."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 0


def test_the_commands_shown_are_all_there_are():
    commands = {"list", "compare", "simulate", "train", "export", "watch", "replay"}
    assert {arguments[0] for arguments in COMMANDS} == commands
    assert len(COMMANDS) >= 6


def test_the_program_itself_is_where_the_commands_look_for_it():
    done = subprocess.run(
        [sys.executable, "run.py", "list"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.splitlines()[0])
def test_script_works(script, tmp_path, capsys, monkeypatch):
    """As it stands, but for the length of a scenario that it declares: it prints something, or writes files."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "script.py"
    path.write_text(re.sub(r"(duration_s|clearing_s)=\d+", rf"\1={SECONDS}", script))
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out or len(list(tmp_path.glob("*.json"))) == 2
    if "scenario =" in script:
        assert load_scenario(path).duration_s == SECONDS


def words():
    """Every word of the code in the README."""
    for piece in (*CODE, *SHELL):
        yield from (word.strip("[],;") for word in piece.split())


def test_paths_exist():
    """Of files and folders of this repository: not of those that a reader has, or makes by a command."""
    named = {word for word in words() if re.fullmatch(r"[\w./-]+(/|/[\w.-]+|\.(py|md|txt|toml))", word)}
    own = {word for word in named if not word.startswith((".venv", "path/to/", "runs/")) and word != "my_grid.py"}
    assert len(own) >= 5
    missing = [name for name in own if not (ROOT / name).exists() and not any((ROOT / "traffic_marl").rglob(name))]
    assert missing == []
    assert "requirements.txt" in own


def test_links_lead_somewhere():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", PROSE) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link.partition("#")[0]).exists()] == []


def test_the_tree_is_that_of_the_repository():
    """Each line of the drawing begins with one or two names; what it leaves out of the package is not much."""
    (tree,) = [block for language, block in BLOCKS if not language and "traffic_marl/" in block]
    folder, drawn = ROOT, set()
    for line in tree.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        names = re.match(r"\s*((?:[\w.]+(?:/|\.py) ?)+)", line)[1].split()
        for name in names:
            assert ((folder if indent else ROOT) / name).exists(), name
            drawn.add(name.rstrip("/") if indent else name)
        folder = ROOT / names[0] if not indent else folder
    inside = {path.name for path in (ROOT / "traffic_marl").iterdir() if not path.name.startswith(("_", "."))}
    assert {name for name in inside if name not in drawn} <= {"py.typed", "scenarios"}


def test_make_targets_exist():
    made = {target for line in (*CODE, *SHELL) for target in re.findall(r"^make (\w+)", line)}
    assert {"compare", "test"} <= made
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert made <= set(targets)


def tables(heading):
    """Rows of the tables of a section, as cells."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    for table in re.findall(r"(?:^\|.*\|\n)+", section, flags=re.MULTILINE):
        yield [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]


def test_the_strategies_are_those_there_are():
    described, with_parameters = tables("Strategies")
    assert [row[0].strip("`") for row in described] == list(STRATEGIES)
    assert {row[0].strip("`") for row in with_parameters} <= {*STRATEGIES, "all"}


def test_every_strategy_written_with_parameters_exists():
    written = {word for word in words() if re.match(r"[a-z_]+:[a-z_]+=", word) and "key=value" not in word}
    assert written
    for word in written:
        assert parse(word).label == word


def test_parameters_have_the_defaults_shown():
    """The first `name=value` of a parameter is its default, others are further choices; a name alone is worked out."""
    _, with_parameters = tables("Strategies")
    for name, cell in with_parameters:
        if name == "all":
            continue
        strategy, seen = name.strip("`"), set()
        known = {parameter.name: parameter.default for parameter in describe(strategy).parameters}
        for key, value in re.findall(r"`(\w+)=?([^`]*)`", cell):
            if value:
                given = getattr(parse(f"{strategy}:{key}={value}").strategy, key)
                assert key in seen or given == known[key], f"{strategy}:{key}"
                seen.add(key)
            elif key not in STRATEGIES:
                assert known[key] is None, f"{strategy}:{key}"
