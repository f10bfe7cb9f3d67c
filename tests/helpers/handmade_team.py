"""A task whose every number is known, in the place of traffic: each intersection is shown which phase earns 1."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.learning.networks import architecture_for
from traffic_marl.learning.rllib.configs import Job, configuration
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.network.generators.grid import grid
from traffic_marl.observation import ObservationLayout

LAYOUT = ObservationLayout(phases=3, movements=1, movement_features=("present", "wanted"))
NETWORK = grid(1, 2)
EPISODE = 6


class Copying:
    """B copies of two intersections; the phase that earns 1 is drawn from the seed, and marked `wanted`.

    The age in the signal's part of an observation is the number of the decision over 100, its `yellow` the seed over
    1000: so every observation tells where it comes from. With `late`, what a decision earns is paid at the next one,
    and its `all_red` is what is still to be paid. With `seldom`, an intersection has a choice at every third decision,
    and the others ask for the phase 0.
    """

    def __init__(self, copies, seeds, first=0, late=False, seldom=False):
        self.copies = copies
        self.seldom = seldom
        self.late = late
        self.intersections = NETWORK.intersections
        self.layout = LAYOUT
        self.num_actions = LAYOUT.phases
        self.steps = EPISODE
        self.seeds = seeds
        self.next_seed = first
        self.asked = []

    def reset(self):
        self.met = [self.seeds[(self.next_seed + b) % len(self.seeds)] for b in range(self.copies)]
        self.next_seed += self.copies
        self.now = 0
        self.returns = np.zeros((self.copies, 2), np.float32)
        self.owed = np.zeros((self.copies, 2), np.float32)
        self._generators = [np.random.default_rng(seed) for seed in self.met]
        return self._observations()

    def step(self, actions):
        self.asked.append(actions.copy())
        rewards = (actions == self.wanted).astype(np.float32)
        if self.late:
            rewards, self.owed = self.owed, rewards
        self.returns += rewards
        self.now += 1
        observations, over, infos = self._observations(), self.now == EPISODE, {}
        if over:
            infos = {
                "final_obs": observations,
                "episode": {"return": self.returns.copy(), "mean_delay": np.arange(self.copies, dtype=float)},
            }
            observations = self.reset()
        return observations, rewards, np.zeros(self.copies, bool), np.full(self.copies, over), infos

    def _observations(self):
        self.wanted = np.array([generator.integers(0, 3, 2) for generator in self._generators])
        movements = np.zeros((self.copies, 2, 3, 1, 2), np.float32)
        movements[..., 0] = 1.0
        np.put_along_axis(movements[..., 0, 1], self.wanted[..., None], 1.0, -1)
        phases = np.zeros((self.copies, 2, 3, 3), np.float32)
        phases[..., 0, 0] = 1.0
        phases[..., 2] = 1.0
        if self.seldom:
            at = (self.now + np.arange(2) + np.array(self.met)[:, None]) % 3  # (B, 2), other moments for each agent
            phases[..., 1:, 2] = (at == 0)[..., None]
        signal = np.zeros((self.copies, 2, 3), np.float32)
        signal[..., 0] = self.now / 100
        signal[..., 1] = np.array(self.met)[:, None] / 1000
        signal[..., 2] = self.owed
        parts = (movements.reshape(self.copies, 2, -1), phases.reshape(self.copies, 2, -1), signal)
        return np.concatenate(parts, -1)


@dataclass(frozen=True)
class MakeCopying:
    """Makes it; runners take turns with the seeds."""

    late: bool = False
    seldom: bool = False

    def __call__(self, copies, runner=0, runners=1, threads=None):
        return Copying(copies, range(900)[runner::runners], late=self.late, seldom=self.seldom)


def job(late=False, seldom=False, **choices):
    settings = TrainingSettings(
        **{"copies": 3, "interval": 1, "hidden": (16, 8), "minibatch": 16, "learning_rate": 1e-2} | choices
    )
    return Job(
        settings,
        architecture_for(LAYOUT, NETWORK, settings),
        MakeCopying(late, seldom),
        EPISODE,
        [0] * len(NETWORK.intersections),
    )


def built(**choices):
    return configuration(job(**choices)).build_algo()
