"""The traffic that benchmarks move: square grids under light and heavy demand, and data sets in CityFlow's format."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.demand.departures import Departures
from traffic_marl.demand.formats.cityflow import read_flow
from traffic_marl.demand.trips import Trips
from traffic_marl.demand.turning import TurningDemand, rim_entries
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.formats.cityflow import read_roadnet
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.network import Network
from traffic_marl.simulation import Simulation

TIMING = Timing(min_green=5, max_green=NEVER, yellow=5, all_red=0, max_red=NEVER)
INFLOW_VPH = {"light": 100, "heavy": 300}  # on each entry road
EQUAL_INFLOW_VPH = {4: 105, 10: 135, 30: 300}  # by side: some 10 vehicles for each intersection after the warm-up
WARM_UP = 900  # [s] before anything is measured
WINDOW = 300  # [s] measured
CALL = 10  # [s] moved in one call
GREEN = 30  # [s] of each phase of the fixed plan
PLAN_TIMING = TIMING._replace(min_green=GREEN)


@dataclass(frozen=True)
class Grid:
    """A square grid of signals and how much traffic enters it."""

    side: int
    load: str  # "light", "heavy", or "equal": as many vehicles for each intersection whatever the side

    def __str__(self) -> str:
        return f"{self.side}x{self.side} {self.load}"

    def network(self) -> Network:
        """The grid."""
        return grid(self.side, self.side)

    def trips(self, network: Network, copies: int, duration: int = WARM_UP + WINDOW) -> list[Trips]:
        """A draw for each copy."""
        vph = EQUAL_INFLOW_VPH[self.side] if self.load == "equal" else INFLOW_VPH[self.load]
        inflow = dict.fromkeys(rim_entries(network), vph / 3600)
        demand = TurningDemand(network, inflow, Departures(duration))
        return [demand.draw(seed) for seed in range(copies)]


def data_set(folder: Path, seconds: int) -> tuple[Network, Trips]:
    """Network and trips, up to a second, of a folder with CityFlow's `roadnet.json` and `flow.json`."""
    network = read_roadnet(folder / "roadnet.json")
    return network, read_flow(folder / "flow.json", network, seconds).draw(0)


def random_phases(network: Network, copies: int, decisions: int) -> Ints:
    """Phases asked for at random, (decisions, B, N): another sequence in each copy."""
    generator = np.random.default_rng(1)
    return generator.integers(
        0, network.tables.phase_count, (decisions, copies, len(network.intersections)), dtype=np.int32
    )


def planned_phases(network: Network, copies: int, seconds: int, call: int, greens: int = 4) -> Ints:
    """The first four phases in turn, each green for GREEN seconds under PLAN_TIMING, (seconds / call, B, N).

    Each phase is asked for in the call in which it is due: the min green holds it back to the second of the plan.
    """
    ends = np.arange(call, seconds + 1, call) - 1
    turn = (ends + PLAN_TIMING.yellow) // (GREEN + PLAN_TIMING.yellow) % greens
    return np.tile(turn[:, None, None].astype(np.int32), (1, copies, len(network.intersections)))


class Workload:
    """A simulation, warmed up, that moves the same stretch of traffic again and again.

    Args:
        simulation: at the moment from which to measure.
        phases: asked for in turn, (decisions, B, N), each for `call` seconds.
        call: [s] of each.
    """

    def __init__(self, simulation: Simulation, phases: Ints, call: int) -> None:
        self.simulation = simulation
        self._phases = phases
        self._call = call
        self._start = simulation.snapshot()
        self.seconds = len(phases) * call
        before = int(simulation.records().updates.sum())
        self.run()
        self.updates = int(simulation.records().updates.sum()) - before

    def run(self) -> float:
        """Seconds of wall time that one pass takes."""
        self.simulation.restore(self._start)
        begin = perf_counter()
        for phases in self._phases:
            self.simulation.advance(phases, self._call)
        return perf_counter() - begin


def warmed_up(network: Network, trips: Sequence[Trips], threads: int) -> Workload:
    """Copies that differ in their trips and in the phases asked for, after the warm-up."""
    simulation = Simulation(network, trips, TIMING, threads=threads)
    phases = random_phases(network, len(trips), (WARM_UP + WINDOW) // CALL)
    for asked in phases[: WARM_UP // CALL]:
        simulation.advance(asked, CALL)
    return Workload(simulation, phases[WARM_UP // CALL :], CALL)
