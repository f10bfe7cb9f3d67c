"""Vehicles on the map: their motion between two moments, their outlines and the steps of their colours.

Plain arrays in metres. No drawing library is needed here.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.tables import NONE
from traffic_marl.simulation import Positions
from traffic_marl.viewer.scene.colours import LONG_DELAY, STEPS
from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.scene.street_map import StreetMap

VEHICLE_WIDTH = 2.0  # [m]
COLUMNS = ("vehicle", "drivable", "distance", "speed", "length", "came_from", "delay")  # fields with one row a vehicle


@dataclass(frozen=True, eq=False)
class Boxes:
    """Vehicles as strips from rear to front. All are VEHICLE_WIDTH wide."""

    front: Floats  # [m] (n, 2)
    rear: Floats  # [m] (n, 2)


def moment_between(streets: StreetMap, earlier: Moment, later: Moment, share: float) -> Moment:
    """The traffic at a time between two moments that are a second apart.

    Vehicles move evenly along their paths. A vehicle that ends its trip in this second runs on to the end of its
    drivable. A vehicle that enters starts at the beginning of its lane. Signals and counts are those of the later
    moment, or of the earlier one where `share` is 0. A `distance` below 0 lies on the drivable before.

    Args:
        streets: the map.
        earlier: the moment before.
        later: the moment after.
        share: 0 to 1, the part of the second that is over.
    """
    running = _running(streets, earlier.positions, later.positions, share)
    vehicles = _joined(running, _leaving(streets, earlier.positions, later.positions, share))
    shown = later if share > 0.0 else earlier
    return replace(shown, positions=replace(shown.positions, **_columns(vehicles)))


def boxes(streets: StreetMap, vehicles: Positions) -> Boxes:
    """The vehicles on the map."""
    twice = np.concatenate([vehicles.drivable, vehicles.drivable])
    from_twice = np.concatenate([vehicles.came_from, vehicles.came_from])
    distance = np.concatenate([vehicles.distance, vehicles.distance - vehicles.length])
    places = _places(streets, twice, from_twice, distance)
    return Boxes(places[: len(vehicles.vehicle)], places[len(vehicles.vehicle) :])


def speed_steps(streets: StreetMap, vehicles: Positions) -> Ints:
    """(n,) index into SPEED_COLOURS for each vehicle."""
    return _steps(vehicles.speed / streets.limit[vehicles.drivable])


def delay_steps(vehicles: Positions) -> Ints:
    """(n,) index into DELAY_COLOURS for each vehicle."""
    return _steps(vehicles.delay / LONG_DELAY)


def _running(streets: StreetMap, earlier: Positions, later: Positions, share: float) -> Positions:
    """The vehicles of the later moment, at the time in between."""
    before, now = _in_both(earlier, later)
    moved, speed = later.distance.copy(), np.zeros(len(later.vehicle))  # as for vehicles that enter
    moved[now] = _moved(streets, earlier, later, before, now)
    speed[now] = earlier.speed[before]
    distance = later.distance - (1.0 - share) * moved
    return replace(later, distance=distance, speed=speed + share * (later.speed - speed))


def _leaving(streets: StreetMap, earlier: Positions, later: Positions, share: float) -> Positions:
    """The vehicles that end their trips between the moments and have not yet reached the end."""
    distance = earlier.distance + share * earlier.speed
    gone = ~np.isin(earlier.vehicle, later.vehicle) & (distance <= streets.paths.length[earlier.drivable])
    return _part(replace(earlier, distance=distance), gone)


def _in_both(earlier: Positions, later: Positions) -> tuple[Ints, Ints]:
    """(n,) rows in the two moments of the vehicles that are in both."""
    _, before, now = np.intersect1d(earlier.vehicle, later.vehicle, assume_unique=True, return_indices=True)
    return before.astype(np.int32), now.astype(np.int32)


def _moved(streets: StreetMap, earlier: Positions, later: Positions, before: Ints, now: Ints) -> Floats:
    """[m] (n,) the way that vehicles covered between these rows of the two moments.

    At most one whole drivable may lie between start and end. A vehicle that covered more is not moved.
    """
    length = streets.paths.length
    start, end, via = earlier.drivable[before], later.drivable[now], later.came_from[now]
    gone, come = earlier.distance[before], later.distance[now]
    step = np.where(via == NONE, 0.0, length[via])
    first = np.where(via == NONE, NONE, streets.before[via])
    moved: Floats = np.select(
        [start == end, start == via, start == first],
        [come - gone, come + step - gone, come + step + length[start] - gone],
        0.0,
    )
    return moved


def _columns(vehicles: Positions) -> dict[str, Any]:
    return {name: getattr(vehicles, name) for name in COLUMNS}


def _part(vehicles: Positions, kept: Bools) -> Positions:
    columns: dict[str, Any] = {name: column[kept] for name, column in _columns(vehicles).items()}
    return replace(vehicles, **columns)


def _joined(one: Positions, other: Positions) -> Positions:
    """The vehicles of both, under the time and signals of the first."""
    if not len(other.vehicle):
        return one
    more = _columns(other)
    columns: dict[str, Any] = {name: np.concatenate([column, more[name]]) for name, column in _columns(one).items()}
    return replace(one, **columns)


def _places(streets: StreetMap, drivable: Ints, came_from: Ints, distance: Floats) -> Floats:
    """[m] (n, 2) points along drivables. A distance below 0 lies on the way before the drivable."""
    line, at = drivable.copy(), distance.copy()
    before = came_from.copy()
    for _ in range(2):  # a connection, and the lane it starts from
        short = np.flatnonzero((at < 0.0) & (before != NONE))
        line[short] = before[short]
        at[short] += streets.paths.length[before[short]]
        before[short] = streets.before[before[short]]
    return streets.paths.places(line, at)


def _steps(share: Floats) -> Ints:
    """Steps of a scale from 0 to 1. Values beyond an end have the colour of that end."""
    return np.asarray(np.clip(share, 0.0, 1.0) * (STEPS - 1) + 0.5, np.int32)
