"""Probe: some iterations of a training, whose costs are measured before the training itself begins."""

import socket
import time
from contextlib import closing
from dataclasses import replace
from statistics import fmean
from typing import Any

from traffic_marl.learning.iterations import Iteration
from traffic_marl.learning.placing.measuring import Measurement
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.placing.work import Machine
from traffic_marl.learning.rllib.learner import RllibLearner
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import usable_cpus

WARM_UP = 2  # iterations that compile and fill memories, before the clock starts
MOST_ITERATIONS = 200


def measure(
    scenario: Scenario, settings: TrainingSettings, placement: Placement, runners: int, seconds: float
) -> Measurement:
    """What iterations of a training cost with some runners. Nothing of them is kept.

    Args:
        scenario: the traffic to learn on.
        settings: of the training.
        placement: of the training.
        runners: number of runners, in place of that of the settings.
        seconds: [s] after which no further iteration begins.

    Raises:
        TrafficError: the scenario cannot be used, or the demand finds no room.
        LostProcessError: a process has died meanwhile.
    """
    with closing(RllibLearner(scenario, replace(settings, runners=runners), placement=placement)) as learner:
        homes, machines = _homes(learner)
        for _ in range(WARM_UP):
            learner.iterate(0.0)
        end, done = time.monotonic() + seconds, list[Iteration]()
        while not done or (time.monotonic() < end and len(done) < MOST_ITERATIONS):
            done.append(learner.iterate(0.0))
    costs = tuple(each.costs for each in done if each.costs is not None)
    steps = fmean(each.agent_steps for each in done)
    return Measurement(homes, machines, placement.cpus_per_runner, settings.learners, steps, costs)


def _homes(learner: RllibLearner) -> tuple[dict[int, str], dict[str, Machine]]:
    """The machine of each runner, and all these machines with the one of the main process, by name."""
    here = socket.gethostname()
    found = learner.each_runner(_home)
    machines = {name: Machine(name, cpus, is_here=name == here) for _, name, cpus in found}
    machines.setdefault(here, Machine(here, usable_cpus(), is_here=True))
    return {number: name for number, name, _ in found if number}, machines


def _home(runner: Any) -> tuple[int, str, int]:
    """The number of a runner, the name of its machine, and the CPUs that it may use there."""
    return int(runner.worker_index or 0), socket.gethostname(), usable_cpus()
