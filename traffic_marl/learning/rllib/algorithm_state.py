"""The state of an algorithm of RLlib in files that cannot execute anything: weights, optimiser, counters, runners.

RLlib's own checkpoints are pickles, and to read a pickle is to run it. Those of former versions of this program are
read only for a user who trusts them.
"""

from pathlib import Path
from typing import Any

from ray.rllib.core import (
    COMPONENT_ENV_RUNNER,
    COMPONENT_LEARNER,
    COMPONENT_LEARNER_GROUP,
    COMPONENT_METRICS_LOGGER,
    COMPONENT_RL_MODULE,
)
from ray.rllib.utils.metrics import ENV_RUNNER_RESULTS, NUM_ENV_STEPS_SAMPLED_LIFETIME

from traffic_marl.files.plain_values import read_values, write_values

FILES = "rllib"  # name of the files in the folder of a checkpoint, without suffix
TO_UPDATE = "should_module_be_updated"  # key in the state of a learner. Here all modules always are.


def save_algorithm(algorithm: Any, folder: Path) -> None:
    """Writes the state of an algorithm to `rllib.json` and `rllib.npz` in a folder.

    Raises:
        FileError: a file cannot be written.
    """
    state = algorithm.get_state()
    state[COMPONENT_LEARNER_GROUP][COMPONENT_LEARNER].pop(TO_UPDATE)
    write_values(folder, FILES, state)


def restore_algorithm(algorithm: Any, folder: Path) -> None:
    """Restores the state that `save_algorithm` wrote, as RLlib does it. The algorithm has not been trained yet.

    Raises:
        FileError: a file is missing or damaged.
        Exception: whatever RLlib raises about a state that does not fit the algorithm.
    """
    state = read_values(folder, FILES)
    learner = state[COMPONENT_LEARNER_GROUP][COMPONENT_LEARNER]
    _ensure_fit(algorithm, learner[COMPONENT_RL_MODULE])
    algorithm.set_state({COMPONENT_METRICS_LOGGER: state.pop(COMPONENT_METRICS_LOGGER)})  # runners are told its counts
    algorithm.set_state(state)
    if algorithm.env_runner_group.num_remote_env_runners() > 0 and COMPONENT_ENV_RUNNER in state:
        algorithm.env_runner_group.sync_env_runner_states(
            config=algorithm.config,
            env_steps_sampled=algorithm.metrics.peek((ENV_RUNNER_RESULTS, NUM_ENV_STEPS_SAMPLED_LIFETIME), default=0),
            from_worker=algorithm.env_runner,
        )


def _ensure_fit(algorithm: Any, modules: dict[str, Any]) -> None:
    """Checks that all weights of the algorithm are in a state. RLlib itself would keep those that are missing.

    Raises:
        ValueError: a module or a weight is missing, or has another shape.
    """
    present = algorithm.learner_group.get_state(components=f"{COMPONENT_LEARNER}/{COMPONENT_RL_MODULE}")
    for module, weights in present[COMPONENT_LEARNER][COMPONENT_RL_MODULE].items():
        for name, weight in weights.items():
            if modules[module][name].shape != weight.shape:
                raise ValueError(f"{name} has another shape")
