"""Configurations of RLlib's algorithms with our sampling, one function each."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ray.rllib.algorithms.algorithm_config import AlgorithmConfig
from ray.rllib.algorithms.appo import APPOConfig
from ray.rllib.algorithms.dqn import DQNConfig
from ray.rllib.algorithms.impala import IMPALAConfig
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core.rl_module.rl_module import RLModuleSpec

from traffic_marl.actions.choice import OWN_MOMENTS
from traffic_marl.learning.algorithms import PULL
from traffic_marl.learning.environment import MakeEnvironment
from traffic_marl.learning.networks import Architecture
from traffic_marl.learning.networks.threads import threads_for_learning
from traffic_marl.learning.placing.placement import HERE, Placement
from traffic_marl.learning.rllib.batches.advantages import Advantages
from traffic_marl.learning.rllib.batches.returns import ReturnsToGo
from traffic_marl.learning.rllib.batches.team import Team
from traffic_marl.learning.rllib.batches.trajectories import ChoiceTrajectories, Trajectories
from traffic_marl.learning.rllib.batches.transitions import Transitions
from traffic_marl.learning.rllib.connectors import Convert, TeamConnector
from traffic_marl.learning.rllib.faults.runners import LONGEST_SAMPLE, with_successors
from traffic_marl.learning.rllib.learners import (
    ReinforceLearner,
    TeamAPPOLearner,
    TeamDQNLearner,
    TeamIMPALALearner,
    TeamPPOLearner,
)
from traffic_marl.learning.rllib.modules import (
    ARCHITECTURE,
    SCENARIOS,
    TEAM,
    ActorModule,
    TargetedTeamModule,
    TeamModule,
    TeamValues,
)
from traffic_marl.learning.rllib.reinforce import ReinforceConfig
from traffic_marl.learning.rllib.runner import FRAGMENT, MAKE_ENVIRONMENT, TeamRunner
from traffic_marl.learning.settings import TrainingSettings

ENVIRONMENT = "traffic_marl"  # RLlib needs a name, but our runner makes the environment itself
MEMORY = "traffic_marl.learning.rllib.memory.TeamMemory"
REMEMBERED = 400_000  # [agent-steps] in the memory of deep Q-learning
WARM_UP = 20_000  # [agent-steps] sampled before it learns, but at most those of an iteration
TARGET_UPDATE = 40_000  # [agent-steps] between two updates of the target network, but at most those of an iteration
REPLAYED = 4.0  # mean number of times that each agent-step is learnt from
QUEUED = 2  # most batches that wait for APPO's learner


@dataclass(frozen=True)
class Job:
    """A training task and the sizes of its batches. RLlib counts in decisions of a team."""

    settings: TrainingSettings
    architecture: Architecture
    make_environment: MakeEnvironment
    episode: int  # decisions
    scenario_of: Sequence[int]  # (N,) number of the scenario that an intersection belongs to, from 0
    placement: Placement = HERE

    @property
    def fragment(self) -> int:
        """Decisions that each copy takes between two updates."""
        return self.settings.fragment_for(self.architecture.agents, self.episode)

    @property
    def iteration(self) -> int:
        """Decisions that all copies of all runners take in one `train()`."""
        decisions = max(self.fragment, self.settings.decisions_for(self.architecture.agents, self.episode))
        return decisions * self.settings.copies * max(1, self.settings.runners)

    @property
    def batch(self) -> int:
        """Decisions between two updates of each learner."""
        sampled = self.fragment * self.settings.copies * max(1, self.settings.runners)
        return max(1, sampled // max(1, self.settings.learners))  # rounded down: more would take twice the samples

    @property
    def minibatch(self) -> int:
        """Rows in a minibatch, with about as many agent-steps as the settings say."""
        return self.settings.minibatch if self.team.is_single else self.team_minibatch

    @property
    def team_minibatch(self) -> int:
        """Decisions of a team with about as many agent-steps as a minibatch."""
        return max(1, round(self.settings.minibatch / self.architecture.agents))

    @property
    def team(self) -> Team:
        """The intersections."""
        architecture, settings = self.architecture, self.settings
        policies: Sequence[int] = [0] * architecture.agents
        if architecture.policy == "independent":
            policies = range(architecture.agents)
        if architecture.policy == "by-type":
            policies = architecture.kinds
        is_single = architecture.policy == "shared" and architecture.critic == "local"
        is_single &= settings.learners <= 1  # RLlib shares minibatches among learners by decisions of the team
        return Team(architecture.layout, settings.interval, self.scenario_of, policies, is_single)


def configuration(job: Job) -> AlgorithmConfig:
    """The configuration of the algorithm in the settings, which is any but tabular-q."""
    return CONFIGURATIONS[job.settings.algorithm](job)


def learner_arguments(settings: TrainingSettings) -> dict[str, Any]:
    """Arguments of RLlib's `training` for our learners, with any algorithm."""
    return {
        "learner_config_dict": {"gradient_clip": settings.gradient_clip, "threads": threads_for_learning(settings)},
        "gamma": settings.discount**settings.interval,
        "lr": settings.learning_rate,
        "grad_clip": None,
    }


def ppo_arguments(settings: TrainingSettings) -> dict[str, Any]:
    """Arguments of RLlib's `training` for the loss of PPO."""
    return {
        "lambda_": settings.gae_lambda**settings.interval,
        "clip_param": settings.clip,
        "num_epochs": settings.epochs,
        "vf_loss_coeff": settings.value_weight,
        "vf_clip_param": math.inf,
        "use_kl_loss": False,
    }


def _ppo(job: Job) -> AlgorithmConfig:
    settings = job.settings
    advantages = Advantages(settings.discount, settings.gae_lambda, job.team)
    return _on_policy(PPOConfig(), job, TeamPPOLearner, TeamModule, advantages).training(**ppo_arguments(settings))


def _reinforce(job: Job) -> AlgorithmConfig:
    returns = ReturnsToGo(job.settings.discount, job.team)
    return _on_policy(ReinforceConfig(), job, ReinforceLearner, ActorModule, returns).training(num_epochs=1)


def _appo(job: Job) -> AlgorithmConfig:
    return _asynchronous(APPOConfig(), job, TeamAPPOLearner, TargetedTeamModule).training(
        clip_param=job.settings.clip, use_kl_loss=False, use_circular_buffer=False, simple_queue_size=QUEUED
    )


def _impala(job: Job) -> AlgorithmConfig:
    return _asynchronous(IMPALAConfig(), job, TeamIMPALALearner, TeamModule)


def _dqn(job: Job) -> AlgorithmConfig:
    agents, seed = job.architecture.agents, job.settings.seed
    config = common(DQNConfig(), job, TeamDQNLearner, TeamValues, Transitions(job.settings.discount, job.team))
    config.reporting(min_sample_timesteps_per_iteration=job.iteration, min_time_s_per_iteration=0)
    return config.env_runners(rollout_fragment_length=job.fragment).training(
        gamma=job.settings.discount,  # per second: each transition says how many
        train_batch_size_per_learner=job.team_minibatch,
        training_intensity=_intensity(job.settings.runners),
        num_steps_sampled_before_learning_starts=min(WARM_UP // agents, job.iteration),
        target_network_update_freq=min(TARGET_UPDATE // agents, job.iteration),
        replay_buffer_config={
            "type": MEMORY,
            "capacity": max(1, REMEMBERED // agents),
            "seed": seed,
            "discount": job.settings.discount,
            "interval": job.settings.interval,
            "layout": job.architecture.layout,
        },
        double_q=True,
        dueling=False,
        num_atoms=1,
    )


def _intensity(runners: int) -> float:
    """RLlib's measure for REPLAYED. RLlib counts this process among the runners, but it samples only if it is alone."""
    return REPLAYED * max(1, runners) / (runners + 1)


def _on_policy(config: AlgorithmConfig, job: Job, learner: type, module: type, convert: Convert) -> AlgorithmConfig:
    """Samples a fragment of every copy, learns from it and discards it."""
    config = common(config, job, learner, module, convert)
    return config.env_runners(rollout_fragment_length=job.fragment).training(
        learner_config_dict={"minibatch": job.minibatch},
        train_batch_size_per_learner=job.batch,
        minibatch_size=min(job.minibatch, job.batch),
        entropy_coeff=job.settings.entropy,
    )


def _asynchronous(config: AlgorithmConfig, job: Job, learner: type, module: type) -> AlgorithmConfig:
    """Samples and learns at the same time. A piece of a batch is a fragment with its masked last row."""
    piece = job.fragment + 1
    pieces = max(1, min(job.settings.copies, job.team_minibatch // piece))
    convert = ChoiceTrajectories if job.settings.action in OWN_MOMENTS else Trajectories
    config = common(config, job, learner, module, convert(piece, job.settings.discount, job.team))
    config.reporting(min_sample_timesteps_per_iteration=job.iteration, min_time_s_per_iteration=0)
    config.env_runners(
        rollout_fragment_length=piece,
        use_env_runner_state_server=job.settings.weights == PULL,
    )
    return config.training(
        train_batch_size_per_learner=job.settings.copies * piece,
        minibatch_size=pieces * piece,
        shuffle_batch_per_epoch=False,
        num_epochs=1,
        vf_loss_coeff=job.settings.value_weight,
        entropy_coeff=job.settings.entropy,
    )


def common(config: AlgorithmConfig, job: Job, learner: type, module: type, convert: Convert) -> AlgorithmConfig:
    """The part that all algorithms share: one module for the team, our runner, our one connector."""
    settings, architecture = job.settings, job.architecture.to_json()
    known = {ARCHITECTURE: architecture, MAKE_ENVIRONMENT: job.make_environment, FRAGMENT: job.fragment}
    modelled = {ARCHITECTURE: architecture, SCENARIOS: max(job.scenario_of) + 1}
    return (
        with_successors(config)
        .environment(ENVIRONMENT, env_config=known, disable_env_checking=True)
        .framework("torch")
        .env_runners(
            env_runner_cls=TeamRunner,
            num_env_runners=settings.runners,
            num_cpus_per_env_runner=job.placement.cpus_per_runner,
            num_envs_per_env_runner=settings.copies,
            sample_timeout_s=LONGEST_SAMPLE,
        )
        .learners(
            num_learners=settings.learners,
            num_gpus_per_learner=job.placement.gpus_per_learner,
            learner_connector=lambda observed, asked: TeamConnector(convert),
            add_default_connectors_to_learner_pipeline=False,
        )
        .multi_agent(policies={TEAM}, policy_mapping_fn=_module_of)
        .rl_module(rl_module_spec=RLModuleSpec(module_class=module, model_config=modelled))
        .training(
            learner_class=learner,
            **learner_arguments(settings),
        )
        .debugging(seed=settings.seed, log_level="CRITICAL")
    )


def _module_of(*arguments: Any, **others: Any) -> str:
    """The module of any agent. RLlib needs such a function."""
    return TEAM


CONFIGURATIONS: dict[str, Callable[[Job], AlgorithmConfig]] = {  # by name of the algorithm
    "ppo": _ppo,
    "reinforce": _reinforce,
    "appo": _appo,
    "impala": _impala,
    "dqn": _dqn,
}
