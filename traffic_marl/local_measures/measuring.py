"""Local measures of a run, made of visits, records and the signals shown."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.places.tables import LOOK
from traffic_marl.kernels.tables import NEVER
from traffic_marl.local_measures.balance import balance_of, joined_balance
from traffic_marl.local_measures.capacities import capacities
from traffic_marl.local_measures.grouping import percentiles, ratios, size_percentiles
from traffic_marl.local_measures.headways import Discharge, discharges
from traffic_marl.local_measures.places import PlacesOf, places_of
from traffic_marl.local_measures.signals import effective_share, greens
from traffic_marl.local_measures.tables import LocalMeasures, PlaceMeasures
from traffic_marl.local_measures.visited import Visited, visited_in
from traffic_marl.measures import delays_of
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

    @cached_property
    def delays(self) -> Floats:
        """[s] (B, V) delay of each vehicle when the run ended."""
        return delays_of(self.records)


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
        saturation_flow={turn: np.array([copy.flows[turn].flow for copy in copies]) for turn in TURNS},
        time_lost={turn: np.array([copy.flows[turn].lost for copy in copies]) for turn in TURNS},
        headways={turn: np.array([copy.flows[turn].headways for copy in copies], np.int32) for turn in TURNS},
    )


@dataclass(frozen=True, eq=False)
class _Copy:
    """The measures of one copy."""

    tables: list[dict[str, NDArray[Any]]]  # by kind of place: names and values (G,)
    balance: dict[str, float]
    flows: dict[str, Discharge]


def _measure_copy(run: Run, copy: int, kinds: tuple[PlacesOf, ...]) -> _Copy:
    visited = visited_in(copy, run.at_horizon, run.at_end, run.records, run.horizon)
    green = greens(run.network, run.shown[copy])
    until = green[: run.horizon]
    flows = _flows(run, visited, until)
    capacity = _capacity(run, visited, until, flows)
    totals = _totals(visited, green, run.horizon, green.shape[1])
    tables = [_place_measures(run, copy, kind, visited, totals, capacity) for kind in kinds]
    return _Copy(tables, balance_of(copy, visited, run.records, run.delays, run.horizon), flows)


def _flows(run: Run, visited: Visited, green: Bools) -> dict[str, Discharge]:
    passed = visited.departed < len(green)
    stopped = visited.halted > 0
    return discharges(
        run.network,
        green,
        visited.lane[passed],
        visited.movement[passed],
        visited.departed[passed],
        stopped[passed],
    )


def _capacity(run: Run, visited: Visited, green: Bools, flows: dict[str, Discharge]) -> Floats:
    """[veh/h] (M,) capacity of each movement."""
    movements = green.shape[1]
    turns = run.network.movement_turns[:movements]
    flow = np.array([flows[turn].flow for turn in turns])
    lost = np.array([flows[turn].lost for turn in turns])
    arrived = visited.has_begun & (visited.start < run.horizon)
    return capacities(run.network, flow, effective_share(green, lost), visited.lane[arrived], visited.movement[arrived])


def _totals(visited: Visited, green: Bools, horizon: int, movements: int) -> dict[str, Floats]:
    """Sums over the visits of each movement, (M,) each."""
    second = visited.reaches // 10
    within = visited.on_road & (second < len(green))
    on_green = np.zeros(len(second), np.bool_)
    on_green[within] = green[second[within], visited.movement[within]]
    begun = visited.has_begun

    def total(chosen: Bools, values: Floats | Ints | None = None) -> Floats:
        weights = None if values is None else values[chosen]
        return np.asarray(np.bincount(visited.movement[chosen], weights, movements), np.float64)

    return {
        "demand": total(np.ones_like(begun)),
        "arrived": total(begun),
        "arrived_in_time": total(begun & (visited.start < horizon)),
        "served": total(visited.departed != NEVER),
        "passed": total(visited.departed < horizon),
        "delay": total(begun, visited.delay),
        "outside": total(begun, visited.outside),
        "on_road": total(visited.on_road),
        "stops": total(visited.on_road, visited.stops),
        "halted": total(begun, visited.halted),
        "arrivals": total(within),
        "on_green": total(on_green),
    }


def _place_measures(
    run: Run, copy: int, kind: PlacesOf, visited: Visited, totals: dict[str, Floats], capacity: Floats
) -> dict[str, NDArray[Any]]:
    """The measures of all places of a kind, (G,) each."""
    size = len(kind.places)
    of = {name: np.asarray(np.bincount(kind.of_movement, total, size), np.float64) for name, total in totals.items()}
    rows = slice(kind.offset, kind.offset + size)
    bins = slice(kind.offset, kind.offset + size + 1)
    seen = run.at_horizon
    place = kind.of_movement[visited.movement]
    return {
        "demand": of["demand"].astype(np.int32),
        "arrived": of["arrived"].astype(np.int32),
        "served": of["served"].astype(np.int32),
        "volume": of["passed"] * HOUR / run.horizon,
        "mean_delay": ratios(of["delay"], of["arrived"]),
        "p95_delay": percentiles(visited.delay, place, size, visited.by_delay, PERCENT),
        "entry_delay": ratios(of["outside"], of["arrived"]),
        "stops": ratios(of["stops"], of["on_road"]),
        "mean_queue": of["halted"] / run.horizon,
        "p95_queue": size_percentiles(seen.looks_by_size[copy], seen.vehicle_bins[bins], seen.looks, PERCENT),
        "mean_queue_length": ratios(seen.total_length[copy, rows], np.full(size, seen.looks)),
        "p95_queue_length": size_percentiles(seen.looks_by_size[copy], seen.length_bins[bins], seen.looks, PERCENT),
        "capacity": np.bincount(kind.of_movement, capacity, size),
        "saturation": _saturation(kind, totals["arrived_in_time"] * HOUR / run.horizon, capacity),
        "arrivals_on_green": ratios(of["on_green"], of["arrivals"]),
        "spillback": np.minimum(seen.full[copy, rows] * LOOK, run.horizon).astype(np.int32),
        "total_delay": of["delay"],
    }


def _saturation(kind: PlacesOf, flow: Floats, capacity: Floats) -> Floats:
    """(G,) flow [veh/h] per capacity, the greatest of the movements of each place; nan without capacity."""
    found = np.full(len(kind.places), -1.0)
    np.maximum.at(found, kind.of_movement, np.nan_to_num(ratios(flow, capacity), nan=-1.0))
    return np.where(found < 0.0, np.nan, found)


def _joined(kind: PlacesOf, copies: list[dict[str, NDArray[Any]]]) -> PlaceMeasures:
    """The measures of the copies, (B, G) each."""
    columns = {name: np.stack([copy[name] for copy in copies]) for name in copies[0]}
    return PlaceMeasures(kind.kind, kind.places, **columns)
