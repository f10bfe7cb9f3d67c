"""Samples of a made-up team: two intersections with three phases, random observations, rewards and choices."""

from itertools import pairwise

import numpy as np
import torch

from traffic_marl.learning.rllib.batches.team import Team
from traffic_marl.learning.rllib.episode import TeamEpisode
from traffic_marl.observation import ObservationLayout

DISCOUNT, LAMBDA = 0.9, 0.8  # per second
AGENTS, PHASES = 2, 3
LAYOUT = ObservationLayout(PHASES, 0, (), ("shown", "allowed"), ("one", "two"))


def team(*, is_single=False, interval=1, scenarios=(0, 0), policies=(0, 0)):
    return Team(LAYOUT, interval, scenarios, policies, is_single)


def episode(length, seed=0, *, choices=1.0, is_cut=True):
    """An episode in which an intersection has a choice at this share of its decisions, the last moment included."""
    generator = np.random.default_rng(seed)
    observations = generator.random((length + 1, AGENTS, LAYOUT.size), np.float32)
    allowed = np.ones((length + 1, AGENTS, PHASES), np.float32)
    allowed[generator.random((length + 1, AGENTS)) >= choices, 1:] = 0.0
    LAYOUT.split(observations)[1][..., 1] = allowed
    columns = {
        "obs": observations[:-1],
        "actions": generator.integers(0, PHASES, (length, AGENTS)),
        "rewards": generator.random((length, AGENTS), np.float32),
        "action_logp": -generator.random((length, AGENTS), np.float32),
        "action_dist_inputs": generator.random((length, AGENTS, PHASES), np.float32),
    }
    return TeamEpisode(columns, observations[-1], is_cut)


def values(observations):
    return 10.0 * observations[..., -1] - observations[..., -2]


def moments_of(one, n):
    """The decisions of an episode at which intersection n has a choice, its last moment included, by hand."""
    seen = np.concatenate((one.columns["obs"], one.last_observation[None]))[:, n]
    return [t for t, row in enumerate(seen) if LAYOUT.split(row)[1][:, 1].sum() > 1]


def steps_of(one, n):
    """(decision, action, discounted reward, decisions) of each choice that has a next one, by hand."""
    moments, rewards = moments_of(one, n), one.columns["rewards"][:, n].tolist()
    return [
        (now, sum(DISCOUNT ** (t - now) * rewards[t] for t in range(now, after)), after - now)
        for now, after in pairwise(moments)
    ]


def value_of(one, n, moment):
    seen = np.concatenate((one.columns["obs"], one.last_observation[None]))
    return float(values(torch.from_numpy(seen[moment, n])))
