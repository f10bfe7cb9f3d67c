"""The program's name as it was called, for hints that can be pasted into a terminal."""

import shlex
import sys
from pathlib import Path

COMMAND = "traffic-marl"  # the script of an installed package
MODULE = "python -m traffic_marl"
MAIN = Path(__file__).with_name("__main__.py")  # of the module
SCRIPT = Path(__file__).parents[1] / "run.py"  # in a checkout


def command_line() -> str:
    """The whole command as it was typed, to be repeated. Empty where Python was not called as the program."""
    called = Path(sys.argv[0] if sys.argv else "")
    if program() == MODULE and called.resolve() != MAIN:
        return ""
    return f"{program()} {shlex.join(sys.argv[1:])}"


def program() -> str:
    """The words before a command's name: `python run.py`, `traffic-marl` or `python -m traffic_marl`.

    From Python, such as a notebook or a script of the user's, it is the last of these, which always works.
    """
    called = Path(sys.argv[0] if sys.argv else "")
    if called.stem == COMMAND:
        return COMMAND
    if called.name == SCRIPT.name and called.resolve() == SCRIPT:
        return f"python {shlex.quote(str(called))}"
    return MODULE
