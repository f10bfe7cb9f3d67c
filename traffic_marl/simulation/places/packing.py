"""The tables in which kernels note visits and queues."""

from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Ints, StructuredArray
from traffic_marl.kernels.places.tables import QUEUE, VISIT, Places
from traffic_marl.kernels.tables import NEVER, NONE, Roads, Vehicles


class Sizes(NamedTuple):
    """Numbers of places of each kind. They stand in this order."""

    movements: int  # at signals
    approaches: int
    intersections: int


class Planned(NamedTuple):
    """The visits that the paths of vehicles hold, copy by copy; the columns from `number[b]` on are padding."""

    number: Ints  # (B,) of visits
    first: Ints  # (B, V) first visit of each vehicle
    vehicle: Ints  # (B, X)
    lane: Ints  # (B, X) of the approach
    connection: Ints  # (B, X) through the intersection


def no_places() -> Places:
    """The tables where nothing is noted."""
    nothing = np.zeros(0, np.int32)
    return Places(nothing, nothing, nothing, nothing, nothing, nothing, until=0)


def sizes_of(roads: Roads) -> Sizes:
    """The numbers of places of a network."""
    signalled = roads.lane_intersection != NONE
    return Sizes(
        int(np.count_nonzero(roads.movement_intersection != NONE)),
        len(np.unique(roads.lane_road[signalled])),
        len(roads.phase_count),
    )


def pack_places(roads: Roads, shortest: float, until: int) -> Places:
    """The places of a network.

    Args:
        roads: the roads.
        shortest: [m] length of the shortest vehicle, by which it is worked out how many find room.
        until: [s] queues are noted in the seconds before this one.
    """
    sizes = sizes_of(roads)
    signalled = roads.lane_intersection != NONE
    approaches, of_lane = np.unique(roads.lane_road[signalled], return_inverse=True)
    approach = np.full(len(roads.lane_road), NONE, np.int32)
    approach[signalled] = sizes.movements + of_lane
    intersection = np.where(signalled, sizes.movements + len(approaches) + roads.lane_intersection, NONE)
    at_signals = roads.intersection < sizes.intersections
    start, lane = _lanes_of_places(roads, approach, intersection)
    length = roads.length[: len(roads.lane_road)][lane]
    room = np.floor(length / shortest).astype(np.int32) + 1
    vehicle_bins = _slices(np.add.reduceat(room, start))
    length_bins = vehicle_bins[-1] + _slices(np.maximum.reduceat(np.ceil(length).astype(np.int32), start))
    return Places(
        movement=np.where(at_signals, roads.movement, NONE).astype(np.int32),
        only=_only_movements(roads),
        approach=approach,
        intersection=intersection.astype(np.int32),
        vehicle_bins=vehicle_bins,
        length_bins=length_bins.astype(np.int32),
        until=until,
    )


def _only_movements(roads: Roads) -> Ints:
    """(K,) movement of each lane at a signal, NONE if it has none or several."""
    found = np.full(len(roads.lane_road), NONE, np.int32)
    found[roads.movement_lane] = _owners(roads)
    alone = np.bincount(roads.movement_lane, minlength=len(found)) == 1
    return np.where(alone & (roads.lane_intersection != NONE), found, NONE).astype(np.int32)


def _owners(roads: Roads) -> Ints:
    """The movement of each entry of `movement_lane`."""
    return np.repeat(np.arange(len(roads.movement_intersection), dtype=np.int32), np.diff(roads.movement_lane_start))


def _lanes_of_places(roads: Roads, approach: Ints, intersection: Ints) -> tuple[Ints, Ints]:
    """Starts (G,) and lanes of each place."""
    sizes = sizes_of(roads)
    owner = _owners(roads)
    at_signals = owner < sizes.movements
    signalled = np.flatnonzero(approach != NONE)
    places = np.concatenate([owner[at_signals], approach[signalled], intersection[signalled]])
    lanes = np.concatenate([roads.movement_lane[at_signals], signalled, signalled])
    order = np.argsort(places, kind="stable")
    starts = np.searchsorted(places[order], np.arange(sum(sizes)))
    return starts.astype(np.int32), lanes[order].astype(np.int32)


def _slices(largest: Ints) -> Ints:
    """(G + 1,) slices with an entry for each number from 0 to the largest one."""
    return np.concatenate([[0], np.cumsum(largest + 1)]).astype(np.int32)


def planned_visits(vehicles: Vehicles, roads: Roads, counts: Ints) -> Planned:
    """The visits in the paths of all vehicles, in the order of the vehicles and of their paths.

    Args:
        vehicles: of all copies.
        roads: the roads.
        counts: [veh] (B,) of each copy. Columns of vehicles from there on are padding.
    """
    path = vehicles.path
    entries = visit_entries(path, roads)
    before = np.searchsorted(entries, vehicles.path_start)
    ends = np.flatnonzero(path == NONE)
    after = np.searchsorted(entries, ends[np.searchsorted(ends, vehicles.path_start)]) if len(ends) else before
    number = np.where(np.arange(before.shape[1]) < counts[:, None], after - before, 0)
    count = number.sum(axis=1)
    columns = np.zeros((3, len(counts), max(1, int(count.max(initial=0)))), np.int32)
    for b, visits in enumerate(count):
        vehicle = np.repeat(np.arange(before.shape[1]), number[b])
        within = np.arange(visits) - np.repeat(np.cumsum(number[b]) - number[b], number[b])
        entry = entries[before[b, vehicle] + within]
        columns[:, b, :visits] = vehicle, path[entry], path[entry + 1] - len(roads.lane_road)
    first = np.cumsum(number, axis=1) - number
    return Planned(count.astype(np.int32), first.astype(np.int32), *columns)


def visit_entries(path: Ints, roads: Roads) -> Ints:
    """The entries of a path at which it leads along a lane that ends at a signal, and on from there."""
    lanes = len(roads.lane_road)
    on_lane = np.flatnonzero((path != NONE) & (path < lanes))
    on_lane = on_lane[roads.lane_intersection[path[on_lane]] != NONE]
    found: Ints = on_lane[path[on_lane + 1] != NONE]
    return found


def empty_notes(places: Places, planned: Planned | None, copies: int) -> dict[str, StructuredArray]:
    """The arrays of Traffic in which nothing is noted yet, by name. They are empty without planned visits."""
    if planned is None:
        nothing = np.zeros((copies, 0), np.int32)
        return {
            "visits": np.zeros((copies, 0), VISIT),
            "visit": np.zeros((copies, 0), np.int32),
            "queues": np.zeros((copies, 0), QUEUE),
            "looks": nothing,
            "touched": nothing.copy(),
        }
    visits = np.zeros(planned.vehicle.shape, VISIT)
    for name in ("arrived", "departed", "ended"):
        visits[name] = NEVER
    group = len(places.vehicle_bins) - 1
    return {
        "visits": visits,
        "visit": planned.first.copy(),
        "queues": np.zeros((copies, group), QUEUE),
        "looks": np.zeros((copies, int(places.length_bins[-1])), np.int32),
        "touched": np.zeros((copies, group), np.int32),
    }
