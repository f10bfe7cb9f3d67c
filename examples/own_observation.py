"""An observation of your own: queue and longest wait of each intersection, and nothing else but the action mask.

An encoder has a layout, which says what stands where, and turns readings into numbers. For training, name it with its
file; a network that does not read by movement is `mlp`:

    python run.py train grid_2x2_smoke --observation examples/own_observation.py:Summary --network mlp --minutes 1 \
        --out runs/mine
"""

import numpy as np

import traffic_marl
from traffic_marl import ObservationLayout, allowed_phases
from traffic_marl.reward import entering_sums


class Summary:
    """Two numbers and the mask."""

    def __init__(self, network, timing, interval):
        self.network, self.timing, self.interval = network, timing, interval
        self.sum_over_lanes = entering_sums(network)
        self.layout = ObservationLayout(
            phases=network.tables.served.shape[1],
            movements=0,
            movement_features=(),
            phase_features=("allowed",),  # the action mask, which every observation needs
            signal_features=("queue", "wait"),
            high=np.inf,
        )

    def __call__(self, readings):
        """Observations (B, N, P + 2)."""
        allowed = allowed_phases(self.network, self.timing, self.interval, readings)
        queue = self.sum_over_lanes(readings.queue) / 100.0
        wait = self.sum_over_lanes(readings.longest_wait) / 1000.0
        return np.concatenate([allowed, queue[:, :, None], wait[:, :, None]], axis=2)


if __name__ == "__main__":
    environment = traffic_marl.parallel_env("grid_2x2_smoke", seed=0, observation=Summary)
    observations, infos = environment.reset()
    for _ in range(20):
        observations, *_ = environment.step({agent: environment.action_space(agent).sample() for agent in observations})
    for agent, observation in observations.items():
        print(agent, observation.round(2))
