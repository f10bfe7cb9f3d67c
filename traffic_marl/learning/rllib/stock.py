"""RLlib's own sampling on PettingZoo's environment: the slow reference for our sampling."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

import numpy as np
import torch
from ray.rllib.algorithms.algorithm_config import AlgorithmConfig
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core.columns import Columns
from ray.rllib.core.rl_module.multi_rl_module import MultiRLModuleSpec
from ray.rllib.core.rl_module.rl_module import RLModuleSpec
from ray.rllib.env.multi_agent_env_runner import MultiAgentEnvRunner
from ray.rllib.env.wrappers.pettingzoo_env import ParallelPettingZooEnv
from ray.tune.registry import register_env
from torch import Tensor

from traffic_marl.environments.parallel import TrafficParallelEnv
from traffic_marl.learning.networks import Architecture
from traffic_marl.learning.networks.solo import apart
from traffic_marl.learning.rllib.configs import Job, learner_arguments, ppo_arguments
from traffic_marl.learning.rllib.faults.runners import LONGEST_SAMPLE, with_successors
from traffic_marl.learning.rllib.learners import TeamPPOLearner
from traffic_marl.learning.rllib.modules import ARCHITECTURE, SCENARIOS, TeamModule
from traffic_marl.learning.rllib.runner import TeamRunner
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario
from traffic_marl.scenario.seeds import TRAINING

ENVIRONMENT = "traffic_marl_stock"
SHARED = "shared"  # name of the module that all agents share

Batch = dict[str, Any]


class SoloModule(TeamModule):
    """Actor and critic of single intersections: observations (rows, F), logits (rows, P)."""

    def _forward(self, batch: Batch, **others: Any) -> Batch:
        return {Columns.ACTION_DIST_INPUTS: self.actor(batch[Columns.OBS].unsqueeze(1)).squeeze(1)}

    def compute_values(self, batch: Batch, embeddings: Any = None) -> Tensor:
        """Values (rows,)."""
        return self.critic(batch[Columns.OBS].unsqueeze(1)).squeeze(1)  # type: ignore[no-any-return]


class StockEnvironment(ParallelPettingZooEnv):  # type: ignore[misc]
    """PettingZoo's environment for RLlib, always on training seeds."""

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begins an episode with the next training seed. The seed of RLlib is ignored."""
        return super().reset(seed=None, options=options)  # type: ignore[no-any-return]


class StockRunner(MultiAgentEnvRunner):  # type: ignore[misc]
    """RLlib's own runner, whose errors reach the training. RLlib would end its process instead."""

    apply = TeamRunner.apply


def stock_configuration(job: Job, scenario: Scenario) -> AlgorithmConfig:
    """PPO with RLlib's own sampling, and with the networks and settings of our sampling.

    Args:
        job: with a shared or independent policy, or one by type.
        scenario: the traffic.
    """
    settings, architecture = job.settings, job.architecture
    register_env(ENVIRONMENT, partial(_environment, scenario=scenario, settings=settings))
    names = _module_names(architecture)
    intersections = scenario.build_network().intersections
    solo = RLModuleSpec(
        module_class=SoloModule, model_config={ARCHITECTURE: _solo(architecture).to_json(), SCENARIOS: 1}
    )
    return (
        with_successors(PPOConfig())
        .environment(ENVIRONMENT, env_config={ARCHITECTURE: architecture.to_json()}, disable_env_checking=True)
        .framework("torch")
        .env_runners(
            env_runner_cls=StockRunner,
            num_env_runners=settings.runners,
            num_cpus_per_env_runner=job.placement.cpus_per_runner,
            num_envs_per_env_runner=settings.copies,
            rollout_fragment_length=job.fragment,
            sample_timeout_s=LONGEST_SAMPLE,
        )
        .learners(num_learners=settings.learners, num_gpus_per_learner=job.placement.gpus_per_learner)
        .multi_agent(
            policies=set(names), policy_mapping_fn=partial(_module_of, dict(zip(intersections, names, strict=True)))
        )
        .rl_module(rl_module_spec=MultiRLModuleSpec(rl_module_specs=dict.fromkeys(names, solo)))
        .training(
            learner_class=TeamPPOLearner,
            entropy_coeff=settings.entropy,
            train_batch_size_per_learner=job.batch,
            minibatch_size=max(1, round(settings.minibatch / len(set(names)))),
            **learner_arguments(settings),
            **ppo_arguments(settings),
        )
        # RLlib would compare agent-steps of a minibatch with decisions of a batch.
        .experimental(_validate_config=False)
        .debugging(seed=settings.seed, log_level="CRITICAL")
    )


def team_weights(architecture: Architecture, modules: dict[str, dict[str, Any]]) -> dict[str, Tensor]:
    """Weights of the actor of all intersections, from those of the modules that RLlib trained separately.

    Args:
        architecture: of the whole team.
        modules: by name, the states of their actors.
    """
    states = [{name: torch.tensor(value) for name, value in modules[each].items()} for each in _unique(architecture)]
    if architecture.policy == "shared":
        return states[0]
    if architecture.policy == "by-type":
        return {
            name.replace("network.", f"network.networks.{kind}.", 1): value
            for kind, state in enumerate(states)
            for name, value in state.items()
        }
    return {
        name.replace("network.", "network.network.", 1): torch.stack(
            [state[name].T if name.endswith("weight") else state[name][None] for state in states]
        )
        for name in states[0]
    }


def module_weights(architecture: Architecture, weights: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The weights of each module, from those of the actor or the critic of all intersections, by name.

    Args:
        architecture: of the whole team.
        weights: of its actor or its local critic.
    """
    tensors = {name: torch.from_numpy(np.asarray(value)) for name, value in weights.items()}
    alone = [{f"network.{name}": each.numpy() for name, each in own.items()} for own in apart(architecture, tensors)]
    return dict(zip(_unique(architecture), alone, strict=True))


_MADE = count()  # environments made in this process so far. A runner makes all its copies in a row.


def _environment(context: Any, scenario: Scenario, settings: TrainingSettings) -> StockEnvironment:
    """An environment with seeds that no other uses. RLlib's `context` gives the runner, but not the copy."""
    environment = TrafficParallelEnv(
        scenario,
        interval=settings.interval,
        observation=settings.observation,
        reward=settings.reward,
        neighbour_weight=settings.neighbour_weight,
        threads=1,
    )
    runner = max(0, context.worker_index - 1)
    place = settings.first_seed + runner * settings.copies + next(_MADE) % settings.copies
    environment.vector.seeds = TRAINING[place :: max(1, settings.runners) * settings.copies]
    return StockEnvironment(environment)


def _solo(architecture: Architecture) -> Architecture:
    """The architecture of one of the modules."""
    return replace(architecture, policy="shared", agents=1, kind_names=(), kinds=(), intersections=())


def _module_names(architecture: Architecture) -> list[str]:
    """(N,) module of each intersection."""
    if architecture.policy == "independent":
        return [f"intersection_{n}" for n in range(architecture.agents)]
    return (
        [f"kind_{kind}" for kind in architecture.kinds]
        if architecture.policy == "by-type"
        else [SHARED] * architecture.agents
    )


def _unique(architecture: Architecture) -> list[str]:
    """Names of the modules, each once, in the order of kinds or intersections."""
    if architecture.policy == "by-type":
        return [f"kind_{kind}" for kind in range(len(architecture.kind_names))]
    return list(dict.fromkeys(_module_names(architecture)))


def _module_of(names: dict[str, str], agent: str, *arguments: Any, **others: Any) -> str:
    """The module of an agent."""
    return names[agent]
