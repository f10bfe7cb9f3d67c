"""Visits and queues worked out in plain Python from the positions of all vehicles at every second."""

from collections import defaultdict
from math import ceil

import numpy as np

from traffic_marl.kernels.places.tables import LOOK
from traffic_marl.kernels.tables import NEVER, NONE, SPACE


class WatchedVisits:
    """Watches a simulation of one copy, second by second."""

    def __init__(self, network, trips):
        self.tables, self.network = network.tables, network
        ends = np.flatnonzero(trips.path == NONE)
        self.paths = [trips.path[start : ends[ends >= start][0]].tolist() for start in trips.path_start.tolist()]
        self.place = [-1] * len(self.paths)
        self.halted_now = [False] * len(self.paths)
        self.events = [defaultdict(lambda: NEVER) for _ in self.paths]  # second in which a place of the path is reached
        self.halted = [defaultdict(int) for _ in self.paths]  # by place of the path
        self.looks = []  # one dictionary of places to (vehicles, length, is_full) for each look

    def watch(self, simulation):
        """Takes over the second that has just passed."""
        now, second = simulation.positions(0), simulation.time - 1
        seen = dict(zip(now.vehicle.tolist(), range(len(now.vehicle)), strict=True))
        for v, path in enumerate(self.paths):
            if v in seen:
                place = max(self.place[v], 0)
                while path[place] != now.drivable[seen[v]]:
                    place += 1
                self.reach(v, place, second)
                self.halted[v][place] += now.speed[seen[v]] < 0.1
            elif 0 <= self.place[v] < len(path):
                self.reach(v, len(path), second)
        if second % LOOK == LOOK // 2:
            self.looks.append(self.queues(now))

    def reach(self, v, place, second):
        for each in range(self.place[v] + 1, place + 1):
            self.events[v][each] = second
        self.place[v] = place

    def queues(self, now):
        """Halted vehicles, queue length and whether it is full, of each place that has one."""
        found = defaultdict(lambda: [0, 0.0, False])
        lanes = defaultdict(list)
        for k, lane in enumerate(now.drivable.tolist()):
            if lane < len(self.network.lane_names) and self.tables.lane_intersection[lane] != NONE:
                lanes[lane].append(k)
        for lane, here in lanes.items():
            length = self.tables.length[lane]
            for k in here:
                rear = min(length - now.distance[k] + now.length[k], length)
                path, place = self.paths[now.vehicle[k]], self.place[now.vehicle[k]]
                places = [
                    ("road", int(self.tables.lane_road[lane])),
                    ("node", int(self.tables.lane_intersection[lane])),
                ]
                if place + 1 < len(path):
                    places.append(("movement", self.movement(path[place + 1])))
                if now.speed[k] < 0.1:
                    for each in places:
                        found[each][0] += 1
                        found[each][1] = max(found[each][1], rear)
            if any(now.speed[k] < 0.1 and now.distance[k] - now.length[k] < SPACE for k in here):
                leaving = self.tables.leaving[self.tables.leaving_start[lane] : self.tables.leaving_start[lane + 1]]
                for each in [*places[:2], *(("movement", self.movement(c)) for c in leaving.tolist())]:
                    found[each][2] = True
        return found

    def movement(self, drivable):
        return int(self.tables.movement[drivable - len(self.network.lane_names)])

    def visits(self):
        """Vehicle, lane, movement, arrived, departed, ended and halted of each visit in the paths."""
        for v, path in enumerate(self.paths):
            for place, lane in enumerate(path[:-1]):
                if lane < len(self.network.lane_names) and self.tables.lane_intersection[lane] != NONE:
                    times = [self.events[v][place + k] for k in range(3)]
                    halted = self.halted[v][place] + self.halted[v][place + 1]
                    yield v, lane, self.movement(path[place + 1]), *times, halted

    def sizes(self):
        """Looks at each number of vehicles and each whole metre, and looks at full lanes, by place."""
        vehicles, metres, full = defaultdict(int), defaultdict(int), defaultdict(int)
        for look in self.looks:
            for place, (halted, length, is_full) in look.items():
                vehicles[place, halted] += 1
                metres[place, ceil(length)] += 1
                full[place] += is_full
        return vehicles, metres, full
