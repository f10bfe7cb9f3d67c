"""Local measures of a run, made of visits, records and the signals shown."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.places.tables import LOOK
from traffic_marl.kernels.tables import NEVER
from traffic_marl.local_measures.balance import balance_of, joined_balance
from traffic_marl.local_measures.capacities import capacities
from traffic_marl.local_measures.grouping import counts, means, percentiles, ratios, size_percentiles, sums
from traffic_marl.local_measures.headways import saturation_flows
from traffic_marl.local_measures.places import PlacesOf, places_of
from traffic_marl.local_measures.signals import effective, greens
from traffic_marl.local_measures.tables import LocalMeasures, PlaceMeasures
from traffic_marl.local_measures.visited import Visited, visited_in
from traffic_marl.network.model import TURNS
from traffic_marl.network.network import Network
from traffic_marl.simulation import Records, Visits
from traffic_marl.units import HOUR

PERCENT = 95.0


@dataclass(frozen=True, eq=False)
class Run:
    """What local measures are made of."""

    network: Network
    horizon: int  # [s] when the demand ended
    at_horizon: Visits  # when the demand ended
    at_end: Visits  # when the run ended
    records: Records  # when the run ended
    shown: Ints  # (B, T, N) row of the phase table shown in each second of the run


def measure(run: Run) -> LocalMeasures:
    """The local measures of every copy of a run."""
    kinds = places_of(run.network)
    copies = [_measure_copy(run, copy, kinds) for copy in range(len(run.at_end.count))]
    tables = [_joined(kind, [copy.tables[number] for copy in copies]) for number, kind in enumerate(kinds)]
    return LocalMeasures(
        intersections=tables[0],
        approaches=tables[1],
        movements=tables[2],
        balance=joined_balance([copy.balance for copy in copies]),
        saturation_flow={turn: np.array([copy.flows[turn][0] for copy in copies]) for turn in TURNS},
        headways={turn: np.array([copy.flows[turn][1] for copy in copies], np.int32) for turn in TURNS},
    )


@dataclass(frozen=True, eq=False)
class _Copy:
    """The measures of one copy."""

    tables: list[dict[str, NDArray[Any]]]  # by kind of place: names and values (G,)
    balance: dict[str, float]
    flows: dict[str, tuple[float, int]]


def _measure_copy(run: Run, copy: int, kinds: tuple[PlacesOf, ...]) -> _Copy:
    visited = visited_in(copy, run.at_horizon, run.at_end, run.records, run.horizon)
    green = greens(run.network, run.shown[copy])
    until = green[: run.horizon]
    flows = _flows(run, visited, until)
    capacity = _capacity(run, visited, until, flows)
    on_green = _on_green(visited, green)
    tables = [_place_measures(run, copy, kind, visited, on_green, capacity) for kind in kinds]
    return _Copy(tables, balance_of(copy, visited, run.records, run.horizon), flows)


def _flows(run: Run, visited: Visited, green: Bools) -> dict[str, tuple[float, int]]:
    passed = visited.departed < len(green)
    stopped = visited.halted > 0
    return saturation_flows(
        run.network,
        green,
        visited.lane[passed],
        visited.movement[passed],
        visited.departed[passed],
        stopped[passed],
    )


def _capacity(run: Run, visited: Visited, green: Bools, flows: dict[str, tuple[float, int]]) -> Floats:
    """[veh/h] (M,) capacity of each movement."""
    movements = green.shape[1]
    flow = np.array([flows[turn][0] for turn in run.network.movement_turns[:movements]])
    arrived = visited.has_begun & (visited.start < run.horizon)
    share = effective(green).mean(axis=0)
    return capacities(run.network, flow, share, visited.lane[arrived], visited.movement[arrived])


def _on_green(visited: Visited, green: Bools) -> tuple[Bools, Bools]:
    """(X,) Whether an arrival falls within the run, and whether it falls into green."""
    second = visited.reaches // 10
    within = visited.on_road & (second < len(green))
    found = np.zeros(len(second), np.bool_)
    found[within] = green[second[within], visited.movement[within]]
    return within, found


def _place_measures(
    run: Run, copy: int, kind: PlacesOf, visited: Visited, on_green: tuple[Bools, Bools], capacity: Floats
) -> dict[str, NDArray[Any]]:
    """The measures of all places of a kind, (G,) each."""
    size = len(kind.places)
    place = kind.of_movement[visited.movement]
    begun = visited.has_begun
    hours = run.horizon / HOUR
    rows = slice(kind.offset, kind.offset + size)
    bins = slice(kind.offset, kind.offset + size + 1)
    seen = run.at_horizon
    return {
        "demand": counts(place, size),
        "arrived": counts(place, size, begun),
        "served": counts(place, size, visited.departed != NEVER),
        "volume": counts(place, size, visited.departed < run.horizon) / hours,
        "mean_delay": means(visited.delay, place, size, begun),
        "p95_delay": percentiles(visited.delay, place, size, begun, PERCENT),
        "entry_delay": means(visited.outside, place, size, begun),
        "stops": means(visited.stops, place, size, visited.on_road),
        "mean_queue": sums(visited.halted, place, size, begun) / run.horizon,
        "p95_queue": size_percentiles(seen.looks_by_size[copy], seen.vehicle_bins[bins], seen.looks, PERCENT),
        "mean_queue_length": ratios(seen.total_length[copy, rows], np.full(size, seen.looks)),
        "p95_queue_length": size_percentiles(seen.looks_by_size[copy], seen.length_bins[bins], seen.looks, PERCENT),
        "capacity": np.bincount(kind.of_movement, capacity, size),
        "saturation": _saturation(kind, visited, capacity, run.horizon),
        "arrivals_on_green": means(on_green[1], place, size, on_green[0]),
        "spillback": np.minimum(seen.full[copy, rows] * LOOK, run.horizon).astype(np.int32),
        "total_delay": sums(visited.delay, place, size, begun),
    }


def _saturation(kind: PlacesOf, visited: Visited, capacity: Floats, horizon: int) -> Floats:
    """(G,) vehicles that arrived per capacity, the greatest of the movements of each place; nan without capacity."""
    arrived = counts(visited.movement, len(capacity), visited.has_begun & (visited.start < horizon))
    of_movement = ratios(arrived * HOUR / horizon, capacity)
    found = np.full(len(kind.places), -1.0)
    np.maximum.at(found, kind.of_movement, np.nan_to_num(of_movement, nan=-1.0))
    return np.where(found < 0.0, np.nan, found)


def _joined(kind: PlacesOf, copies: list[dict[str, NDArray[Any]]]) -> PlaceMeasures:
    """The measures of the copies, (B, G) each."""
    columns = {name: np.stack([copy[name] for copy in copies]) for name in copies[0]}
    return PlaceMeasures(kind.kind, kind.places, **columns)
