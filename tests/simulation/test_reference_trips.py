"""The engine against recorded trips: our own small network, and two real ones where their data lie beside."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.data_sets import data_set
from traffic_marl.demand.formats.cityflow import read_flow
from traffic_marl.demand.trips import Trips
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.formats.cityflow import read_roadnet
from traffic_marl.network.network import Network
from traffic_marl.network.phases import select_phases
from traffic_marl.simulation import Simulation

COMMITTED = Path(__file__).parents[1] / "data" / "reference_2x3"
GREEN, CLEARANCE = 30, 5  # [s]


def recorded(path: Path) -> dict[str, tuple[int, int, int]]:
    """Second due, entered and finished of each vehicle."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["vehicle"]: tuple(int(row[key] or NEVER) for key in ("scheduled", "entered", "finished"))
            for row in csv.DictReader(file)
        }


def under_plan(network: Network, trips: Trips, seconds: int) -> Simulation:
    """The run under the reference plan: all phases in turn, asked for at the second in which a green is over."""
    timing = Timing(min_green=GREEN, max_green=NEVER, yellow=CLEARANCE, all_red=0, max_red=NEVER)
    simulation = Simulation(network, [trips], timing)
    for now in range(0, seconds, CLEARANCE):
        turn = (now + CLEARANCE) // (GREEN + CLEARANCE)
        simulation.advance((turn % network.tables.phase_count)[None].astype(np.int32), CLEARANCE)
    return simulation


def travelled(network: Network, trips: Trips, seconds: int) -> dict[str, tuple[int, int, int]]:
    records = under_plan(network, trips, seconds).records()
    columns = (records.scheduled[0].tolist(), records.entered[0].tolist(), records.left[0].tolist())
    return dict(zip(trips.names, zip(*columns, strict=True), strict=True))


def test_the_committed_network_gives_the_trips_recorded_from_the_oracle():
    network = read_roadnet(COMMITTED / "roadnet.json")
    trips = read_flow(COMMITTED / "flow.json", network, 900).draw(0)
    expected = recorded(COMMITTED / "trips.csv")
    assert len(expected) == 327
    assert len({trips.types[row] for row in trips.type_row.tolist()}) == 3
    assert travelled(network, trips, 900) == expected


@pytest.mark.parametrize("name", ["jinan_real", "hangzhou_real"])
def test_a_real_network_gives_the_trips_recorded_from_cityflow(name):
    folder = data_set(name)
    network = select_phases(read_roadnet(folder / "roadnet.json"), [1, 2, 3, 4])
    trips = read_flow(folder / "flow.json", network, 3600).draw(0)
    assert travelled(network, trips, 3600) == recorded(folder / "reference_trips_plan30.csv")
