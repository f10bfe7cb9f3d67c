"""Measurements that are made up: iterations of known costs."""

from traffic_marl.learning.costs.costs import Bytes, Costs, LearnerCosts, RunnerCosts
from traffic_marl.learning.placing.measuring import Measurement
from traffic_marl.learning.placing.work import Machine

LEARNING, TRANSFER = 0.5, 0.1  # [s] of an iteration
AGENT_STEPS = 1000.0  # of one runner
SAMPLES, WEIGHTS = 5000.0, 300.0  # bytes of one runner


def costs(sampling, *, is_asynchronous=False, learners=1):
    """What an iteration cost in which the runners of these numbers sampled for so many seconds.

    Args:
        sampling: [s] by number of the runner, 0 for the main process.
        is_asynchronous: whether it samples and learns at the same time.
        learners: number of learners.
    """
    longest, remote = max(sampling.values()), sum(1 for number in sampling if number)
    busy = max(longest, LEARNING) if is_asynchronous else longest + LEARNING
    return Costs(
        seconds=busy + (TRANSFER if remote else 0.0),
        is_asynchronous=is_asynchronous,
        runners={number: RunnerCosts(4, seconds, TRANSFER, 100) for number, seconds in sampling.items()},
        learners={number: LearnerCosts(LEARNING, 0.0) for number in range(learners)},
        moved=Bytes(samples=SAMPLES * remote, weights=WEIGHTS * remote),
    )


def measurement(sampling, homes=None, *, cpus=2, is_asynchronous=False):
    """A measurement of two equal iterations.

    Args:
        sampling: [s] by number of the runner, 0 for the main process.
        homes: machine of each runner. None: all are here.
        cpus: of the machine `here`. That of `there` has 8.
        is_asynchronous: whether it samples and learns at the same time.
    """
    runners = [number for number in sampling if number]
    return Measurement(
        homes=dict.fromkeys(runners, "here") if homes is None else homes,
        machines={"here": Machine("here", cpus, is_here=True), "there": Machine("there", 8)},
        cpus_per_runner=1,
        learners=0,
        agent_steps=AGENT_STEPS * max(1, len(runners)),
        costs=(costs(sampling, is_asynchronous=is_asynchronous),) * 2,
    )
