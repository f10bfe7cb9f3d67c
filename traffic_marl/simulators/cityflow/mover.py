"""CityFlow as a mover: its engine moves the vehicles and shows the signals that it is given.

Source: Zhang et al. (2019), doi 10.1145/3308558.3314139, and the documents of the module at
https://cityflow.readthedocs.io/en/latest/start.html.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.arrays import StructuredArray
from traffic_marl.demand.trips import Trips
from traffic_marl.errors import UsageError
from traffic_marl.exchange.cityflow import write_cityflow
from traffic_marl.kernels.observed.tables import Seen
from traffic_marl.network.network import Network
from traffic_marl.simulators.mover import Lights

NEEDED = (  # methods of the engine
    "next_step",
    "set_tl_phase",
    "get_lane_vehicles",
    "get_vehicle_speed",
    "get_vehicle_distance",
    "get_vehicle_info",
)


class CityFlowMover:
    """Lets CityFlow move the vehicles.

    Light phases of its files are the rows of our phase tables, so that each second shows the row that our signals show.
    Vehicles have the names that CityFlow gives them: `flow_3_0` is the first one of the fourth flow. Each of our
    vehicles has a flow of its own.

    Args:
        network: on which the traffic moves.
        trips: the vehicles.
        folder: empty, for CityFlow's files.
        seed: of CityFlow's own random numbers.

    Raises:
        UsageError: the module is of a version that cannot tell where vehicles are.
    """

    def __init__(self, network: Network, trips: Trips, folder: Path, seed: int) -> None:
        import cityflow

        configuration = write_cityflow(network, trips, folder, seed=seed, given_signals=True)
        self._engine: Any = cityflow.Engine(str(configuration), 1)
        check_engine(self._engine)
        self._drivable = {name: place for place, name in enumerate(drivable_names(network))}
        self._vehicle = {f"flow_{place}_0": place for place in range(len(trips))}
        self._signals = network.intersections
        self._shown: list[int | None] = [None] * len(network.intersections)

    def move(self, signals: StructuredArray) -> Seen:
        """Moves the vehicles through the next second, as `Mover.move` tells."""
        for place, row in enumerate(signals["row"].tolist()):
            if row != self._shown[place]:
                self._shown[place] = row
                self._engine.set_tl_phase(self._signals[place], row)
        self._engine.next_step()
        distance, speed = self._engine.get_vehicle_distance(), self._engine.get_vehicle_speed()
        rows = [
            (self._vehicle[name], self._drivable[drivable], distance[name], speed[name])
            for name, drivable in self._places(distance)
        ]
        table = np.array(rows, np.float64).reshape(-1, 4)
        return Seen(table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2], table[:, 3])

    def _places(self, known: Mapping[str, float]) -> Iterator[tuple[str, str]]:
        """Each vehicle under way with its lane, or with the lane link that it is on."""
        on_lanes = set()
        for lane, vehicles in self._engine.get_lane_vehicles().items():
            for vehicle in vehicles:
                on_lanes.add(vehicle)
                yield vehicle, lane
        for vehicle in known:
            if vehicle in on_lanes:
                continue
            told = self._engine.get_vehicle_info(vehicle)
            if "drivable" in told:  # vehicles that wait outside for room have none
                yield vehicle, told["drivable"]

    def lights(self) -> Lights | None:
        """None, because CityFlow shows what it is given."""
        return None


def drivable_names(network: Network) -> Iterator[str]:
    """CityFlow's names of lanes and lane links, in the order of our drivables."""
    tables, roads = network.tables, network.roads
    first = np.searchsorted(tables.lane_road, tables.lane_road)
    lanes = [f"{roads[road]}_{lane - first[lane]}" for lane, road in enumerate(tables.lane_road.tolist())]
    yield from lanes
    for start, end in zip(tables.start_lane.tolist(), tables.end_lane.tolist(), strict=True):
        yield f"{lanes[start]}_TO_{lanes[end]}"


def check_engine(engine: Any) -> None:
    """Checks that the engine has all methods that are needed.

    Raises:
        UsageError: one is missing.
    """
    missing = [name for name in NEEDED if not hasattr(engine, name)]
    if missing:
        what = f"this version of the module cityflow has no {missing[0]}"
        raise UsageError("simulator", what, "build a newer one from https://github.com/cityflow-project/CityFlow")
