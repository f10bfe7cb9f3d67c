"""The state of an algorithm of RLlib: written to files that cannot execute anything, restored, or begun from weights.

RLlib's own checkpoints are pickles, and to read a pickle is to run it. Those of former versions of this program are
read only for a user who trusts them.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from ray.rllib.core import (
    COMPONENT_ENV_RUNNER,
    COMPONENT_LEARNER,
    COMPONENT_LEARNER_GROUP,
    COMPONENT_METRICS_LOGGER,
    COMPONENT_RL_MODULE,
)
from ray.rllib.utils.metrics import ENV_RUNNER_RESULTS, NUM_ENV_STEPS_SAMPLED_LIFETIME

from traffic_marl.files.plain_values import read_values, write_values
from traffic_marl.learning.networks import Architecture
from traffic_marl.learning.rllib.faults.runners import NoRunnerError, begun_seeds
from traffic_marl.learning.rllib.modules import ARCHITECTURE, TEAM
from traffic_marl.learning.rllib.runner import OWNER, RANDOM_STATE
from traffic_marl.learning.rllib.sampling.weights import MODULES, send_weights
from traffic_marl.learning.rllib.stock import module_weights

FILES = "rllib"  # name of the files in the folder of a checkpoint, without suffix
PARTS = {"actor": ("actor.", "target_actor."), "critic": ("critic.",)}  # beginnings of the names of their weights
CODE = "return_scale.code."  # beginning of the names of the code of returns
RUNNERS = "runners"  # key in a state: random states of the runners in other processes, by number
TO_UPDATE = "should_module_be_updated"  # key in the state of a learner. Here all modules always are.


def save_algorithm(algorithm: Any, folder: Path) -> None:
    """Writes the state of an algorithm to `rllib.json` and `rllib.npz` in a folder.

    Raises:
        FileError: a file cannot be written.
    """
    state = algorithm.get_state()
    state[COMPONENT_LEARNER_GROUP][COMPONENT_LEARNER].pop(TO_UPDATE)
    if _has_runners(algorithm):
        state[RUNNERS] = _random_states(algorithm)
    write_values(folder, FILES, state)


def restore_algorithm(algorithm: Any, folder: Path) -> None:
    """Restores the state that `save_algorithm` wrote, as RLlib does it. The algorithm has not been trained yet.

    Raises:
        FileError: a file is missing or damaged.
        Exception: whatever RLlib raises about a state that does not fit the algorithm.
    """
    state = read_values(folder, FILES)
    own = state.pop(RUNNERS, {})
    learner = state[COMPONENT_LEARNER_GROUP][COMPONENT_LEARNER]
    _ensure_fit(algorithm, learner[COMPONENT_RL_MODULE])
    algorithm.set_state({COMPONENT_METRICS_LOGGER: state.pop(COMPONENT_METRICS_LOGGER)})  # runners are told its counts
    algorithm.set_state(state)
    send_weights(algorithm)
    if _has_runners(algorithm) and COMPONENT_ENV_RUNNER in state:
        _restore_runners(algorithm, own)


def _has_runners(algorithm: Any) -> bool:
    """Whether an algorithm has runners in other processes."""
    runners = algorithm.env_runner_group
    return runners is not None and runners.num_remote_env_runners() > 0


def _random_states(algorithm: Any) -> dict[str, Any]:
    """The random states of the runners in other processes that answer, by number."""
    try:
        states = algorithm.env_runner_group.foreach_env_runner(
            lambda runner: runner.get_state(not_components=COMPONENT_RL_MODULE), local_env_runner=False
        )
    except NoRunnerError:
        return {}
    return {str(each[OWNER]): each[RANDOM_STATE] for each in states if OWNER in each}


def _restore_runners(algorithm: Any, own: Mapping[str, Any]) -> None:
    """Tells all runners where the training is. They go on with their draws if the random states of all are known.

    Args:
        algorithm: whose own state is restored.
        own: random states of runners by number. Former checkpoints have none. A lost runner has none either.
    """
    runners = algorithm.env_runner_group
    steps = int(algorithm.metrics.peek((ENV_RUNNER_RESULTS, NUM_ENV_STEPS_SAMPLED_LIFETIME), default=0))
    runners.sync_env_runner_states(config=algorithm.config, env_steps_sampled=steps, from_worker=algorithm.env_runner)
    known = own if len(own) == algorithm.config.num_env_runners else {}
    begun = begun_seeds(algorithm, range(1, algorithm.config.num_env_runners + 1))
    runners.foreach_env_runner(partial(_go_on, steps=steps, begun=begun, own=known), local_env_runner=False)


def _go_on(runner: Any, steps: int, begun: Mapping[int, int], own: Mapping[str, Any]) -> None:
    """Lets a runner of ours go on with its random state, or with a new one, and with the next seeds."""
    if TEAM not in runner.module:
        return
    runner.begin_again(steps, begun[runner.worker_index])
    number = str(runner.worker_index)
    if number in own:
        runner.set_state({OWNER: runner.worker_index, RANDOM_STATE: own[number]})


def take_weights(algorithm: Any, actor: Mapping[str, Any], critic: Mapping[str, Any] | None = None) -> None:
    """Gives all learners and runners of an algorithm these weights, by name. Target networks get those of the actor.

    Args:
        algorithm: that has not been trained yet.
        actor: its weights.
        critic: its weights, and its code of returns if it has one. None leaves the critic as it is.

    Raises:
        ValueError: the weights do not fit.
    """
    modules = algorithm.learner_group.get_state(components=MODULES)[COMPONENT_LEARNER][COMPONENT_RL_MODULE]
    code = {name: value for name, value in (critic or {}).items() if name.startswith(CODE)}
    weights = {name: value for name, value in (critic or {}).items() if name not in code}
    if code:
        _replace(modules[TEAM], CODE, {name.removeprefix(CODE): value for name, value in code.items()})
    for part, arrays in (("actor", actor), ("critic", weights)):
        for name, own in _by_module(algorithm, modules, arrays).items():
            for prefix in PARTS[part]:
                _replace(modules[name], prefix, own)
    algorithm.learner_group.set_state({COMPONENT_LEARNER: {COMPONENT_RL_MODULE: modules}})
    send_weights(algorithm)


def _by_module(algorithm: Any, modules: Mapping[str, Any], arrays: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The weights of each module: the one of the team, or those that RLlib's own sampling has for each policy."""
    if not arrays:
        return {}
    if TEAM in modules:
        return {TEAM: arrays}
    return module_weights(Architecture.from_json(algorithm.config.env_config[ARCHITECTURE]), arrays)


def _replace(module: dict[str, Any], prefix: str, arrays: Mapping[str, Any]) -> None:
    """Replaces the weights of a part in the state of a module, if it has this part.

    Raises:
        ValueError: there are more weights or fewer, or one has another shape.
    """
    present = {name: np.shape(value) for name, value in module.items() if name.startswith(prefix)}
    if present and present != {f"{prefix}{name}": np.shape(value) for name, value in arrays.items()}:
        raise ValueError("weights of another network")
    module.update({f"{prefix}{name}": np.asarray(arrays[name], np.float32) for name in arrays if present})


def _ensure_fit(algorithm: Any, modules: dict[str, Any]) -> None:
    """Checks that all weights of the algorithm are in a state. RLlib itself would keep those that are missing.

    Raises:
        ValueError: a module or a weight is missing, or has another shape.
    """
    present = algorithm.learner_group.get_state(components=MODULES)
    for module, weights in present[COMPONENT_LEARNER][COMPONENT_RL_MODULE].items():
        for name, weight in weights.items():
            if modules[module][name].shape != weight.shape:
                raise ValueError(f"{name} has another shape")
