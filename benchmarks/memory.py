"""How much memory does a copy take? Resident memory of a fresh process, for several numbers of copies."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from timing import print_table
from workloads import CALL, TIMING, Grid, random_phases

from traffic_marl.simulation import Simulation

COPIES = (64, 256)
GRIDS = (Grid(4, "heavy"), Grid(10, "heavy"))
MIB = 2**20


def resident() -> int:
    """Bytes of this process that are in memory now."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no line VmRSS")


def measure(grid: Grid, copies: int) -> tuple[int, int]:
    """Bytes in memory with network and trips built, and with the simulation on top after 600 s."""
    network = grid.network()
    trips = grid.trips(network, copies)
    Simulation(network, trips[:1], TIMING, threads=1).advance(random_phases(network, 1, 1)[0], 1)
    before = resident()
    simulation = Simulation(network, trips, TIMING, threads=1)
    for phases in random_phases(network, copies, 60):
        simulation.advance(phases, CALL)
    return before, resident()


def in_fresh_process(grid: Grid, copies: int) -> tuple[int, int]:
    """`measure` in a process of its own, so that nothing is left over from the one before."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure, grid, copies).result()


def main() -> None:
    in_fresh_process(GRIDS[0], 1)  # compiles the kernels, which takes memory of its own
    rows = []
    for grid in GRIDS:
        sizes = {copies: in_fresh_process(grid, copies) for copies in COPIES}
        for copies, (before, after) in sizes.items():
            per_copy = (after - before) / copies
            rows.append([str(grid), str(copies), f"{before / MIB:.0f}", f"{after / MIB:.0f}", f"{per_copy / 1024:.0f}"])
    print_table(["traffic", "copies", "MiB before", "MiB with simulation", "KiB/copy"], rows)


if __name__ == "__main__":
    main()
