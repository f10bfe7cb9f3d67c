"""Small networks, trips and signal requests at random: crowded, with short blocks, so that rare rules come to bear."""

from typing import Any, NamedTuple

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.demand.paths import LanePaths
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.errors import DemandError, NetworkError
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.network import Network
from traffic_marl.network.routes import successors
from traffic_marl.simulation import Simulation

SEPARATE = (("left",), ("through",), ("right",))
SHARED = (("left", "through"), ("through", "right"))
SINGLE = (("left", "through", "right"),)
WIDE = (("left",), ("left",), ("through",), ("through",), ("right",))  # more than 64 connections at four legs
LANES = (SEPARATE, SEPARATE, SHARED, SHARED, SINGLE, (("left",), ("through", "right")), WIDE)
SIZES = ((1, 1), (2, 2), (1, 3), (2, 1), (2, 3))

CAR = VehicleType()
TRUCK = VehicleType("truck", 12.0, 3.0, 9.0, 2.5, 1.2, 4.0, 1.0, 2.5)
VAN = VehicleType("van", 6.5, 2.0, 12.5, 1.5, 2.5, 6.0, 1.75, 3.5)
HASTY = VehicleType("hasty", 4.0, 1.0, 16.0, 0.5, 3.5, 5.0, 3.0, 7.0)  # brakes harder as usual than at most
SLOW = VehicleType("slow", 3.0, 1.5, 6.0, 3.0, 0.75, 3.0, 0.75, 3.0)
TYPES = (CAR, TRUCK, VAN, HASTY, SLOW)


class Case(NamedTuple):
    """Everything a run depends on."""

    network: Network
    trips: Trips
    timing: Timing
    interval: int  # [s] between requests
    requests: Ints  # (decisions, N)

    @property
    def seconds(self) -> int:
        """[s] Length of the run."""
        return self.interval * len(self.requests)


def draw_network(generator: np.random.Generator) -> Network:
    """A grid, with legs missing now and then, or an arterial; blocks of 60 to 120 m, now and then far shorter."""
    while True:
        try:
            return _network(generator)
        except NetworkError:  # legs missing leave an approach without a turn, or paths cross in a phase: draw again
            continue


def _network(generator: np.random.Generator) -> Network:
    lanes = LANES[generator.integers(len(LANES))]
    lane_width = float(generator.choice([2.5, 3.0, 4.0]))
    width = len(lanes) * lane_width + float(generator.choice([0.0, 3.0, 6.0]))
    is_tight = generator.random() < 0.15
    block = 2 * width + (float(generator.uniform(3, 15)) if is_tight else float(generator.uniform(25, 90)))
    common: dict[str, Any] = {
        "block": block,
        "lanes": lanes,
        "speed_limit": float(generator.choice([8.0, 11.111, 13.89])),
        "rim": width + float(generator.uniform(5, 90)),
        "intersection_width": width,
        "lane_width": lane_width,
        "phases": ("two", "four", "eight")[generator.integers(3)],
    }
    if generator.random() < 0.2:
        return arterial(int(generator.integers(1, 4)), side_lanes=lanes, side_length=width + 40.0, **common)
    rows, columns = SIZES[generator.integers(len(SIZES))]
    legs = [
        (f"intersection_{r}_{c}", side) for r in range(1, rows + 1) for c in range(1, columns + 1) for side in "NESW"
    ]
    places = generator.choice(len(legs), generator.integers(3), replace=False)
    return grid(rows, columns, missing=[legs[place] for place in places.tolist()], **common)


def draw_trips(
    generator: np.random.Generator, network: Network, duration: int, flow: float, types: tuple[VehicleType, ...]
) -> Trips:
    """Random walks that begin and end anywhere, most of them at the rim.

    Args:
        generator: the source of randomness.
        network: where.
        duration: [s] vehicles are due before it.
        flow: [veh/s] in all.
        types: to choose from.
    """
    paths, following = LanePaths(network), successors(network)
    trips: list[PlannedTrip] = []
    for vehicle in range(generator.poisson(flow * duration)):
        roads = _walk(generator, network, following)
        try:
            paths.route(roads, "walk")
        except DemandError:  # the lanes of shared approaches do not lead everywhere
            continue
        scheduled = int(generator.integers(duration))
        trips.append(PlannedTrip(f"trip_{vehicle}", scheduled, roads, types[generator.integers(len(types))]))
    return TripDemand(network, trips, duration).draw(int(generator.integers(1000)))


def _walk(generator: np.random.Generator, network: Network, following: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    starts = [road for road in (network.roads if generator.random() < 0.3 else network.entry_roads) if following[road]]
    roads = [starts[generator.integers(len(starts))]]
    while following[roads[-1]] and len(roads) < 12 and (len(roads) < 2 or generator.random() > 0.05):
        roads.append(following[roads[-1]][generator.integers(len(following[roads[-1]]))])
    return tuple(roads)


def draw_timing(generator: np.random.Generator) -> Timing:
    """Signal timing from none at all to slow."""
    min_green = int(generator.integers(0, 16))
    return Timing(
        min_green=min_green,
        max_green=NEVER if generator.random() < 0.4 else min_green + int(generator.integers(1, 30)),
        yellow=int(generator.integers(0, 7)),
        all_red=int(generator.integers(0, 5)),
        max_red=NEVER if generator.random() < 0.4 else int(generator.integers(20, 90)),
    )


def draw_requests(generator: np.random.Generator, network: Network, decisions: int) -> Ints:
    """Any phase of each intersection at every decision, (decisions, N)."""
    return generator.integers(network.tables.phase_count, size=(decisions, len(network.intersections)), dtype=np.int32)


def draw_case(seed: int, seconds: int = 300) -> Case:
    """The case of this seed, of about so many seconds; the demand ends after two thirds of them."""
    generator = np.random.default_rng(seed)
    network = draw_network(generator)
    kinds = generator.choice(len(TYPES), generator.integers(1, 4), replace=False).tolist()
    flow = float(generator.uniform(0.1, 0.5)) * len(network.entry_roads)
    trips = draw_trips(generator, network, 2 * seconds // 3, flow, tuple(TYPES[kind] for kind in kinds))
    interval = int(generator.integers(1, 16))
    requests = draw_requests(generator, network, seconds // interval)
    return Case(network, trips, draw_timing(generator), interval, requests)


def simulate(case: Case) -> Simulation:
    """The case, run to its end, with the signals logged."""
    simulation = Simulation(case.network, [case.trips], case.timing, threads=1, audit=True, log_until=case.seconds)
    for phases in case.requests:
        simulation.advance(phases[None], case.interval)
    return simulation
