"""Iterations of a learner whose runners die and come back."""

import os
import time

LONG = 400.0  # [s] within which a runner has to be back, on a machine that does much else


def processes_of(learner):
    """The ids of the processes of the runners, by number."""
    group = learner._algorithm.env_runner_group
    return dict(group.foreach_env_runner(lambda runner: (runner.worker_index, os.getpid()), local_env_runner=False))


def iterations_until(learner, is_over):
    """Iterations until the last one is the end, within a time."""
    end = time.monotonic() + LONG
    found = []
    while not (found and is_over(found)):
        assert time.monotonic() < end, found
        found.append(learner.iterate(0.5))
    return found


def faults_of(iterations):
    """What has happened in iterations."""
    return [fault for iteration in iterations for fault in iteration.faults]


def samples(iterations):
    """The agent-steps of each iteration."""
    return [iteration.agent_steps for iteration in iterations]


def is_back(iterations):
    """Whether a runner has come back."""
    return any("is back" in fault for fault in faults_of(iterations))
