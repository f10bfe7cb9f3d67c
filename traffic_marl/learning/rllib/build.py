"""Builds an algorithm of RLlib for a scenario and reads its results."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from ray.rllib.algorithms.algorithm_config import AlgorithmConfig
from ray.rllib.core import COMPONENT_LEARNER, COMPONENT_RL_MODULE
from ray.rllib.utils.metrics import (
    ALL_MODULES,
    ENV_RUNNER_RESULTS,
    LEARNER_RESULTS,
    NUM_AGENT_STEPS_SAMPLED,
    NUM_ENV_STEPS_SAMPLED,
)

from traffic_marl.learning.environment import Environment, MakeEnvironment, ScenarioEnvironment
from traffic_marl.learning.networks import Actor, Architecture, architecture_for, build_actor
from traffic_marl.learning.placing.placement import HERE, Placement
from traffic_marl.learning.rllib.cluster import harmless_lines_dropped, start_ray
from traffic_marl.learning.rllib.clusters.carrying import carried
from traffic_marl.learning.rllib.clusters.nodes import ensure_room
from traffic_marl.learning.rllib.configs import Job, configuration
from traffic_marl.learning.rllib.learners import GRADIENT_NORMS, KL_DIVERGENCE
from traffic_marl.learning.rllib.metrics import AGENT_RETURNS
from traffic_marl.learning.rllib.modules import ARCHITECTURE, TEAM
from traffic_marl.learning.rllib.recorded.configs import offline_configuration, take_code
from traffic_marl.learning.rllib.sampling.server import await_server
from traffic_marl.learning.rllib.stock import stock_configuration, team_weights
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario

ACTOR = "actor."  # prefix of the actor's weights in the state of a module
EPISODE_MEASURES = ("mean_delay", "travel_time_cityflow")
LEARNT = {  # name in a summary: names that RLlib's learners use
    "policy_loss": ("policy_loss", "mean_pi_loss"),
    "value_loss": ("mean_vf_loss", "vf_loss", "qf_loss"),
    "td_error": ("td_error_mean",),
    "value": ("qf_mean",),
    "entropy": ("entropy",),
    "kl_divergence": (KL_DIVERGENCE,),
    "explained_variance": ("vf_explained_var",),
    **{name: (name,) for name in GRADIENT_NORMS.values()},
    "learning_rate": ("default_optimizer_learning_rate",),
}


def build_algorithm(
    scenario: Scenario,
    settings: TrainingSettings,
    placement: Placement = HERE,
    make: MakeEnvironment | None = None,
) -> Any:
    """An algorithm of RLlib. Its `train()` samples and learns once and gives RLlib's results.

    Starts ray if it does not run yet. The caller calls `set_progress` before each `train()` and `stop()` at the end.
    `save_to_path` and `restore_from_path` are RLlib's own. They restore before the first `train()` only.

    Args:
        scenario: the traffic to learn on.
        settings: with any algorithm but tabular-q.
        placement: where the runners and learners work.
        make: makes the environment of each runner. None makes that of the whole scenario.

    Raises:
        TrafficError: the scenario cannot be used, or the demand finds no room.
    """
    make_environment: MakeEnvironment = make or ScenarioEnvironment(scenario, settings)
    environment = make_environment(1, 0, 1, None)
    if make is None and not placement.is_local:
        make_environment = carried(scenario, settings)
    architecture = architecture_of(scenario, settings, environment)
    start_ray(settings.runners * placement.cpus_per_runner + settings.learners, placement)
    ensure_room(settings, placement)
    job = Job(settings, architecture, make_environment, environment.steps, environment.scenario_of.tolist(), placement)
    with harmless_lines_dropped():
        algorithm = _configured(job, scenario).build_algo()
    take_code(algorithm)
    await_server(algorithm)
    return algorithm


def _configured(job: Job, scenario: Scenario) -> AlgorithmConfig:
    """The configuration that the settings ask for."""
    if job.settings.stock:
        return stock_configuration(job, scenario)
    if job.settings.traits.learns_from_data:
        return offline_configuration(job, scenario)
    return configuration(job)


def architecture_of(
    scenario: Scenario, settings: TrainingSettings, environment: Environment | None = None
) -> Architecture:
    """The architecture of the policy that `build_algorithm` trains.

    Args:
        scenario: the traffic to learn on.
        settings: of the training.
        environment: of the training. None makes one.

    Raises:
        TrafficError: the scenario cannot be used.
    """
    seen = ScenarioEnvironment(scenario, settings)(1) if environment is None else environment
    architecture = architecture_for(seen.layout, scenario.build_network(), settings)
    return replace(architecture, agents=len(seen.intersections))


def actor_of(algorithm: Any) -> Actor:
    """The present policy: a new actor with a copy of the weights."""
    architecture = Architecture.from_json(algorithm.config.env_config[ARCHITECTURE])
    state = algorithm.learner_group.get_state(
        components=f"{COMPONENT_LEARNER}/{COMPONENT_RL_MODULE}", inference_only=True
    )
    modules = {
        module: {name.removeprefix(ACTOR): value for name, value in weights.items() if name.startswith(ACTOR)}
        for module, weights in state[COMPONENT_LEARNER][COMPONENT_RL_MODULE].items()
    }
    with torch.random.fork_rng(devices=()):  # drawn weights must not change the draws of the training
        actor = build_actor(architecture)
    if TEAM in modules:
        actor.load_state_dict({name: torch.tensor(value) for name, value in modules[TEAM].items()})
    else:
        actor.load_state_dict(team_weights(architecture, modules))
    return actor.eval()


def set_progress(algorithm: Any, settings: TrainingSettings, share: float, *, critic_alone: bool = False) -> None:
    """Sets learning rate, entropy bonus and exploration for this share (0 to 1) of the budget, and who learns."""
    rate, entropy = settings.learning_rate_at(share), settings.entropy_at(share)
    algorithm.learner_group.foreach_learner(partial(_set_rates, rate=rate, entropy=entropy, critic_alone=critic_alone))
    if settings.traits.exploration is not None:
        exploration = settings.traits.exploration.at(share)
        algorithm.env_runner_group.foreach_env_runner(partial(_set_exploration, exploration=exploration))


def summary_of(results: dict[str, Any]) -> dict[str, float]:
    """The results of one `train()` as plain numbers.

    Keys: `env_steps` and `agent_steps` sampled in this iteration. If an episode ended: `mean_delay` [s/veh],
    `travel_time_cityflow` [s] and `return` (mean over intersections). Of the learner, as far as the algorithm has them:
    the names in `LEARNT`.
    """
    sampled = results.get(ENV_RUNNER_RESULTS, {})
    modules = [learnt for name, learnt in results.get(LEARNER_RESULTS, {}).items() if name != ALL_MODULES]
    found = {
        "env_steps": sampled.get(NUM_ENV_STEPS_SAMPLED, 0),
        "agent_steps": sum(sampled.get(NUM_AGENT_STEPS_SAMPLED, {}).values()),
        "return": _mean(sampled.get(AGENT_RETURNS, {}).values()),
        **{name: _mean([sampled[name]]) for name in EPISODE_MEASURES if name in sampled},
        **{name: _mean(_values(modules, keys)) for name, keys in LEARNT.items()},
    }
    return {name: float(value) for name, value in found.items() if value is not None}


def _values(modules: Sequence[dict[str, Any]], keys: Sequence[str]) -> list[float]:
    """The value of each module under the first key that it has."""
    return [next(learnt[key] for key in keys if key in learnt) for learnt in modules if any(k in learnt for k in keys)]


def _mean(values: Iterable[float]) -> float | None:
    """Mean of the values that are numbers. None if there is none, because no episode ended."""
    numbers = [float(value) for value in values if value == value]
    return sum(numbers) / len(numbers) if numbers else None


def _set_rates(learner: Any, rate: float, entropy: float, critic_alone: bool) -> None:
    learner.set_rates(rate, entropy, critic_alone=critic_alone)


def _set_exploration(runner: Any, exploration: float) -> None:
    runner.module[TEAM].exploration = exploration
