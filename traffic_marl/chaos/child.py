"""A training as a process of its own, which may be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from traffic_marl.errors import one_line
from traffic_marl.learning.resuming import code_of_training
from traffic_marl.learning.rllib.watchdog import KEEP, MARK, watched
from traffic_marl.learning.runs.folder import RunFolder

PACKAGE = "traffic_marl"
HOME = Path(__file__).parents[2]  # of the package, which may not be installed
SAVING = 300.0  # [s] that a training has to save before it is killed
LONGEST_END = 64 * 1024  # [bytes] of a log in which its last line is searched
PREFIX = ("note:", "saved at")  # lines of a log that tell of no mistake


@contextmanager
def training(folder: RunFolder, log: Path, flags: Sequence[str] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """In a `with` block, a process that goes on with the training in a folder.

    It saves and ends with the block, if it has not ended before. Ctrl-C in the terminal does not reach it. If this
    process is killed, it is killed too.

    Args:
        folder: of the run, begun or resumed. Its code is trusted, because the user has named it.
        log: file to which the output of the process is added.
        flags: further words of its command line.
    """
    words = [sys.executable, "-m", PACKAGE, "train", "--resume", "--out", str(folder.path), *flags]
    words += ["--trust"] if code_of_training(folder) else []
    with log.open("ab") as output:
        child = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_environment(),
            start_new_session=True,
        )
    try:
        yield child
    finally:
        _end(child)


def last_line(log: Path) -> str:
    """The last line of a log that tells of a mistake."""
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - LONGEST_END))
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines()]
    told = [line for line in lines if line and not line.startswith(PREFIX)]
    return one_line(told[-1], 400) if told else "it ended without a word"


def _environment() -> dict[str, str]:
    """The variables of this process, with which another one finds the package and ends if this one is killed."""
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return {**os.environ, **_marks(), "PYTHONPATH": os.pathsep.join(dict.fromkeys([str(HOME), *filter(None, known)]))}


@cache
def _marks() -> dict[str, str]:
    """The variables by which a watchdog, which outlives this process, knows its trainings."""
    with watched():
        return {name: os.environ[name] for name in (MARK, KEEP) if name in os.environ}


def _end(child: subprocess.Popen[bytes]) -> None:
    """Lets a process save and end."""
    if child.poll() is not None:
        return
    child.send_signal(signal.SIGINT)
    try:
        child.wait(SAVING)
    except BaseException as error:  # a second Ctrl-C, too, leaves no process behind
        child.kill()
        child.wait()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
