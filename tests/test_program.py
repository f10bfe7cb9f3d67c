"""The program's name in hints."""

import shlex
import sys
from pathlib import Path

import pytest

from traffic_marl.program import command_line, program

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("run.py", "python run.py"),
        ("/usr/local/bin/traffic-marl", "traffic-marl"),
        ("C:/Scripts/traffic-marl.exe", "traffic-marl"),
        (str(ROOT / "traffic_marl" / "__main__.py"), "python -m traffic_marl"),
        ("", "python -m traffic_marl"),
        ("mine/run.py", "python -m traffic_marl"),
    ],
)
def test_the_name_is_the_one_the_program_was_called_by(monkeypatch, called, name):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", [called, "compare"])
    assert program() == name


def test_the_name_from_another_folder_says_where_the_checkout_is(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(ROOT / "run.py")])
    assert program() == f"python {shlex.quote(str(ROOT / 'run.py'))}"


@pytest.mark.parametrize(
    ("called", "whole"),
    [
        ("run.py", "python run.py compare 'my file'"),
        ("/usr/local/bin/traffic-marl", "traffic-marl compare 'my file'"),
        (str(ROOT / "traffic_marl" / "__main__.py"), "python -m traffic_marl compare 'my file'"),
        ("mine/run.py", ""),
        ("", ""),
    ],
)
def test_the_whole_command_can_be_typed_again(monkeypatch, called, whole):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", [called, "compare", "my file"])
    assert command_line() == whole
