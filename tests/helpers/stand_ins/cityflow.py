"""A stand-in for the module `cityflow`, with the documented methods of its engine that are used.

It reads the files it is given with this package's readers, and moves the vehicles with this package's simulation, whose
dynamics are those of CityFlow. The light phase that it is told is shown at once, whatever it is.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from traffic_marl.demand.formats.cityflow import read_flow
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.formats.cityflow import read_roadnet
from traffic_marl.network.model import signalised_nodes
from traffic_marl.network.phases import selected
from traffic_marl.simulation import Simulation

AT_ONCE = Timing(min_green=0, max_green=NEVER, yellow=0, all_red=0, max_red=NEVER)


class Engine:
    """An engine of CityFlow."""

    def __init__(self, config_file, thread_num=1):
        settings = json.loads(Path(config_file).read_text())
        assert settings["interval"] == 1.0
        assert settings["laneChange"] is False
        assert settings["rlTrafficLight"] is True, "the signals run through their light phases"
        folder = settings["dir"]
        network = read_roadnet(folder + settings["roadnetFile"])
        nodes = signalised_nodes(network.graph)
        rows = [list(range(len(node.rows))) for node in nodes]
        tables = network.tables._replace(**selected(nodes, rows, len(network.movement_roads))._asdict())
        self.network = replace(network, tables=tables)
        trips = read_flow(folder + settings["flowFile"], self.network, 3600).draw(0)
        self.names = trips.names
        self.simulation = Simulation(self.network, [trips], AT_ONCE, threads=1)
        self.shown = np.zeros((1, len(network.intersections)), np.int32)

    def set_tl_phase(self, intersection_id, phase_id):
        self.shown[0, self.network.intersections.index(intersection_id)] = phase_id

    def next_step(self):
        self.simulation.advance(self.shown, 1)
        assert self.simulation.positions(0).row.tolist() == self.shown[0].tolist()

    def get_lane_vehicles(self):
        now = self.simulation.positions(0)
        found = {name: [] for name in self.network.lane_names}
        for vehicle, drivable in zip(now.vehicle, now.drivable, strict=True):
            if drivable < len(found):
                found[self.network.lane_names[drivable]].append(self.names[vehicle])
        return found

    def get_vehicle_speed(self):
        now = self.simulation.positions(0)
        return {self.names[vehicle]: speed for vehicle, speed in zip(now.vehicle, now.speed, strict=True)}

    def get_vehicle_distance(self):
        now = self.simulation.positions(0)
        return {self.names[vehicle]: distance for vehicle, distance in zip(now.vehicle, now.distance, strict=True)}

    def get_vehicle_info(self, vehicle_id):
        now = self.simulation.positions(0)
        place = [self.names[vehicle] for vehicle in now.vehicle].index(vehicle_id)
        link = now.drivable[place] - len(self.network.lane_names)
        tables, lanes = self.network.tables, self.network.lane_names
        name = f"{lanes[tables.start_lane[link]]}_TO_{lanes[tables.end_lane[link]]}"
        return {"running": "1", "drivable": name, "distance": str(now.distance[place])}
