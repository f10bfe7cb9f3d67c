"""From a scenario and settings to an algorithm of RLlib that is ready to train, and what comes back from it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from ray.rllib.core import COMPONENT_LEARNER, COMPONENT_RL_MODULE
from ray.rllib.utils.metrics import (
    ALL_MODULES,
    ENV_RUNNER_RESULTS,
    LEARNER_RESULTS,
    NUM_AGENT_STEPS_SAMPLED,
    NUM_ENV_STEPS_SAMPLED,
)

from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.networks import Actor, ModulePlan, build_actor, plan_for
from traffic_marl.learning.rllib.cluster import start_ray
from traffic_marl.learning.rllib.configs import Job, configuration
from traffic_marl.learning.rllib.modules import PLAN, TEAM
from traffic_marl.learning.rllib.runner import AGENT_RETURNS
from traffic_marl.learning.rllib.stock import stock_configuration, team_weights
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.observation import Encoder
from traffic_marl.scenario import Scenario, load_scenario

LEAST_EXPLORATION = 0.05  # of deep Q-learning, from half of the budget on
EXPLORED = 0.5  # share of the budget over which exploration falls
ACTOR = "actor."  # how the weights of the actor begin in a module's state
EPISODE_MEASURES = ("mean_delay", "travel_time_cityflow")
LEARNT = {  # in summaries: the names RLlib's learners have for it
    "policy_loss": ("policy_loss", "mean_pi_loss"),
    "value_loss": ("mean_vf_loss", "vf_loss", "qf_loss"),
    "entropy": ("entropy",),
    "learning_rate": ("default_optimizer_learning_rate",),
}


def build_algorithm(scenario: Scenario, settings: TrainingSettings) -> Any:
    """An algorithm of RLlib: `train()` samples and learns once and gives RLlib's results.

    Starts ray where it is not running yet. The caller calls `set_progress` before each `train()`, `stop()` at the end;
    `save_to_path` and `restore_from_path` are RLlib's own: restore before the first `train()`.

    Args:
        scenario: the traffic to learn on.
        settings: any algorithm but tabular-q.

    Raises:
        TrafficError: the scenario cannot be used.
    """
    plan = plan_of(scenario, settings)
    start_ray(settings.runners + settings.learners)
    if settings.stock:
        return stock_configuration(scenario, settings, plan).build_algo()
    steps = -(-scenario.duration_s // settings.interval)
    return configuration(Job(settings, plan, ScenarioEnvironment(scenario, settings), steps)).build_algo()


def plan_of(scenario: Scenario, settings: TrainingSettings) -> ModulePlan:
    """The structure of the policy that `build_algorithm` trains.

    Raises:
        TrafficError: the scenario cannot be used.
    """
    network = scenario.build_network()
    layout = Encoder(network, scenario.timing(), settings.interval, settings.observation).layout
    others = sum(len(load_scenario(name).build_network().intersections) for name in settings.also)
    plan = plan_for(layout, network, settings)
    return replace(plan, agents=plan.agents + others)


def actor_of(algorithm: Any) -> Actor:
    """The policy as it now stands: an actor of its own, with a copy of the weights."""
    plan = ModulePlan.from_json(algorithm.config.env_config[PLAN])
    state = algorithm.learner_group.get_state(
        components=f"{COMPONENT_LEARNER}/{COMPONENT_RL_MODULE}", inference_only=True
    )
    modules = {
        module: {name.removeprefix(ACTOR): value for name, value in weights.items() if name.startswith(ACTOR)}
        for module, weights in state[COMPONENT_LEARNER][COMPONENT_RL_MODULE].items()
    }
    with torch.random.fork_rng(devices=()):  # building draws weights; training goes on as if it had not
        actor = build_actor(plan)
    if TEAM in modules:
        actor.load_state_dict({name: torch.tensor(value) for name, value in modules[TEAM].items()})
    else:
        actor.load_state_dict(team_weights(plan, modules))
    return actor.eval()


def set_progress(algorithm: Any, settings: TrainingSettings, share: float) -> None:
    """Sets learning rate, entropy bonus and exploration to what they are at this share (0 to 1) of the budget."""
    rate = settings.learning_rate * (1.0 - (1.0 - settings.last_rate) * share)
    entropy = settings.entropy * (1.0 - share)
    algorithm.learner_group.foreach_learner(partial(_set_rates, rate=rate, entropy=entropy))
    if settings.algorithm == "dqn":
        algorithm.env_runner_group.foreach_env_runner(partial(_set_exploration, exploration=exploration_at(share)))


def exploration_at(share: float) -> float:
    """Probability with which deep Q-learning tries a phase by lot at this share of the budget."""
    return max(LEAST_EXPLORATION, 1.0 - (1.0 - LEAST_EXPLORATION) * share / EXPLORED)


def summary_of(results: dict[str, Any]) -> dict[str, float]:
    """What one `train()` gave, in plain numbers.

    Keys: `env_steps` and `agent_steps` sampled in this iteration; where an episode ended `mean_delay` [s/veh],
    `travel_time_cityflow` [s] and `return` (mean over intersections); of the learner `policy_loss`, `value_loss`,
    `entropy`, `learning_rate`, as far as the algorithm has them.
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
    """What each module has under the first of the keys that it knows."""
    return [next(learnt[key] for key in keys if key in learnt) for learnt in modules if any(k in learnt for k in keys)]


def _mean(values: Iterable[float]) -> float | None:
    """Mean of the numbers among the values; None where there is none: no episode ended."""
    numbers = [float(value) for value in values if value == value]
    return sum(numbers) / len(numbers) if numbers else None


def _set_rates(learner: Any, rate: float, entropy: float) -> None:
    learner.set_rates(rate, entropy)


def _set_exploration(runner: Any, exploration: float) -> None:
    runner.module[TEAM].exploration = exploration
