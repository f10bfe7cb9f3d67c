"""Exit codes, and errors of the user as one line on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from traffic_marl.cli.output import print_status
from traffic_marl.cli.streams import lasting_streams
from traffic_marl.errors import ProcessError, TrafficError, one_line
from traffic_marl.remarks import silence_warnings
from traffic_marl.strategies.catalogue import STRATEGIES

FAILED = 1  # exit codes
WRONG_USE = 2
STOPPED = 130
LONGEST_LINE = 1000  # [characters] of a mistake that typer describes
PLAIN = {  # what is wrong with the value of an option, in some versions of typer
    "Input should be a valid integer, unable to parse string as an integer": "give a whole number",
    "Input should be a valid number, unable to parse string as a number": "give a number",
}
_OptionError: type[Exception] = typer.BadParameter.__mro__[2]  # of all errors of options. Typer exports no name.


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Exits with 2 after a mistake of the user, with 1 after the loss of a process and with 130 after Ctrl-C.

    Other errors pass through.

    A reader of the output that leaves early, such as `head`, is no error.
    """
    silence_warnings()  # because each command prints the remarks about its scenario
    with lasting_streams():
        try:
            yield
            sys.stdout.flush()
        except ProcessError as error:
            _end(str(error), FAILED)
        except TrafficError as error:
            _end(str(error), WRONG_USE)
        except _OptionError as error:
            _end(_line(error), WRONG_USE)
        except (KeyboardInterrupt, typer.Abort):
            _end("stopped", STOPPED)


def _end(line: str, code: int) -> NoReturn:
    print_status(line)
    sys.exit(code)


def _line(error: Exception) -> str:
    """An error of typer in one line, with a remedy."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    for wordy, plain in {"Value error, ": "", **PLAIN}.items():
        message = message.replace(wordy, plain)
    line = " ".join(message.split()).rstrip(".")
    flag = getattr(getattr(error, "param", None), "name", None)
    remedy = f"give one of {', '.join(STRATEGIES)}" if flag == "strategy" else "see --help"
    return f"{one_line(line, LONGEST_LINE)}; {remedy}"
