"""The decisions of a policy for all intersections of all copies."""

from typing import Any

import numpy as np
import torch
from ray.rllib.core.columns import Columns

from traffic_marl.arrays import Ints, Singles
from traffic_marl.learning.networks.actor import FORBIDDEN
from traffic_marl.observation import ObservationLayout

Decisions = tuple[Ints, Singles, Singles]  # phases (B, N), their log-probabilities (B, N), logits (B, N, P)


def decide(
    module: Any, layout: ObservationLayout, observations: Singles, explores: bool, generator: torch.Generator
) -> Decisions:
    """The decisions for observations (B, N, F).

    A policy that sees one intersection at a time is asked only for those that have a choice.

    Args:
        module: of RLlib, with the policy.
        layout: of the observations.
        observations: of all intersections.
        explores: True draws the phases, False takes the best ones.
        generator: of the draws.
    """
    allowed = layout.allowed(observations)
    chosen = allowed.sum(-1) > 1
    if module.architecture.policy != "shared" or chosen.all():
        return _asked(module, observations, explores, generator)
    actions = allowed.argmax(-1)
    log_probs = np.zeros(actions.shape, np.float32)
    logits = np.where(allowed > 0.5, np.float32(0.0), np.float32(FORBIDDEN))
    if chosen.any():
        found = _asked(module, observations[chosen][:, None], explores, generator)
        actions[chosen], log_probs[chosen], logits[chosen] = (each.squeeze(1) for each in found)
    return actions, log_probs, logits


def _asked(module: Any, observations: Singles, explores: bool, generator: torch.Generator) -> Decisions:
    """The same for observations (rows, N or 1, F) by the policy."""
    batch = {Columns.OBS: torch.from_numpy(observations)}
    output = module.forward_exploration(batch) if explores else module.forward_inference(batch)
    logits = output[Columns.ACTION_DIST_INPUTS]
    log_probs = torch.log_softmax(logits, -1)
    if explores:  # Gumbel-max trick: the argmax of log-probabilities plus Gumbel noise is a draw from the softmax
        noise = torch.empty_like(log_probs).exponential_(generator=generator)
        actions = (log_probs - noise.log()).argmax(-1)
    else:
        actions = log_probs.argmax(-1)
    chosen = log_probs.gather(-1, actions.unsqueeze(-1)).squeeze(-1)
    return actions.numpy(), chosen.numpy(), logits.numpy()


def empty_columns(decisions: int, observations: Singles, actions: int) -> dict[str, Any]:
    """Columns for decisions (T, B, N, ...) on observations (B, N, F), with numbers that mean nothing yet."""
    team = observations.shape[:2]
    return {
        Columns.OBS: np.empty((decisions, *observations.shape), np.float32),
        Columns.ACTIONS: np.empty((decisions, *team), np.int64),
        Columns.REWARDS: np.empty((decisions, *team), np.float32),
        Columns.ACTION_LOGP: np.empty((decisions, *team), np.float32),
        Columns.ACTION_DIST_INPUTS: np.empty((decisions, *team, actions), np.float32),
    }


def write_decisions(columns: dict[str, Any], now: int, observations: Singles, decisions: Decisions) -> None:
    """Writes the decisions on observations into the row `now` of the columns."""
    columns[Columns.OBS][now] = observations
    columns[Columns.ACTIONS][now], columns[Columns.ACTION_LOGP][now], columns[Columns.ACTION_DIST_INPUTS][now] = (
        decisions
    )
