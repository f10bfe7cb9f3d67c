"""How long does a training take to recover from the loss of a runner, of all runners, or of its learner? In seconds.

Prints for each fault the time until it is noticed, the time until all processes work again, and the iterations between.
"""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import ray
from timing import print_table

from traffic_marl import load_scenario
from traffic_marl.learning import train as training
from traffic_marl.learning.rllib.learner import RllibLearner
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings

SCENARIO = "grid_2x2_smoke"
SIZES: dict[str, Any] = {"copies": 4, "observation": "local", "hidden": (8,)}
LONGEST = 300.0  # [s] that a recovery may take


def main() -> None:
    """Measures and prints."""
    rows = [
        ("one of two runners killed", *runners_lost(2, [1], signal.SIGKILL)),
        ("both runners killed", *runners_lost(2, [1, 2], signal.SIGKILL)),
        ("one of two runners stopped", *runners_lost(2, [1], signal.SIGSTOP)),
        ("the learner killed", *learner_lost()),
    ]
    print_table(("fault", "noticed [s]", "recovered [s]", "iterations meanwhile"), rows)


def runners_lost(runners: int, lost: list[int], how: signal.Signals) -> tuple[str, str, str]:
    """Figures of the loss of some of the runners."""
    settings = TrainingSettings.chosen(runners=runners, **SIZES)
    with closing(RllibLearner(load_scenario(SCENARIO), settings)) as learner:
        for _ in range(3):
            learner.iterate(0.0)
        group = learner._algorithm.env_runner_group
        processes = dict(
            group.foreach_env_runner(lambda each: (each.worker_index, os.getpid()), local_env_runner=False)
        )
        for number in lost:
            os.kill(processes[number], how)
        begun, noticed, back, iterations = time.monotonic(), 0.0, 0, 0
        while back < len(lost) and time.monotonic() - begun < LONGEST:
            found = learner.iterate(0.0)
            iterations += found.agent_steps > 0
            now = time.monotonic() - begun
            if not noticed and any("lost" in fault for fault in found.faults):
                noticed = now
            back += sum("back" in fault for fault in found.faults)
        return f"{noticed:.1f}", f"{now:.1f}", str(iterations)


def learner_lost() -> tuple[str, str, str]:
    """Figures of the loss of the learner in a process of its own, with a checkpoint after each iteration."""
    settings = TrainingSettings.chosen(learners=1, **SIZES)
    moments: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as place:
        run = RunSettings(settings, Budget(iterations=6), Validation(every=1, seeds=1, classical=False))
        folder = training.begin(load_scenario(SCENARIO), run, Path(place) / "run")
        made: list[Any] = []
        with noted(made):
            training.run_training(folder, lambda report: watch(report, made, moments))
    noticed = moments["noticed"] - moments["killed"]
    return f"{noticed:.1f}", f"{moments['recovered'] - moments['killed']:.1f}", "0"


def watch(report: Any, made: list[Any], moments: dict[str, float]) -> None:
    """Kills the learner after three iterations, and notes when that is noticed and when training goes on."""
    now = time.monotonic()
    if (report.doing, report.iteration) == ("training", 3) and "killed" not in moments:
        (actor,) = made[0]._algorithm.learner_group._worker_manager.actors().values()
        os.kill(ray.get(actor.apply.remote(lambda _: os.getpid())), signal.SIGKILL)
        moments["killed"] = time.monotonic()
    elif "killed" in moments and report.faults:
        moments.setdefault("noticed", now)
        if report.doing == "training":
            moments.setdefault("recovered", now)


@contextmanager
def noted(made: list[Any]) -> Iterator[None]:
    """In a `with` block, all learners that are made are noted."""
    make = training.make_learner

    def make_noted(*arguments: Any) -> Any:
        made.append(make(*arguments))
        return made[-1]

    training.make_learner = make_noted
    try:
        yield
    finally:
        training.make_learner = make


if __name__ == "__main__":
    main()
