"""A task for messages: each intersection earns by what its neighbour alone sees."""

from dataclasses import dataclass

import numpy as np

from tests.helpers.handmade_team import EPISODE, NETWORK, Copying
from traffic_marl.learning.networks import architecture_for
from traffic_marl.learning.networks.links import links_of
from traffic_marl.learning.rllib.configs import Job, configuration
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.observation import ObservationLayout

LAYOUT = ObservationLayout(phases=4, movements=2, movement_features=("present", "wanted"))
EAST_WEST = 2  # phase of the through traffic between the two intersections


class Told(Copying):
    """The phase that earns 1 is EAST_WEST or 0. The neighbour sees which, at the movements that lead here."""

    def __init__(self, copies, seeds):
        super().__init__(copies, seeds)
        self.layout, self.num_actions = LAYOUT, LAYOUT.phases
        sending = links_of(NETWORK, LAYOUT).sending
        slots = LAYOUT.phases * LAYOUT.movements
        places = [[place for (place,) in road] for road in sending]
        self.places = sorted(places, key=lambda group: -group[0])  # those that lead to each intersection
        assert [group[0] // slots for group in self.places] == [1, 0], "each is told by the other"

    def _observations(self):
        asks = np.array([generator.integers(0, 2, 2) for generator in self._generators])
        self.wanted = EAST_WEST * asks
        movements = np.zeros((self.copies, 2 * LAYOUT.phases * LAYOUT.movements, 2), np.float32)
        movements[..., 0] = 1.0
        for n, places in enumerate(self.places):
            movements[:, places, 1] = asks[:, [n]]
        phases = np.zeros((self.copies, 2, LAYOUT.phases, 3), np.float32)
        phases[..., 0, 0] = 1.0
        phases[..., 2] = 1.0
        signal = np.zeros((self.copies, 2, 3), np.float32)
        parts = (movements.reshape(self.copies, 2, -1), phases.reshape(self.copies, 2, -1), signal)
        return np.concatenate(parts, -1)


@dataclass(frozen=True)
class MakeTold:
    """Makes it; runners take turns with the seeds."""

    def __call__(self, copies, runner=0, runners=1, threads=None):
        return Told(copies, range(100_000)[runner::runners])


def told(**choices):
    """An algorithm that learns the task."""
    settings = TrainingSettings(
        **{"copies": 16, "interval": 1, "minibatch": 32, "learning_rate": 3e-3, "discount": 0.0} | choices
    )
    job = Job(
        settings, architecture_for(LAYOUT, NETWORK, settings), MakeTold(), EPISODE, [0] * len(NETWORK.intersections)
    )
    return configuration(job).build_algo()
