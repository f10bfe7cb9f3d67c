"""Does a training that is killed at a random moment always go on from a whole checkpoint? It is killed often.

A training with a checkpoint after each iteration is killed by SIGKILL again and again, and resumed after each kill.
Before that its folder is checked: the checkpoint that the state names is whole, the table has one line for each
iteration, and no process and no folder of ray is left. Prints counts and times.

    python benchmarks/killed.py --kills 100 --algorithm tabular-q
    python benchmarks/killed.py --kills 20 --algorithm ppo --runners 1
"""

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from traffic_marl.learning.recovering.checkpoints import ensure_whole
from traffic_marl.learning.rllib.watchdog import MARK, PROCESSES
from traffic_marl.learning.runs.folder import RunFolder

ROOT = Path(__file__).parents[1]
SCENARIO = "grid_2x2_smoke"
ITERATIONS = 1_000_000  # more than any of these trainings reaches
STAGES = ("starting", "measuring", "validating", "training", "iteration")  # begin the lines of a training that runs
LONGEST_END = 30.0  # [s] until nothing of a killed training is left


@dataclass
class Found:
    """What the kills have shown."""

    iterations: list[int] = field(default_factory=list)  # of the checkpoint after each kill
    ends: list[float] = field(default_factory=list)  # [s] until no process was left
    faults: list[str] = field(default_factory=list)  # what is wrong, in sentences


def main() -> None:
    """Kills and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--algorithm", default="tabular-q")
    parser.add_argument("--runners", type=int, default=0)
    parser.add_argument("--longest", type=float, default=2.0, help="Longest time [s] of a training before its kill.")
    parser.add_argument("--signal", default="KILL", choices=("KILL", "INT", "TERM"))
    parser.add_argument("--seed", type=int, default=0, help="Random seed of the moments.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as place:
        found = kill_often(Path(place), options)
    print_found(found, options)
    sys.exit(bool(found.faults))


def kill_often(place: Path, options: argparse.Namespace) -> Found:
    """Trains, kills and resumes, as often as asked."""
    draw, found = random.Random(options.seed), Found()
    run = place / "run"
    for number in range(options.kills):
        begun = (run / "state.json").is_file()
        with subprocess.Popen(
            command(run, options, resumes=begun), cwd=ROOT, env=environment(place), stderr=subprocess.PIPE, text=True
        ) as training:
            wait_for_training(training, run)
            time.sleep(draw.uniform(0.0, options.longest))
            killed = time.monotonic()
            training.send_signal(getattr(signal, f"SIG{options.signal}"))
            training.wait()
            check(run, found, number)
            wait_for_nothing(training.pid, place, found, number)
            found.ends.append(time.monotonic() - killed)
    return found


def command(run: Path, options: argparse.Namespace, *, resumes: bool) -> list[str]:
    """The command line of the training."""
    base = [sys.executable, "run.py", "train"]
    if resumes:
        return [*base, "--resume", "--out", str(run)]
    sizes = ["--copies", "2", "--observation", "local", "--validate-every", "1", "--validation-seeds", "1"]
    chosen = ["--algorithm", options.algorithm, "--iterations", str(ITERATIONS), "--skip-classical"]
    runners = ["--runners", str(options.runners)] if options.runners else []
    policy = ["--policy", "independent"] if options.algorithm == "tabular-q" else ["--hidden", "8", "--fragment", "20"]
    return [*base, SCENARIO, *chosen, *sizes, *policy, *runners, "--out", str(run)]


def environment(place: Path) -> dict[str, str]:
    """The environment of the training, in which ray writes into a folder of ours."""
    return {**os.environ, "RAY_TMPDIR": str(place)}


def wait_for_training(training: "subprocess.Popen[str]", run: Path) -> None:
    """Waits until the training says that it starts, and in a new run until there is a checkpoint."""
    assert training.stderr is not None, "it is a pipe"
    for line in training.stderr:
        if line.startswith(STAGES):
            break
    while training.poll() is None and RunFolder.open_run(run).state.last is None:
        time.sleep(0.05)


def check(run: Path, found: Found, number: int) -> None:
    """Checks that the folder of a run is whole."""
    try:
        folder = RunFolder.open_run(run)
        ensure_whole(folder, str(folder.state.last))
        listed = [row["iteration"] for row in folder.progress()]
        if listed != list(range(folder.state.iteration + 1)):
            found.faults.append(f"kill {number}: the table has the lines {listed[:3]} ... {listed[-3:]}")
        if found.iterations and folder.state.iteration < found.iterations[-1]:
            found.faults.append(f"kill {number}: {found.iterations[-1]} iterations became {folder.state.iteration}")
        found.iterations.append(folder.state.iteration)
    except Exception as error:  # whatever it is, it is the result
        found.faults.append(f"kill {number}: {type(error).__name__}: {error}")


def wait_for_nothing(program: int, place: Path, found: Found, number: int) -> None:
    """Waits until no process of the training and no folder of ray is left."""
    end = time.monotonic() + LONGEST_END
    while left := [*processes_of(program), *(str(path) for path in place.glob("ray/session_*"))]:
        if time.monotonic() > end:
            found.faults.append(f"kill {number}: left behind: {', '.join(left)}")
            return
        time.sleep(0.05)


def processes_of(program: int) -> list[str]:
    """The processes that a program has marked as those of its ray."""
    return [path.parent.name for path in PROCESSES.glob("[0-9]*/environ") if f"{MARK}={program}." in content(path)]


def content(path: Path) -> str:
    """The environment of a process. Empty if it has ended."""
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""


def print_found(found: Found, options: argparse.Namespace) -> None:
    """Prints the result."""
    gained: Sequence[int] = found.iterations[-1:] or [0]
    print(f"{options.kills} times SIG{options.signal}, {options.algorithm}, {options.runners} runners")
    print(f"whole checkpoints and tables: {len(found.iterations)}, up to iteration {gained[0]}")
    print(f"until nothing was left: median {statistics.median(found.ends):.2f} s, longest {max(found.ends):.2f} s")
    print(f"faults: {len(found.faults)}")
    for fault in found.faults:
        print(f"  {fault}")


if __name__ == "__main__":
    main()
