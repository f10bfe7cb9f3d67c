"""Writes the files in `reference_2x3`: a network, a demand, and the trips that the oracle makes of them.

From the repository: `PYTHONPATH=.:tests python tests/data/record_reference.py`.
"""

import csv
from pathlib import Path

import numpy as np

from tests.helpers import oracle
from tests.helpers.random_traffic import CAR, TRUCK, VAN
from traffic_marl.arrays import Ints
from traffic_marl.demand.departures import Departures
from traffic_marl.demand.formats.cityflow import read_flow, write_flow
from traffic_marl.demand.trips import Trips
from traffic_marl.demand.turning import Turning, TurningDemand, rim_entries
from traffic_marl.kernels.tables import NEVER
from traffic_marl.network.formats.cityflow import read_roadnet, write_roadnet
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.network import Network

FOLDER = Path(__file__).parent / "reference_2x3"
SECONDS, DEMAND_ENDS = 900, 600  # [s]
GREEN, CLEARANCE, SEED = 30, 5, 20250801


def plan_rows(network: Network, seconds: int) -> Ints:
    """Row of the phase table each intersection shows under the plan: all phases in turn, (seconds, N)."""
    tables = network.tables
    rows = np.empty((seconds, len(network.intersections)), np.int32)
    for now in range(seconds):
        turn, age = divmod(now, GREEN + CLEARANCE)
        for n, count in enumerate(tables.phase_count.tolist()):
            phase, after = turn % count, (turn + 1) % count
            rows[now, n] = tables.phase_row[n, phase] if age < GREEN else tables.clearance_row[n, phase, after]
    return rows


def write_inputs() -> None:
    """Writes a grid with short blocks and a crowd of cars, trucks and vans."""
    network = grid(2, 3, block=120.0, rim=90.0, speed_limit=11.111, missing=[("intersection_2_3", "N")])
    inflow = dict.fromkeys(rim_entries(network), 0.06)
    departures = Departures(DEMAND_ENDS, types=(CAR, TRUCK, VAN), shares=(0.7, 0.2, 0.1))
    trips = TurningDemand(network, inflow, departures, turning=Turning(0.25, 0.5, 0.25)).draw(SEED)
    write_roadnet(network, FOLDER / "roadnet.json")
    write_flow(trips, network, FOLDER / "flow.json")


def write_trips(trips: Trips, run: oracle.OracleRun) -> None:
    """Writes one row a vehicle; an event that did not happen stays empty."""
    with (FOLDER / "trips.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("vehicle", "scheduled", "entered", "finished"))
        columns = (trips.scheduled.tolist(), run.entered.tolist(), run.left.tolist())
        for name, *times in zip(trips.names, *columns, strict=True):
            writer.writerow((name, *("" if time == NEVER else time for time in times)))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    write_inputs()
    written = read_roadnet(FOLDER / "roadnet.json")
    drawn = read_flow(FOLDER / "flow.json", written, SECONDS).draw(0)
    write_trips(drawn, oracle.run(written, drawn, plan_rows(written, SECONDS), SECONDS))
