"""Vehicle updates a second beside SUMO: the same grids, demand and fixed-time plan, both in one run.

SUMO runs as a library (libsumo), one process and one thread, in steps of 1 s. Its model differs: it also decides on
lane changes every step and draws its own junctions, so the two do not move the same vehicles for equally long. An
update is one vehicle moved for one step in either.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from timing import cpus, print_table, with_unit
from workloads import CALL, GREEN, PLAN_TIMING, Grid, planned_phases

from traffic_marl.demand.trips import Trips
from traffic_marl.exchange.sumo import SumoFiles, write_sumo
from traffic_marl.exchange.sumo.programs import has_library, has_netconvert
from traffic_marl.network.network import Network
from traffic_marl.simulation import Simulation

GRIDS = (Grid(4, "light"), Grid(4, "heavy"), Grid(10, "heavy"))
SECONDS = 1200
PHASES = 4
COPIES = 64  # of traffic_marl, each with its own draw; SUMO moves the first
HEAD = ["traffic", "simulator", "copies", "threads", "entered", "left", "vehicles", "updates/s", "x SUMO"]


class Pass(NamedTuple):
    """One run from the empty network to the end."""

    wall: float  # [s]
    updates: int
    entered: int  # [veh]
    left: int  # [veh]


def ours(network: Network, trips: Sequence[Trips], threads: int) -> Pass:
    """A run with 5 s in a call, a copy for each draw; counts are those of the first, updates those of all."""
    simulation = Simulation(network, trips, PLAN_TIMING, threads=threads)
    phases = planned_phases(network, len(trips), SECONDS, CALL, PHASES)
    begin = perf_counter()
    for asked in phases:
        simulation.advance(asked, CALL)
    wall = perf_counter() - begin
    records = simulation.records()
    entered, left = (int((column[0] < SECONDS).sum()) for column in (records.entered, records.left))
    return Pass(wall, int(records.updates.sum()), entered, left)


def theirs(libsumo: Any, net: Path, routes: Path) -> Pass:
    """A run of SUMO; loading is not timed."""
    flags = ["--step-length=1", "--no-step-log", "--no-warnings", "--time-to-teleport=-1", "--collision.action=none"]
    libsumo.start(["sumo", f"--net-file={net}", f"--route-files={routes}", *flags])
    updates = entered = left = 0
    begin = perf_counter()
    for _ in range(SECONDS):
        libsumo.simulationStep()
        entered += libsumo.simulation.getDepartedNumber()
        updates += entered - left
        left += libsumo.simulation.getArrivedNumber()
    wall = perf_counter() - begin
    libsumo.close()
    return Pass(wall, updates, entered, left)


def compare(libsumo: Any, grid: Grid, rounds: int) -> list[list[str]]:
    """Rows of one grid; the simulators take turns."""
    network = grid.network()
    trips = grid.trips(network, COPIES, SECONDS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sumo(network, trips[0], PLAN_TIMING._replace(max_green=GREEN), folder)
        files = SumoFiles()
        ours(network, trips[:1], 1)  # loads the kernels
        passes: dict[tuple[str, int, int], list[Pass]] = {}
        for _ in range(rounds):
            passes.setdefault(("SUMO", 1, 1), []).append(theirs(libsumo, folder / files.net, folder / files.routes))
            for copies, threads in ((1, 1), (COPIES, cpus())):
                done = ours(network, trips[:copies], threads)
                passes.setdefault(("traffic_marl", copies, threads), []).append(done)
    return rows(str(grid), passes)


def rows(name: str, passes: dict[tuple[str, int, int], list[Pass]]) -> list[list[str]]:
    """One row a simulator, with the median of its speeds."""
    speed = {case: median(each.updates / each.wall for each in done) for case, done in passes.items()}
    base = speed["SUMO", 1, 1]
    return [
        [
            name,
            simulator,
            str(copies),
            str(threads),
            str(done[0].entered),
            str(done[0].left),
            f"{done[0].updates / copies / SECONDS:.0f}",
            with_unit(speed[simulator, copies, threads]),
            f"{speed[simulator, copies, threads] / base:.1f}",
        ]
        for (simulator, copies, threads), done in passes.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of which the medians are shown")
    flags = parser.parse_args()
    if not (has_library() and has_netconvert()):
        print("beside_sumo: skipped, SUMO is not installed; pip install -r requirements-bench.txt")
        return
    import libsumo

    version = libsumo.getVersion()[1]
    print(f"{cpus()} CPUs; medians of {flags.rounds} rounds; {SECONDS} s from an empty network; {version}\n")
    print_table(HEAD, [row for grid in GRIDS for row in compare(libsumo, grid, flags.rounds)])


if __name__ == "__main__":
    main()
