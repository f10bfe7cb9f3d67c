"""Configurations of RLlib's algorithms that learn from recorded decisions."""

import logging
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from ray.data import DataContext
from ray.rllib.algorithms.algorithm_config import AlgorithmConfig
from ray.rllib.algorithms.bc import BCConfig
from ray.rllib.algorithms.marwil import MARWILConfig

from traffic_marl.errors import UsageError
from traffic_marl.learning.offline.data_set import EPISODES, DataSet
from traffic_marl.learning.rllib.batches.choices import Batch, Values
from traffic_marl.learning.rllib.batches.scale import ReturnScale
from traffic_marl.learning.rllib.configs import Job, common
from traffic_marl.learning.rllib.episode import TeamEpisode
from traffic_marl.learning.rllib.learners import TeamMARWILLearner
from traffic_marl.learning.rllib.modules import TEAM, ActorModule, TeamModule
from traffic_marl.learning.rllib.recorded.rows import ROWS, UNKNOWN, RecordedChoices, Rows, return_code
from traffic_marl.learning.settings import AGENT_STEPS
from traffic_marl.scenario import Scenario

LEARNT = "agent_steps"  # key in `learner_config_dict`: choices that are learnt from in an iteration, some repeatedly
READERS = 1  # processes that turn rows into batches
SHUFFLED = 4  # batches among whose rows each batch is drawn


class TeamBCConfig(BCConfig):  # type: ignore[misc]
    """Behaviour cloning without the connectors that know single agents alone."""

    build_learner_connector = AlgorithmConfig.build_learner_connector


class TeamMARWILConfig(MARWILConfig):  # type: ignore[misc]
    """MARWIL without the connectors that know single agents alone.

    Source: Wang et al. 2018, "Exponentially weighted imitation learning for batched historical data", NeurIPS.
    """

    build_learner_connector = AlgorithmConfig.build_learner_connector


def offline_configuration(job: Job, scenario: Scenario) -> AlgorithmConfig:
    """The configuration of an algorithm that learns from recorded decisions.

    Args:
        job: whose settings name the data.
        scenario: of the training, on whose network they were recorded.

    Raises:
        FileError: there is no such data set, or it is damaged.
        UsageError: it was recorded on another network, or holds other observations.
    """
    settings = job.settings
    assert settings.data is not None, "the settings are checked"
    data = DataSet.open(Path(settings.data))
    data.ensure_fit(scenario, job.architecture.layout)
    data.ensure_whole()
    discount = settings.discount**settings.interval
    has_critic = settings.traits.has_critic
    if has_critic and discount**data.facts.decisions > UNKNOWN:
        factor = f"{settings.discount:g}"
        what = f"its episodes of {data.facts.decisions} decisions are too short for returns with discount {factor}"
        raise UsageError("data", what, "record a longer scenario, give a smaller --discount, or use bc")
    rows = Rows(job.team, discount, job.architecture.agents, return_code(data, discount) if has_critic else None)
    config = TeamMARWILConfig() if has_critic else TeamBCConfig()
    common(config, job, TeamMARWILLearner, TeamModule if has_critic else ActorModule, _no_samples)
    config.env_config = config.env_config | {ROWS: rows}
    context = DataContext.get_current()
    context.execution_options.preserve_order = True  # so that a seed gives the same batches
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # an error is raised, too
    agents = 1 if job.team.is_single else job.architecture.agents
    batch = max(1, AGENT_STEPS // agents)
    updates = math.ceil(batch / job.minibatch)
    seen, asked = _spaces(job)
    if has_critic:
        config.training(vf_coeff=settings.value_weight)
    return (
        config.environment(observation_space=seen, action_space=asked)
        .training(
            train_batch_size_per_learner=batch,
            learner_config_dict=config.learner_config_dict
            | {"minibatch": job.minibatch, "updates": updates, LEARNT: updates * job.minibatch * agents},
        )
        .offline_data(
            input_=[str((data.path / EPISODES).resolve())],
            input_read_sample_batches=True,  # RLlib lets rows be read by whole episodes in this case alone
            input_read_batch_size=data.facts.decisions,
            prelearner_class=RecordedChoices,
            map_batches_kwargs={"concurrency": READERS},
            iter_batches_kwargs={"local_shuffle_buffer_size": SHUFFLED * batch, "local_shuffle_seed": settings.seed},
            materialize_mapped_data=True,  # our rows do not depend on what is learnt
            dataset_num_iters_per_learner=1,
        )
    )


def take_code(algorithm: Any) -> None:
    """Gives the learner of an algorithm the code of returns of the recorded rows, if it has a critic for them."""
    rows = algorithm.config.env_config.get(ROWS)
    if rows is not None and rows.code is not None:
        algorithm.learner_group.foreach_learner(partial(_set_code, moments=rows.code))


def _set_code(learner: Any, moments: tuple[float, float]) -> None:
    code = learner.module[TEAM].unwrapped().return_scale.code
    code.mean[:], code.deviation[:], code.updates[:] = *moments, 1.0


def _spaces(job: Job) -> tuple[gym.Space[Any], gym.Space[Any]]:
    """The spaces of observations and actions of the whole team."""
    layout, agents = job.architecture.layout, job.architecture.agents
    return (
        gym.spaces.Box(-np.inf, np.inf, (agents, layout.size), np.float32),
        gym.spaces.MultiDiscrete([layout.phases] * agents),
    )


def _no_samples(episodes: Sequence[TeamEpisode], values: Values, scale: ReturnScale) -> Batch:
    """Takes the place of the conversion of samples, of which there are none."""
    raise AssertionError("it learns from recorded decisions alone")
