"""Objects of a user's own file, and one line for each thing that can be wrong."""

import sys

import pytest

from traffic_marl.errors import NetworkError, UsageError
from traffic_marl.imported import is_reference, load_reference, reference_to, run_file, split_reference

FILE = """
import dataclasses
from pathlib import Path

@dataclasses.dataclass
class Reward:
    weight: float = 2.0

def halves(network):
    return network / 2

_hidden = 1
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(FILE)
    return path


def refused(text):
    """The line with which a reference is refused."""
    with pytest.raises(UsageError) as caught:
        load_reference(str(text), "--reward")
    return str(caught.value)


def test_references_are_told_from_names():
    assert is_reference("own.py:Reward")
    assert is_reference("folder.py.d/own.py:Reward:weight=2")
    assert is_reference("own.py")
    assert not is_reference("delay")
    assert not is_reference("fixed_time:green_s=3")
    assert not is_reference("own.pyx:Reward")
    assert not is_reference(None)


def test_the_object_named_is_loaded(file):
    assert load_reference(f"{file}:Reward", "reward")().weight == 2.0
    assert load_reference(f"{file}:halves", "reward")(3) == 1.5


def test_a_relative_path_starts_where_the_program_runs(file, monkeypatch):
    monkeypatch.chdir(file.parent)
    assert load_reference("own.py:halves", "reward")(3) == 1.5


def test_a_changed_file_counts(file):
    file.write_text(FILE.replace("/ 2", "/ 3"))
    assert load_reference(f"{file}:halves", "reward")(3) == 1.0


def test_files_beside_it_can_be_imported_and_leave_no_trace(file):
    (file.parent / "beside.py").write_text("FACTOR = 7")
    file.write_text("from beside import FACTOR\nseven = FACTOR")
    modules, paths = set(sys.modules), list(sys.path)
    assert load_reference(f"{file}:seven", "reward") == 7
    assert (set(sys.modules), sys.path) == (modules, paths)


def test_path_and_name_can_be_had_without_running_the_file(file):
    assert split_reference(f"{file}:Reward", "reward") == (file, "Reward")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("none.py:Reward", "there is no file none.py; give the path of a Python file, as in file.py:Name"),
        ("own.py", "'own.py' does not say which object of the file; write own.py:Name"),
        ("own.py:", "'own.py:' does not say which object of the file; write own.py:Name"),
        ("own.py:Reward()", "'Reward()' is not a name in Python; write own.py:Name"),
        ("own.py:_hidden", "_hidden is private to own.py; choose a name that begins with a letter"),
        ("own.py:Rewards", "own.py defines no 'Rewards'; did you mean Reward? Available: Reward, halves"),
        ("own.py:zzz", "own.py defines no 'zzz'; available: Reward, halves"),
        ("own:Reward", "'own:Reward' names no Python file; write path/to/file.py:Name"),
    ],
)
def test_a_reference_to_nothing_is_refused(file, monkeypatch, text, line):
    monkeypatch.chdir(file.parent)
    assert refused(text) == f"--reward: {line}"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("x = 1\ny = (\n", "own.py, line 2: '(' was never closed"),
        ("def f():\n    return 1 / 0\n\nf()", "own.py, line 2 fails with ZeroDivisionError: division by zero"),
        ("import nowhere_to_be_found", "own.py, line 1 fails with ModuleNotFoundError: No module named 'nowhere"),
        ("import sys\nsys.exit(3)", "own.py, line 2 fails with SystemExit: 3"),
        ("import broken", "broken.py, line 1: invalid syntax"),
        ("", "own.py defines no 'Reward'; define it there"),
    ],
)
def test_a_file_that_fails_is_told_with_its_line(file, monkeypatch, content, what):
    monkeypatch.chdir(file.parent)
    file.write_text(content)
    (file.parent / "broken.py").write_text("1 +")
    line = refused("own.py:Reward")
    assert line.startswith("--reward: ")
    assert what in line
    assert "\n" not in line


def test_the_kind_of_error_can_be_chosen_and_the_path_is_said_once(file):
    file.write_text("1 / 0")
    with pytest.raises(NetworkError) as caught:
        run_file(file, str(file), NetworkError)
    assert str(caught.value) == f"{file}: line 1 fails with ZeroDivisionError: division by zero; correct the file"


def test_an_error_of_the_program_comes_through(file):
    file.write_text("from traffic_marl.errors import UsageError\nraise UsageError('here', 'it is wrong', 'mend it')")
    assert refused(f"{file}:Reward") == "here: it is wrong; mend it"


def test_a_file_that_loads_itself_is_told_to_guard_what_it_does(file):
    file.write_text(f"from traffic_marl.imported import load_reference\nload_reference({f'{file}:x'!r}, 'reward')")
    line = refused(f"{file}:x")
    assert f"{file} runs itself again while it is loaded; put what the script does under `if __name__ ==" in line


class Mine:
    """A class that stands at the top of a file."""


def test_an_object_at_the_top_of_a_file_has_a_name_by_which_it_is_loaded_again(file):
    assert reference_to(load_reference(f"{file}:halves", "reward"), "reward") == f"{file}:halves"
    assert load_reference(reference_to(Mine, "reward"), "reward").__doc__ == Mine.__doc__


@pytest.mark.parametrize("thing", [lambda network: None, 3, len, int, None])
def test_an_object_that_is_not_at_the_top_of_a_file_has_no_such_name(thing):
    with pytest.raises(UsageError, match=r"^reward: .* cannot be found again by a name in a file; give a function"):
        reference_to(thing, "reward")
