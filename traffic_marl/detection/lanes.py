"""What is known of the lanes before a run: their expected flow, and the phases that serve them."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.tables import GREEN, NONE, SPACE
from traffic_marl.network.greens import needs_green, serving_phases
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings


@dataclass(frozen=True, eq=False)
class LaneTable:
    """The lanes that wait for a phase, with what is expected of them."""

    flow: Floats  # [veh/s] (K,) expected on the lane
    room: Floats  # [veh] (K,) most that can stand on it
    limit: Floats  # [m/s] (K,) highest speed
    waits: Bools  # (K,) some phases serve the lane and others do not
    node: Ints  # (K,) intersection at its end, 0 where there is none
    served: Bools  # (K, P) the phase serves a movement from the lane

    def unserved(self, readings: Readings) -> Ints:
        """[s] (B, K) time since a phase that serves the lane was last green: 0 during its green."""
        since = readings.since_served[:, self.node]
        longest = np.iinfo(np.int32).max
        return np.asarray(np.where(self.served, since, longest).min(axis=2))

    def green_time(self, readings: Readings, span: int) -> Ints:
        """[s] (B, K) how long the lane had green in the last `span` seconds, if it did not change more than once."""
        since = self.unserved(readings)
        age = np.where(readings.interval == GREEN, readings.age, 0)[:, self.node]
        return np.asarray(np.where(since == 0, np.minimum(age, span), np.maximum(span - since, 0)) * self.waits)


def lane_table(network: Network, flow: Floats) -> LaneTable:
    """The table of a network.

    Args:
        network: the network.
        flow: [veh/s] (M,) expected demand of each movement. It is spread evenly over the movement's lanes.
    """
    tables = network.tables
    lanes, phases = len(tables.lane_road), tables.served.shape[1]
    served_by, some = serving_phases(tables), needs_green(tables)
    ways = np.diff(tables.movement_lane_start)  # lanes of each movement
    movement = np.repeat(np.arange(len(ways)), ways)
    served = np.zeros((lanes, phases), np.bool_)
    chosen = some[movement]
    np.logical_or.at(served, tables.movement_lane[chosen], served_by[movement[chosen]])
    on_lane = np.bincount(tables.movement_lane, (flow / np.maximum(ways, 1))[movement], minlength=lanes)
    return LaneTable(
        flow=on_lane.astype(np.float64),
        room=np.maximum(tables.length[:lanes] // SPACE, 1.0),
        limit=tables.limit[:lanes],
        waits=np.asarray(served.any(axis=1)),
        node=np.where(tables.lane_intersection == NONE, 0, tables.lane_intersection),
        served=served,
    )
