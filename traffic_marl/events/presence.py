"""Presence at stop lines, watched second by second: when vehicles come to the zone of a detector and leave it."""

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.events.numbering import ZONE
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network
from traffic_marl.simulation import Positions, Simulator


class PresenceWatch:
    """Watches the first copy of a run: each second, as an observer.

    A vehicle is in the zone from the moment its front comes to it until its rear has passed the stop line. Moments
    within a second follow from an even movement between its two ends.
    """

    def __init__(self) -> None:
        self.stays: list[tuple[int, float, float]] = []  # lane, from [s], to [s]
        self._lane: Ints = np.zeros(0, np.int32)  # (V,) at a signal that the vehicle is on or has just left, or NONE
        self._way: Floats = np.zeros(0)  # [m] (V,) of the front from the start of that lane
        self._since: Floats = np.zeros(0)  # [s] (V,) when it came to the zone, nan outside

    def __call__(self, simulator: Simulator) -> None:
        """Takes over the second that has just passed."""
        now = simulator.positions(0)
        self._grow(int(now.vehicle.max(initial=-1)) + 1)
        lane, way = self._places(simulator.network, now)
        self._end_others(now, lane)
        on = lane != NONE
        self._watch(simulator.network, now, on, lane[on], way[on])
        self._lane[:] = NONE
        self._lane[now.vehicle], self._way[now.vehicle] = lane, way

    def close(self, time: int) -> None:
        """Ends the stays that last until the end of the run [s]."""
        for v in np.flatnonzero(~np.isnan(self._since)).tolist():
            self.stays.append((int(self._lane[v]), float(self._since[v]), float(time)))
        self._since[:] = np.nan

    def _grow(self, vehicles: int) -> None:
        more = vehicles - len(self._lane)
        if more > 0:
            self._lane = np.concatenate([self._lane, np.full(more, NONE, np.int32)])
            self._way = np.concatenate([self._way, np.zeros(more)])
            self._since = np.concatenate([self._since, np.full(more, np.nan)])

    def _places(self, network: Network, now: Positions) -> tuple[Ints, Floats]:
        """Lane at a signal, or NONE, and way from its start [m] of each vehicle. It counts on through the junction."""
        tables, lanes = network.tables, len(network.lane_names)
        is_lane = now.drivable < lanes
        connection = np.maximum(now.drivable - lanes, 0)
        lane = np.where(is_lane, now.drivable, tables.start_lane[connection])
        way = np.where(is_lane, now.distance, tables.length[lane] + now.distance)
        return np.where(tables.lane_intersection[lane] != NONE, lane, NONE).astype(np.int32), way

    def _end_others(self, now: Positions, lane: Ints) -> None:
        """Ends the stays of vehicles that have gone to another lane, or that have left the network, with the second."""
        there = np.full(len(self._lane), NONE, np.int32)
        there[now.vehicle] = lane
        for v in np.flatnonzero(~np.isnan(self._since) & (there != self._lane)).tolist():
            self.stays.append((int(self._lane[v]), float(self._since[v]), float(now.time)))
            self._since[v] = np.nan

    def _watch(self, network: Network, now: Positions, on: Bools, lane: Ints, way: Floats) -> None:
        """Notes vehicles that come to their zone or leave it in this second."""
        v, length = now.vehicle[on], network.tables.length[lane]
        same = self._lane[v] == lane
        before = np.where(same, self._way[v], np.maximum(way - np.maximum(now.speed[on], 0.0), 0.0))
        zone = np.maximum(length - ZONE, 0.0)
        end = length + now.length[on]
        came = np.isnan(self._since[v]) & (way >= zone) & (before < end)
        self._since[v[came]] = now.time - 1 + _share(before, way, zone)[came]
        left = ~np.isnan(self._since[v]) & (way >= end)
        until = now.time - 1 + _share(before, way, end)
        stays = zip(lane[left].tolist(), self._since[v[left]].tolist(), until[left].tolist(), strict=True)
        self.stays.extend(stays)
        self._since[v[left]] = np.nan


def _share(before: Floats, after: Floats, point: Floats) -> Floats:
    """Share of the second at which a front passes a point, 0 if it was there before."""
    moved = np.maximum(after - before, 1e-9)
    return np.clip((point - before) / moved, 0.0, 1.0)
