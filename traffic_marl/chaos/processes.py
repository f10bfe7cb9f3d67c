"""The processes of a training: which of them exist, and the signals that strike them."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

HANGS = 5.0  # [s] that a process is stopped
TITLES = {  # of processes that work for ray, by what they are
    "runner": re.compile(r"ray::\w*Runner\b"),
    "learner": re.compile(r"ray::(\w*Learner\b|_WrappedExecutable\b|_RayTrainWorker__execute\b)"),
}


@dataclass(frozen=True)
class Process:
    """A process of this machine."""

    pid: int
    parent: int
    command: str


def processes() -> tuple[Process, ...]:
    """All processes of this machine that can be seen."""
    listed = subprocess.run(
        ["ps", "-axww", "-o", "pid=,ppid=,command="], capture_output=True, text=True, errors="replace", check=False
    ).stdout
    found: list[Process] = []
    for line in listed.splitlines():
        pid, parent, *command = line.split(None, 2)
        found.append(Process(int(pid), int(parent), "".join(command)))
    return tuple(found)


def descendants(root: int, known: Sequence[Process]) -> tuple[Process, ...]:
    """The processes that a process has started, and those that they have started."""
    family, found = {root}, list[Process]()
    rest = list(known)
    while True:
        children = [each for each in rest if each.parent in family and each.pid not in family]
        if not children:
            return tuple(found)
        found += children
        family |= {each.pid for each in children}


def targets(driver: int, root: int, target: str) -> tuple[int, ...]:
    """The ids of the processes of a training that a strike may hit, ascending.

    Args:
        driver: id of the main process.
        root: id of the process from which all others of the training descend.
        target: one of `schedule.TARGETS`.
    """
    if target == "driver":
        return (driver,)
    title = TITLES["learner" if target == "learner" else "runner"]
    return tuple(sorted(each.pid for each in descendants(root, processes()) if title.match(each.command)))


def strike(pid: int, target: str) -> None:
    """Kills a process without warning, or stops one that hangs for some seconds."""
    if target != "hang":
        _send(pid, signal.SIGKILL)
        return
    _send(pid, signal.SIGSTOP)
    time.sleep(HANGS)
    _send(pid, signal.SIGCONT)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has ended meanwhile
        os.kill(pid, number)
