"""RLlib's own sampling over PettingZoo's environment: slow, and therefore the reference that ours is held against."""

import math
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

import torch
from ray.rllib.algorithms.algorithm_config import AlgorithmConfig
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core.columns import Columns
from ray.rllib.core.rl_module.multi_rl_module import MultiRLModuleSpec
from ray.rllib.core.rl_module.rl_module import RLModuleSpec
from ray.rllib.env.wrappers.pettingzoo_env import ParallelPettingZooEnv
from ray.tune.registry import register_env
from torch import Tensor

from traffic_marl.environments.parallel import TrafficParallelEnv
from traffic_marl.learning.networks import ModulePlan
from traffic_marl.learning.networks.threads import threads_for_learning
from traffic_marl.learning.rllib.learners import TeamPPOLearner
from traffic_marl.learning.rllib.modules import PLAN, TeamModule
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario
from traffic_marl.scenario.seeds import TRAINING

ENVIRONMENT = "traffic_marl_stock"
SHARED = "shared"  # name of the module that all agents share

Batch = dict[str, Any]


class SoloModule(TeamModule):
    """Actor and critic of one intersection, or of each by itself: observations (rows, F), scores (rows, P)."""

    def _forward(self, batch: Batch, **others: Any) -> Batch:
        return {Columns.ACTION_DIST_INPUTS: self.actor(batch[Columns.OBS].unsqueeze(1)).squeeze(1)}

    def compute_values(self, batch: Batch, embeddings: Any = None) -> Tensor:
        """Values (rows,)."""
        return self.critic(batch[Columns.OBS].unsqueeze(1)).squeeze(1)  # type: ignore[no-any-return]


class StockEnvironment(ParallelPettingZooEnv):  # type: ignore[misc]
    """PettingZoo's environment as RLlib takes it, on training seeds whatever seed RLlib would have."""

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begins an episode with the next seed."""
        return super().reset(seed=None, options=options)  # type: ignore[no-any-return]


def stock_configuration(scenario: Scenario, settings: TrainingSettings, plan: ModulePlan) -> AlgorithmConfig:
    """PPO with RLlib's sampling, and the same networks and settings as ours.

    Args:
        scenario: the traffic.
        settings: with a policy that is shared, independent or by type.
        plan: of the policy.
    """
    register_env(ENVIRONMENT, partial(_environment, scenario=scenario, settings=settings))
    names = _module_names(plan)
    intersections = scenario.build_network().intersections
    steps = -(-scenario.duration_s // settings.interval)
    fragment = settings.fragment_for(plan.agents, steps)
    batch = fragment * settings.copies * max(1, settings.runners) // max(1, settings.learners)
    solo = RLModuleSpec(module_class=SoloModule, model_config={PLAN: _solo(plan).to_json()})
    return (
        PPOConfig()
        .environment(ENVIRONMENT, env_config={PLAN: plan.to_json()}, disable_env_checking=True)
        .framework("torch")
        .env_runners(
            num_env_runners=settings.runners,
            num_envs_per_env_runner=settings.copies,
            rollout_fragment_length=fragment,
        )
        .learners(num_learners=settings.learners)
        .multi_agent(
            policies=set(names), policy_mapping_fn=partial(_module_of, dict(zip(intersections, names, strict=True)))
        )
        .rl_module(rl_module_spec=MultiRLModuleSpec(rl_module_specs=dict.fromkeys(names, solo)))
        .training(
            learner_class=TeamPPOLearner,
            learner_config_dict={"gradient_clip": settings.gradient_clip, "threads": threads_for_learning(settings)},
            gamma=settings.discount,
            lambda_=settings.gae_lambda,
            lr=settings.learning_rate,
            grad_clip=None,
            entropy_coeff=settings.entropy,
            clip_param=settings.clip,
            num_epochs=settings.epochs,
            train_batch_size_per_learner=batch,
            minibatch_size=max(1, round(settings.minibatch / len(set(_module_names(plan))))),
            vf_loss_coeff=settings.value_weight,
            vf_clip_param=math.inf,
            use_kl_loss=False,
        )
        .experimental(_validate_config=False)  # it compares agent-steps of a minibatch with decisions of a batch
        .debugging(seed=settings.seed, log_level="ERROR")
    )


def team_weights(plan: ModulePlan, modules: dict[str, dict[str, Any]]) -> dict[str, Tensor]:
    """Weights of one actor of all intersections, from those of the modules that RLlib trained apart.

    Args:
        plan: of the whole team.
        modules: by name, the states of their actors.
    """
    states = [{name: torch.tensor(value) for name, value in modules[each].items()} for each in _unique(plan)]
    if plan.policy == "shared":
        return states[0]
    if plan.policy == "by-type":
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


_MADE = count()  # environments made in this process: a runner makes all of its copies in a row


def _environment(context: Any, scenario: Scenario, settings: TrainingSettings) -> StockEnvironment:
    """An environment whose seeds no other meets; `context` is RLlib's and tells the runner, not which of its own."""
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


def _solo(plan: ModulePlan) -> ModulePlan:
    """The plan of one of the modules."""
    return replace(plan, policy="shared", agents=1, kind_names=(), kinds=(), intersections=())


def _module_names(plan: ModulePlan) -> list[str]:
    """(N,) module of each intersection."""
    if plan.policy == "independent":
        return [f"intersection_{n}" for n in range(plan.agents)]
    return [f"kind_{kind}" for kind in plan.kinds] if plan.policy == "by-type" else [SHARED] * plan.agents


def _unique(plan: ModulePlan) -> list[str]:
    """Names of the modules, each once, kinds and intersections in their order."""
    if plan.policy == "by-type":
        return [f"kind_{kind}" for kind in range(len(plan.kind_names))]
    return list(dict.fromkeys(_module_names(plan)))


def _module_of(names: dict[str, str], agent: str, *arguments: Any, **others: Any) -> str:
    """The module of an agent."""
    return names[agent]
