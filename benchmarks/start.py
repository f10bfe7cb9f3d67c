"""How long does the first simulated second take? Measured with an empty cache of compiled kernels and a filled one."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from timing import print_table

CHILD = """
import json, time
begin = time.perf_counter()
from workloads import TIMING, Grid, random_phases
from traffic_marl.simulation import Simulation
imported = time.perf_counter()
grid = Grid(4, "heavy")
network = grid.network()
trips = grid.trips(network, 1)
built = time.perf_counter()
simulation = Simulation(network, trips, TIMING, threads=1)
simulation.advance(random_phases(network, 1, 1)[0], 1)
moved = time.perf_counter()
print(json.dumps([imported - begin, built - imported, moved - built]))
"""


def start(cache: str) -> list[float]:
    """Seconds for imports, for network and demand, and to the end of the first second moved; in a fresh process."""
    environment = os.environ | {"NUMBA_CACHE_DIR": cache}
    command = [sys.executable, "-c", CHILD]
    done = subprocess.run(
        command, env=environment, cwd=Path(__file__).parent, capture_output=True, check=True, text=True
    )
    seconds: list[float] = json.loads(done.stdout)
    return seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as cache:
        cold = start(cache)
        rounds = [start(cache) for _ in range(3)]
    warm = [median(values) for values in zip(*rounds, strict=True)]
    rows = [
        [name, *(f"{value:.2f}" for value in [*times, sum(times)])]
        for name, times in (("empty", cold), ("filled", warm))
    ]
    print_table(["kernel cache", "imports s", "network and demand s", "to the first second s", "sum s"], rows)


if __name__ == "__main__":
    main()
