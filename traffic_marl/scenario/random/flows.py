"""Random demands: turning flows with a level, a tide, a profile over time, platoons and a mix of vehicles."""

import math

import numpy as np

from traffic_marl.demand.turning import rim_entries
from traffic_marl.network.network import Network
from traffic_marl.scenario.demands import Entry, TurningFlows, TurningShares
from traffic_marl.scenario.random.capacity import loads
from traffic_marl.scenario.random.ranges import Ranges
from traffic_marl.scenario.vehicles import Platoons, ProfilePoint, Vehicle

HEADINGS = {"E": 0.0, "N": 0.5 * math.pi, "W": math.pi, "S": 1.5 * math.pi}  # [rad] counterclockwise from east
TRIAL = 100.0  # [veh/h] mean inflow of an entry, for which the loads are computed


def random_flows(
    network: Network,
    intergreen: float,
    duration: int,
    ranges: Ranges,
    generator: np.random.Generator,
    exceeding: int = 0,
) -> tuple[TurningFlows, float]:
    """A random demand on a network whose entries are named by their heading, and its load at the peak.

    Args:
        network: from `random_streets`.
        intergreen: [s] between two greens.
        duration: [s] of the demand.
        ranges: of the draws.
        generator: the only source of randomness.
        exceeding: number of intersections with more load than that, fewer than all.
    """
    roads = rim_entries(network)
    headings = [road.rpartition("_")[2] for road in roads]
    weights = _weights(network, roads, headings, ranges, generator)
    turning = {axis: _turning(generator) for axis in _axes(generator)}
    shares = [turning.get(heading, turning["all"]) for heading in headings]
    trial = _demand(roads, weights * TRIAL, shares)
    load = _load(ranges, generator)
    sorted_loads = np.sort(loads(network, trial.build(network, duration).flow, intergreen))
    factor = load / float(sorted_loads[-1 - exceeding])
    demand = _demand(roads, weights * (TRIAL * factor), shares)
    drawn = {
        "profile": _profile(duration, generator),
        "departures": "regular" if generator.random() < 0.2 else "poisson",
        "platoons": _platoons(generator),
        "vehicles": _vehicles(ranges, generator),
    }
    return demand.model_copy(update=drawn), load


def _weights(
    network: Network, roads: tuple[str, ...], headings: list[str], ranges: Ranges, generator: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """(entries,) inflow of each, relative to the mean: by lanes, by the tide, and at random."""
    lanes = np.bincount(network.tables.lane_road)[[network.roads.index(road) for road in roads]]
    towards, tide = generator.uniform(0.0, 2.0 * math.pi), generator.uniform(0.0, ranges.tide)
    ahead = np.cos(np.array([HEADINGS[heading] for heading in headings]) - towards)
    spread = generator.uniform(0.0, 0.6)
    weights = lanes * (1.0 + tide * ahead) * generator.uniform(1.0 - spread, 1.0 + spread, len(roads))
    return np.asarray(weights / weights.mean())


def _axes(generator: np.random.Generator) -> tuple[str, ...]:
    """The headings with turning shares of their own, after `all`: none of them, or those of one axis."""
    return ("all", *(("E", "W"), ("N", "S"))[generator.integers(2)]) if generator.random() < 0.3 else ("all",)


def _turning(generator: np.random.Generator) -> TurningShares:
    left, right = (round(generator.uniform(0.05, 0.25), 2) for _ in range(2))
    return TurningShares(left=left, through=round(1.0 - left - right, 2), right=right)


def _demand(
    roads: tuple[str, ...], inflow: np.ndarray[tuple[int], np.dtype[np.float64]], shares: list[TurningShares]
) -> TurningFlows:
    """The demand with these inflows [veh/h], in whole numbers."""
    entries = [
        Entry(road=road, inflow_vph=round(flow), turning=turning)
        for road, flow, turning in zip(roads, inflow.tolist(), shares, strict=True)
    ]
    return TurningFlows(entries=tuple(entries), turning=shares[0])


def _load(ranges: Ranges, generator: np.random.Generator) -> float:
    """The load of the busiest intersection at the peak."""
    is_over = generator.random() < ranges.oversaturated_share
    return float(generator.uniform(*(ranges.overload if is_over else ranges.load)))


def _profile(duration: int, generator: np.random.Generator) -> tuple[ProfilePoint, ...]:
    """Constant, a peak, or a random level every quarter of the duration. The greatest factor is 1."""
    kind = generator.integers(3)
    if kind == 0:
        return ()
    if kind == 1:
        begin, end = sorted(generator.uniform(0.15, 0.85, 2))
        shape = [(0.0, generator.uniform(0.2, 0.7)), (begin, 1.0), (end, 1.0), (1.0, generator.uniform(0.2, 0.7))]
    else:
        levels = generator.uniform(0.3, 1.0, 5)
        shape = list(zip((0.0, 0.25, 0.5, 0.75, 1.0), levels / levels.max(), strict=True))
    times = [round(float(time) * duration) for time, _ in shape]
    places = [place for place in range(len(times)) if place == 0 or times[place] > times[place - 1]]
    return tuple(ProfilePoint(time_s=times[place], factor=round(float(shape[place][1]), 2)) for place in places)


def _platoons(generator: np.random.Generator) -> Platoons | None:
    """Platoons as a signal outside the network makes them, in four of ten scenarios."""
    cycle, share = int(generator.integers(60, 121)), round(generator.uniform(0.25, 0.6), 2)
    return Platoons(cycle_s=cycle, cycle_share=share) if generator.random() < 0.4 else None


def _vehicles(ranges: Ranges, generator: np.random.Generator) -> tuple[Vehicle, ...]:
    """Cars, and in half of the scenarios some slow vehicles."""
    car = Vehicle(max_speed_kmh=float(generator.choice([40.0, 50.0, 60.0])))
    share, speed = round(generator.uniform(0.0, ranges.slow_share), 3), float(generator.integers(15, 31))
    if generator.random() < 0.5 or share == 0.0:
        return (car,)
    slow = Vehicle(name="slow", share=share, length_m=8.0, max_speed_kmh=speed, max_acceleration_mps2=1.0)
    return (car.model_copy(update={"share": round(1.0 - share, 3)}), slow)
