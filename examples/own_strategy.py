"""A strategy of your own, beside two of the program, on the same traffic.

It gives green to the phase whose lanes hold the vehicle that has waited longest. On the command line:

    python run.py compare grid_2x2_smoke --strategies examples/own_strategy.py:LongestWait,max_pressure,fixed_time
"""

import numpy as np

import traffic_marl


class LongestWait:
    """Green for the longest wait."""

    interval = 5  # [s] between decisions

    def start(self, conditions):
        """A function that decides, for the network of these conditions."""
        tables = conditions.network.tables
        lanes_of = np.split(tables.movement_lane, tables.movement_lane_start[1:-1])  # of each movement
        movements_at = [np.flatnonzero(tables.movement_intersection == n) for n in range(len(tables.phase_count))]

        def decide(readings):
            waits = np.stack([readings.longest_wait[:, lanes].max(axis=1) for lanes in lanes_of], axis=1)  # [s] (B, M)
            phases = np.zeros_like(readings.phase)  # (B, N)
            for n, movements in enumerate(movements_at):
                by_phase = waits[:, movements, None] * tables.served[movements]  # [s] (B, movements, P)
                phases[:, n] = by_phase.max(axis=1).argmax(axis=1)
            return phases

        return decide


if __name__ == "__main__":
    comparison = traffic_marl.compare("grid_2x2_smoke", [LongestWait(), "max_pressure", "fixed_time"], seeds=range(3))
    for row in comparison.rows:
        print(f"{row.label:15} {row.delay.mean:6.1f} s/veh")
