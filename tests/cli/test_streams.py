"""Output to readers that leave early, and to places without room."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.small_town import TOWN
from traffic_marl.cli.streams import Stream
from traffic_marl.errors import FileError

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, str(ROOT / "run.py")]


@pytest.fixture
def small(tmp_path):
    TOWN.save(tmp_path / "small.json")
    return tmp_path / "small.json"


def to_closed_pipe(*arguments, closed=("stdout",)):
    """Runs the program; nobody reads its output on the closed streams. Gives exit code, stdout and stderr."""
    reader, writer = os.pipe()
    os.close(reader)
    streams = {name: writer if name in closed else subprocess.PIPE for name in ("stdout", "stderr")}
    done = subprocess.run([*RUN, *map(str, arguments)], cwd=ROOT, text=True, check=False, timeout=120, **streams)
    os.close(writer)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["list"], ["--help"], ["compare", "--help"], ["--version"]],
    ids=["list", "help", "of compare", "version"],
)
def test_output_that_nobody_reads_is_no_error(arguments):
    assert to_closed_pipe(*arguments) == (0, None, "")


@pytest.mark.parametrize("closed", [("stdout",), ("stdout", "stderr")])
def test_a_comparison_that_nobody_reads_writes_all_its_files(small, tmp_path, closed):
    pytest.importorskip("matplotlib")
    files = {flag: tmp_path / f"runs.{flag.strip('-')}" for flag in ("--csv", "--json")}
    files["--plot"] = tmp_path / "runs.png"
    options = [word for flag, path in files.items() for word in (flag, path)]
    code, _, _ = to_closed_pipe(
        "compare", small, "--strategies", "random,actuated", "--seeds", 2, *options, closed=closed
    )
    assert code == 0
    with files["--csv"].open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 4
    assert json.loads(files["--json"].read_text())["seeds"] == [0, 1]
    assert files["--plot"].read_bytes().startswith(b"\x89PNG")


def test_a_simulation_that_nobody_reads_writes_all_its_files(small, tmp_path):
    trips, result = tmp_path / "trips.csv", tmp_path / "result.json"
    code, _, err = to_closed_pipe("simulate", small, "--strategy", "random", "--trips", trips, "--json", result)
    assert (code, err) == (0, "")
    assert trips.read_text().startswith("vehicle,")
    assert json.loads(result.read_text())["strategy"] == "random"


def test_a_training_that_nobody_reads_ends_as_usual(small, tmp_path):
    tables = ("--algorithm", "tabular-q", "--copies", 2, "--interval", 20, "--skip-classical")
    code, _, _ = to_closed_pipe(
        "train", small, *tables, "--iterations", 2, "--out", tmp_path / "mine", closed=("stdout", "stderr")
    )
    assert code == 0
    assert json.loads((tmp_path / "mine" / "state.json").read_text())["iteration"] == 2


def test_a_mistake_that_nobody_reads_keeps_its_exit_code():
    assert to_closed_pipe("compare", "nosuch", closed=("stdout", "stderr"))[0] == 2


@pytest.mark.parametrize("redirection", [">&-", "2>&-"])
def test_a_stream_that_is_closed_from_the_start_is_no_error(redirection):
    command = f"{sys.executable} run.py list {redirection}"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("command", ["list", "--version"])
def test_a_full_disk_is_told_in_one_line(command):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*RUN, command], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "standard output: cannot be written (No space left on device); make room, or write elsewhere\n"
    )


class Failing:
    """A stream that fails in every way it is told to."""

    def __init__(self, error, descriptor):
        self.error = error
        self.descriptor = descriptor

    def write(self, text):
        raise self.error

    def fileno(self):
        return self.descriptor


@pytest.mark.parametrize(("must_last", "raises"), [(True, True), (False, False)])
def test_only_a_stream_that_must_last_tells_of_a_failure(tmp_path, must_last, raises):
    with (tmp_path / "file").open("w") as file:
        stream = Stream(Failing(OSError(28, "No space"), file.fileno()), "standard output", must_last=must_last)
        if not raises:
            assert stream.write("text") == 4
            return
        with pytest.raises(FileError, match=r"standard output: cannot be written \(No space\)"):
            stream.write("text")
