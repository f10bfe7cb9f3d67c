"""The watchdog: after the death of a program its last word is printed, and none of its processes is left."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from traffic_marl.learning.rllib.watchdog import LAST_SESSION, MARK, PROCESSES, remove_sessions

ROOT = Path(__file__).parents[3]
FEW = {name: os.environ[name] for name in ("NUMBA_CACHE_DIR",) if name in os.environ} | {"PATH": os.defpath}
PATIENCE = 10.0  # [s] after which no process may be left
PROGRAM = """
import subprocess, sys, time
from traffic_marl.learning.rllib.watchdog import leave_word, watched
leave_word("first word")
with watched():
    started = subprocess.Popen(["sh", "-c", "setsid sleep 600 & echo $!; wait"], stdout=subprocess.PIPE, text=True)
print(started.stdout.readline().strip(), flush=True)
{rest}
"""

pytestmark = pytest.mark.skipif(not PROCESSES.is_dir(), reason="the tests look for processes in /proc")


@contextmanager
def program(rest):
    """A program with a watchdog and a grandchild that outlives it. Gives the program and the grandchild's id."""
    command = [sys.executable, "-c", PROGRAM.format(rest=rest)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as running:
        yield running, int(running.stdout.readline())


def is_alive(pid) -> bool:
    """Whether a process runs. One that has ended and that nobody has asked about yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_for_end(pids) -> list[int]:
    """The processes that are still there when the patience is over."""
    end = time.monotonic() + PATIENCE
    while (left := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def wait_for_none(folder) -> list[Path]:
    """The content of a folder, once there is none or the patience is over."""
    end = time.monotonic() + PATIENCE
    while (left := list(folder.iterdir())) and time.monotonic() < end:
        time.sleep(0.1)
    return left


@pytest.fixture
def short_folder():
    """A folder with a path so short that ray's sockets can be in it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def descendants(pid) -> set[int]:
    """The processes that a program has started, and those that they have started."""
    found = {pid}
    while True:
        more = {each for each, parent in parents().items() if parent in found} | found
        if more == found:
            return found - {pid}
        found = more


def parents() -> dict[int, int]:
    """The id of the process that has started each process."""
    found = {}
    for path in PROCESSES.glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return found


def marked_by(pid) -> list[int]:
    """The processes that a program has started with its mark."""
    found = []
    for path in PROCESSES.glob("[0-9]*/environ"):
        try:
            if f"{MARK}={pid}.".encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("rest", "ending", "word"),
    [
        ("time.sleep(600)", signal.SIGKILL, "first word\n"),
        ("leave_word('second\\nword'); print('ready', flush=True); time.sleep(600)", signal.SIGKILL, "second word\n"),
        ("leave_word(''); print('ready', flush=True); time.sleep(600)", signal.SIGKILL, ""),
        ("import os; os._exit(1)", None, "first word\n"),
        ("leave_word('')", None, ""),
    ],
)
def test_after_its_end_a_program_leaves_its_last_word_and_no_process(rest, ending, word):
    with program(rest) as (running, grandchild):
        assert is_alive(grandchild)
        if "ready" in rest:
            assert running.stdout.readline() == "ready\n"
        if ending is not None:
            running.send_signal(ending)
        running.wait(timeout=60)
        assert wait_for_end([grandchild]) == []
        assert running.stderr.read() == word


def test_processes_that_are_started_later_bear_no_mark():
    rest = "print(subprocess.run(['env'], capture_output=True, text=True).stdout.count('TRAFFIC_MARL_RAY'), flush=True)"
    with program(rest) as (running, _):
        assert running.stdout.readline() == "0\n"


def test_folders_of_one_ray_are_removed_and_those_of_others_stay(tmp_path):
    since = time.time_ns() - 10**9  # folders get the time of the system's last tick, which may be earlier than now
    names = ("session_2026-11-26_1_77", "session_2026-11-26_2_77", "session_2026-11-26_1_177", "other_77")
    for name in names:
        (tmp_path / name / "logs").mkdir(parents=True)
    os.utime(tmp_path / names[1], ns=(since - 1, since - 1))  # of a program that had the number before
    (tmp_path / LAST_SESSION).symlink_to(tmp_path / names[2])
    remove_sessions(tmp_path, f"77.{since}")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names[1:], LAST_SESSION])
    remove_sessions(tmp_path, f"177.{since}")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([names[1], names[3]])


def test_a_folder_that_is_a_link_is_not_followed(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "session_2026-11-26_1_77").symlink_to(tmp_path / "mine")
    remove_sessions(tmp_path, f"77.{0}")
    assert (tmp_path / "mine").is_dir()


def test_a_killed_training_shows_no_line_of_ray_leaves_nothing_and_says_how_to_go_on(tmp_path, short_folder):
    command = [sys.executable, "run.py", "train", "grid_2x2_smoke", "--copies", "2", "--runners", "2"]
    options = ["--skip-classical", "--validation-seeds", "1", "--validate-every", "1", "--out", str(tmp_path / "mine")]
    few = FEW | {"RAY_TMPDIR": str(short_folder)}
    with subprocess.Popen(  # titles of processes are written over the first few variables of an environment
        command + options, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=few
    ) as training:
        lines = []
        while not (lines and lines[-1].startswith("iteration 1 of")) and (line := training.stderr.readline()):
            lines.append(line)
        processes = descendants(training.pid) | set(marked_by(training.pid))
        unmarked = processes - set(marked_by(training.pid))
        assert [pid for pid in unmarked if b"ray::" in command_of(pid)] == []
        assert sum(is_runner(pid) for pid in processes) == 2
        os.kill(training.pid, signal.SIGKILL)
        assert wait_for_end(processes) == []
        assert marked_by(training.pid) == []
        assert wait_for_none(short_folder / "ray") == []
        lines += training.stderr.read().splitlines()
    assert not [line for line in lines if re.match(r"\[.* [A-Z] .*\]|.*(raylet|core_worker|actor_manager)", line)]
    assert lines[-1].startswith(
        f"{tmp_path / 'mine'}: the training was killed, or ray's own processes were, but nothing"
    )
    assert lines[-1].endswith(f"train --resume --out {tmp_path / 'mine'}")


def is_runner(pid) -> bool:
    """Whether a process of ray samples."""
    return b"TeamRunner" in command_of(pid)


def command_of(pid) -> bytes:
    """The command line of a process, or the title that it has given itself. Empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
