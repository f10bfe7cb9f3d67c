"""Metrics of a runner, under the names that RLlib gives them."""

from typing import Any

from ray.rllib.utils.metrics import (
    EPISODE_LEN_MEAN,
    EPISODE_RETURN_MEAN,
    NUM_AGENT_STEPS_SAMPLED,
    NUM_AGENT_STEPS_SAMPLED_LIFETIME,
    NUM_ENV_STEPS_SAMPLED,
    NUM_ENV_STEPS_SAMPLED_LIFETIME,
    NUM_EPISODES,
    NUM_EPISODES_LIFETIME,
    NUM_MODULE_STEPS_SAMPLED,
    NUM_MODULE_STEPS_SAMPLED_LIFETIME,
)
from ray.rllib.utils.metrics.metrics_logger import MetricsLogger

from traffic_marl.learning.rllib.modules import TEAM

BEGUN_SEEDS = "begun_seeds"  # metric of runners, by number: place after the last seed of which a decision was taken
AGENT_RETURNS = "agent_episode_returns_mean"  # RLlib's name for returns by agent


def log_steps(metrics: MetricsLogger, steps: int, agents: int) -> None:
    """Logs the decisions of copies and of intersections.

    Args:
        metrics: of the runner.
        steps: decisions of all copies.
        agents: N.
    """
    for name, count, lifetime in (
        (NUM_ENV_STEPS_SAMPLED, steps, NUM_ENV_STEPS_SAMPLED_LIFETIME),
        ((NUM_AGENT_STEPS_SAMPLED, "all"), steps * agents, (NUM_AGENT_STEPS_SAMPLED_LIFETIME, "all")),
        ((NUM_MODULE_STEPS_SAMPLED, TEAM), steps * agents, (NUM_MODULE_STEPS_SAMPLED_LIFETIME, TEAM)),
    ):
        metrics.log_value(name, count, reduce="sum")
        metrics.log_value(lifetime, count, reduce="lifetime_sum")


def log_seeds(metrics: MetricsLogger, runner: int, count: int) -> None:
    """Logs how far a runner has come in its seeds. The sum of all calls is a place, also for a successor.

    Args:
        metrics: of the runner.
        runner: its number.
        count: places since the last call.
    """
    metrics.log_value((BEGUN_SEEDS, str(runner)), count, reduce="lifetime_sum")


def log_episodes(metrics: MetricsLogger, episode: dict[str, Any], steps: int) -> None:
    """Logs the results of the episodes that just ended in all copies.

    Args:
        metrics: of the runner.
        episode: results by name, as `VectorEnv.step` gives them.
        steps: decisions of an episode.
    """
    returns = episode["return"]
    metrics.log_value(NUM_EPISODES, len(returns), reduce="sum")
    metrics.log_value(NUM_EPISODES_LIFETIME, len(returns), reduce="lifetime_sum")
    means = {
        EPISODE_LEN_MEAN: float(steps),
        EPISODE_RETURN_MEAN: float(returns.sum(1).mean()),
        **{name: float(values.mean()) for name, values in episode.items() if name != "return"},
    }
    metrics.log_dict(means, window=1)
    metrics.log_value((AGENT_RETURNS, "all"), float(returns.mean()), window=1)
