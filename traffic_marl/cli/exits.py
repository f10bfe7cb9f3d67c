"""How the program ends: mistakes of the user become one line on stderr and an exit code."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from traffic_marl.cli.output import print_status
from traffic_marl.errors import TrafficError
from traffic_marl.strategies.catalogue import STRATEGIES

UNREAD = 1  # exit codes
WRONG_USE = 2
STOPPED = 130
_Complaint: type[Exception] = typer.BadParameter.__mro__[2]  # base of all errors of use; typer exports no name for it


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Ends the program with 2 after a mistake of the user, with 130 after Ctrl-C; other errors pass through."""
    try:
        yield
    except TrafficError as error:
        _end(str(error), WRONG_USE)
    except _Complaint as complaint:
        _end(_line(complaint), WRONG_USE)
    except (KeyboardInterrupt, typer.Abort):
        _end("stopped", STOPPED)
    except BrokenPipeError:  # whoever read the output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(UNREAD)


def _end(line: str, code: int) -> NoReturn:
    print_status(line)
    sys.exit(code)


def _line(complaint: Exception) -> str:
    """What typer complains about, in one line."""
    message = complaint.format_message() if hasattr(complaint, "format_message") else str(complaint)
    line = " ".join(message.replace("Value error, ", "").split()).rstrip(".")
    flag = getattr(getattr(complaint, "param", None), "name", None)
    remedy = f"give one of {', '.join(STRATEGIES)}" if flag == "strategy" else "see --help"
    return f"{line}; {remedy}"
