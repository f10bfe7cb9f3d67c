"""Watchdog: a process that ends the processes of ray after the process that started them has died.

Ray ends its own processes when a program ends. After a SIGKILL some of them stay for minutes: they wait for an answer
of ray's head, which is dead. Where the head itself dies, ray ends the program without any word to its Python code.

The watchdog outlives the program. It reads from a pipe that closes when the program dies. Then it prints the last word
of the program, if one was left, and kills the processes that have a mark in their environment. Ray also leaves a folder
of sockets and logs behind at each start, which the watchdog removes.

The file is run as a script by a bare Python, so it imports nothing but the standard library.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MARK = "TRAFFIC_MARL_RAY"  # variable in the environment of all processes of one ray
KEEP = "SPT_NOENV"  # variable without which ray overwrites the environment of a process, mark included, by its title
PROCESSES = Path("/proc")  # on Linux
LAST_SESSION = "session_latest"  # ray's link to the folder of the ray that was started last
_pipes: list[int] = []  # to the watchdogs of this process, which stay until it ends
_words: list[str] = []  # the last word, if one was left
SEARCHES, PAUSE = 20, 0.1  # [s] between two searches, because a process may start others while it is killed


@contextmanager
def watched(sessions: str = "") -> Iterator[None]:
    """In a `with` block, all processes that are started are killed when this one dies, their descendants included.

    Nothing is done on Windows, where ray binds its processes to this one.

    Args:
        sessions: folder in which ray makes a folder for itself meanwhile. It is removed when this process dies.
    """
    if os.name != "posix":
        yield
        return
    mark = f"{os.getpid()}.{time.time_ns()}"
    _pipes.append(_start(mark, sessions))
    _send(_pipes[-1])
    former = os.environ.get(KEEP)
    os.environ.update({MARK: mark, KEEP: "1"})
    try:
        yield
    finally:
        del os.environ[MARK]
        if former is None:
            del os.environ[KEEP]


def leave_word(line: str) -> None:
    """Leaves the line that is printed on stderr if this process is killed from now on. An empty one prints nothing."""
    _words[:] = [line]
    for pipe in _pipes:
        _send(pipe)


@contextmanager
def word_left(line: str) -> Iterator[None]:
    """In a `with` block, this line is printed on stderr if this process is killed."""
    leave_word(line)
    try:
        yield
    finally:
        leave_word("")


def _send(pipe: int) -> None:
    """Sends the last word to a watchdog."""
    for line in _words:
        with suppress(OSError):  # somebody has killed the watchdog
            os.write(pipe, f"{' '.join(line.split())}\n".encode(errors="replace"))


def _start(mark: str, sessions: str) -> int:
    """Starts the watchdog. The pipe that is returned closes when this process dies, however that happens."""
    theirs, ours = os.pipe()
    nowhere = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", "-S", __file__, mark, sessions],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, theirs, 0), nowhere],
        setsid=True,  # Ctrl-C in the terminal reaches this process alone
    )
    os.close(theirs)
    return ours


def _wait() -> str:
    """Waits until the program has ended. Returns the last line that it left."""
    left = b""
    while content := os.read(0, 4096):
        left = (left + content)[-2 * 4096 :]
    return left.decode(errors="replace").removesuffix("\n").rpartition("\n")[2]


def _print(line: str) -> None:
    """Prints a line on stderr. A terminal shows its cursor again, which a display may have hidden."""
    with suppress(OSError):
        if line:
            start = "\r\x1b[?25h\n" if os.isatty(2) else ""
            os.write(2, f"{start}{line}\n".encode(errors="replace"))
        os.close(2)  # a process that reads it need not wait any longer


def kill_marked(mark: str) -> None:
    """Kills all processes with this mark, until two searches find none."""
    found_none = 0
    for _ in range(SEARCHES):
        pids = marked(mark)
        for pid in pids:
            _kill(pid)
        found_none = 0 if pids else found_none + 1
        if found_none == 2:
            return
        time.sleep(PAUSE)


def remove_sessions(sessions: Path, mark: str) -> None:
    """Removes the folders that a ray with this mark has made for itself, and the link to the last one if it is theirs.

    Args:
        sessions: folder of these folders. Those of other programs stay.
        mark: number of the program, and the time [ns] when it started ray.
    """
    program, _, since = mark.partition(".")
    for folder in sessions.glob(f"session_*_{program}"):
        with suppress(OSError):
            if not folder.is_symlink() and folder.stat().st_mtime_ns >= int(since):
                shutil.rmtree(folder)
    last = sessions / LAST_SESSION
    if last.is_symlink() and not last.exists():
        with suppress(OSError):
            last.unlink()


def marked(mark: str) -> list[int]:
    """The ids of the processes with this mark in their environment."""
    words = f"{MARK}={mark}"
    if PROCESSES.is_dir():
        return [int(path.parent.name) for path in PROCESSES.glob("[0-9]*/environ") if words in _environment(path)]
    listed = subprocess.run(["ps", "axeww", "-o", "pid=,command="], capture_output=True, text=True, check=False).stdout
    return [int(line.split(None, 1)[0]) for line in listed.splitlines() if words in line.split()]


def _environment(path: Path) -> list[str]:
    """The variables of a process. There are none if it has ended, or belongs to somebody else."""
    try:
        return path.read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def _kill(pid: int) -> None:
    with suppress(OSError):  # it has ended meanwhile
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    _print(_wait())
    kill_marked(sys.argv[1])
    if sys.argv[2]:
        remove_sessions(Path(sys.argv[2]), sys.argv[1])
