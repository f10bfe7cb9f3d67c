"""Weights that are sent to runners at once, apart from those that RLlib sends after each update."""

from functools import partial
from typing import Any

import ray
from ray.rllib.core import COMPONENT_LEARNER, COMPONENT_RL_MODULE
from ray.rllib.utils.metrics import WEIGHTS_SEQ_NO

MODULES = f"{COMPONENT_LEARNER}/{COMPONENT_RL_MODULE}"  # the part of a state with the weights of the learners


def send_weights(algorithm: Any, numbers: list[int] | None = None, timeout: float | None = None) -> None:
    """Gives runners the weights of the learners, and waits until they have them.

    RLlib's own `sync_weights` does not wait. It leaves out each runner that has not answered its last call yet, such as
    one that has just started. That runner would sample with the weights that it was made with.

    Args:
        algorithm: of RLlib.
        numbers: of the runners in other processes. None sends to all, and to the one in this process.
        timeout: [s] of waiting. None waits until all have answered.
    """
    runners = algorithm.env_runner_group
    if runners is None:
        return
    state = algorithm.learner_group.get_state(components=MODULES, inference_only=True)[COMPONENT_LEARNER]
    weights = ray.put(state[COMPONENT_RL_MODULE])  # once for all runners
    runners.foreach_env_runner(
        partial(_take, weights=weights, number=state[WEIGHTS_SEQ_NO]),
        remote_worker_ids=numbers,
        local_env_runner=numbers is None,
        timeout_seconds=timeout,
    )


def _take(runner: Any, weights: ray.ObjectRef, number: int) -> None:
    """Gives a runner weights, whatever it has. A runner refuses those with a number that it knows."""
    runner.set_state({COMPONENT_RL_MODULE: ray.get(weights)})
    runner._weights_seq_no = number
