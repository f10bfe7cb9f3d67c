"""A reward of your own: minus the queues, where long ones count more than their length.

The environment takes the function. For training, name it with its file:

    python run.py train grid_2x2_smoke --reward examples/own_reward.py:squared_queues --minutes 1 --out runs/mine
"""

import numpy as np

import traffic_marl
from traffic_marl.reward import entering_sums


def squared_queues(network):
    """Minus the squared queues of the lanes that enter an intersection, / 1000."""
    sum_over_lanes = entering_sums(network)

    def reward(readings):
        return -sum_over_lanes(readings.queue**2) / 1000.0  # (B, N)

    return reward


if __name__ == "__main__":
    environment = traffic_marl.vector_env("grid_2x2_smoke", copies=4, reward=squared_queues)
    generator = np.random.default_rng(0)
    environment.reset()
    over = np.zeros(4, bool)
    while not over.any():
        actions = generator.integers(0, environment.num_actions, (4, len(environment.intersections)))
        *_, over, infos = environment.step(actions)
    print(f"return of random actions: {infos['episode']['return'].mean():.2f} per intersection")
