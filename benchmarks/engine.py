"""How many vehicles does the engine move in a second? Measured by copies, threads and size of the network.

An update is one vehicle moved by one second. Each copy has its own trips and is asked for its own random phases every
10 s, so no two copies do the same. `--cityflow FOLDER` measures on a data set in CityFlow's formats instead.
"""

import argparse
from pathlib import Path

from timing import cpus, medians, print_table, with_unit
from workloads import CALL, PLAN_TIMING, TIMING, Grid, Workload, data_set, planned_phases, random_phases, warmed_up

from traffic_marl.simulation import Simulation

CASES = {  # copies and threads
    Grid(4, "light"): [(1, 1), (64, 1)],
    Grid(4, "heavy"): [(1, 1), (1, 2), (8, 1), (8, 2), (64, 1), (64, 2), (256, 1), (256, 2)],
    Grid(10, "light"): [(1, 1), (8, 1)],
    Grid(10, "heavy"): [(1, 1), (8, 1), (8, 2), (64, 2)],
    Grid(30, "light"): [(1, 1)],
    Grid(30, "heavy"): [(1, 1), (8, 2)],
}
SIZES = (4, 10, 30)  # sides of grids with equally many vehicles for each intersection
HEAD = ["traffic", "copies", "threads", "vehicles/copy", "simulated s/s", "updates/s", "ns/update"]


def report(name: str, workloads: dict[tuple[int, int], Workload], rounds: int) -> list[list[str]]:
    """One row for each workload, by copies and threads. Workloads are measured in turn."""
    wall = medians({str(case): workload.run for case, workload in workloads.items()}, rounds)
    return [row(name, case, workload, wall[str(case)]) for case, workload in workloads.items()]


def row(name: str, case: tuple[int, int], workload: Workload, wall: float) -> list[str]:
    """The row of one workload, from its wall time [s]."""
    copies, threads = case
    return [
        name,
        str(copies),
        str(threads),
        f"{workload.updates / workload.seconds / copies:.0f}",
        with_unit(workload.seconds * copies / wall),
        with_unit(workload.updates / wall),
        f"{wall / workload.updates * 1e9:.1f}",
    ]


def grids(rounds: int) -> None:
    """Prints the table of all grids."""
    rows = []
    for grid, cases in CASES.items():
        allowed = [(copies, threads) for copies, threads in cases if threads <= cpus()]
        network = grid.network()
        trips = grid.trips(network, max(copies for copies, _ in allowed))
        workloads = {(copies, threads): warmed_up(network, trips[:copies], threads) for copies, threads in allowed}
        rows += report(str(grid), workloads, rounds)
    print_table(HEAD, rows)


def sizes(rounds: int) -> None:
    """Prints the cost of size alone: grids with equally many vehicles for each intersection, measured in turn."""
    workloads = {}
    for side in SIZES:
        grid = Grid(side, "equal")
        network = grid.network()
        workloads[side] = warmed_up(network, grid.trips(network, 1), 1)
    wall = medians({str(side): workload.run for side, workload in workloads.items()}, rounds)
    costs = {side: wall[str(side)] / workload.updates for side, workload in workloads.items()}
    rows = []
    for side, workload in workloads.items():
        dense = workload.updates / workload.seconds / side**2
        rows.append([f"{side}x{side}", f"{dense:.1f}", f"{costs[side] * 1e9:.1f}", f"{costs[side] / costs[4]:.2f}"])
    print_table(["equally dense", "vehicles/intersection", "ns/update", "against 4x4"], rows)


def cityflow(folder: Path, rounds: int, seconds: int = 3600) -> None:
    """Prints the table of a data set: one copy under the fixed-time plan, and many copies that differ."""
    network, trips = data_set(folder, seconds)
    one = Simulation(network, [trips], PLAN_TIMING, threads=1)
    many = Simulation(network, [trips] * 64, TIMING, threads=2)
    plan = {(1, 1): Workload(one, planned_phases(network, 1, seconds, CALL), CALL)}
    random = {(64, 2): Workload(many, random_phases(network, 64, seconds // CALL), CALL)}
    rows = report(f"{folder.name}, fixed plan", plan, rounds)
    print_table(HEAD, rows + report(f"{folder.name}, random phases", random, rounds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cityflow", type=Path, metavar="FOLDER", help="with roadnet.json and flow.json")
    parser.add_argument("--rounds", type=int, default=5, help="of which the medians are shown")
    flags = parser.parse_args()
    print(f"{cpus()} CPUs; medians of {flags.rounds} rounds\n")
    if flags.cityflow:
        cityflow(flags.cityflow, flags.rounds)
    else:
        grids(flags.rounds)
        print()
        sizes(flags.rounds)


if __name__ == "__main__":
    main()
