"""Two intersections in a row that few vehicles meet, each with a departure of its own."""

import json

import numpy as np

from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.network.generators.grid import grid
from traffic_marl.scenario import cityflow_scenario

EASTWARD = ("road_west_1_E", "road_1_1_E", "road_1_2_E")  # meets the first intersection, then the second
SOUTHWARD = ("road_north_1_S", "road_1_1_S")  # meets the first one
WESTWARD = ("road_east_1_W", "road_1_2_W", "road_1_1_W")  # meets the second intersection, then the first
NS_THROUGH, NS_LEFT, EW_THROUGH, EW_LEFT = range(4)
YELLOW = 5  # [s]


def scenario(folder, trips, duration=200):
    """A scenario of two intersections 300 m apart.

    Args:
        folder: for its files.
        trips: second of the departure and roads of each vehicle.
        duration: [s]
    """
    network = grid(1, 2, block=300.0)
    planned = [PlannedTrip(str(k), second, roads) for k, (second, roads) in enumerate(trips)]
    write_roadnet(network, folder / "roadnet.json")
    write_flow(TripDemand(network, planned, duration).draw(0), network, folder / "flow.json")
    assert len(json.loads((folder / "flow.json").read_text())) == len(trips)
    return cityflow_scenario(folder, horizon_s=duration)


def keeping(phase):
    """A strategy that asks for the same phase everywhere for ever."""

    def start(conditions):
        return lambda readings: np.full(readings.phase.shape, phase)

    return start
