"""What is seen of a moment: vehicles as oriented boxes, lights at the stop lines, and the colours of all.

Plain arrays in metres; no drawing library is needed.
"""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.kernels.tables import NONE, YELLOW
from traffic_marl.viewer.scene.layout import StreetMap
from traffic_marl.viewer.scene.moment import Moment

Colour = tuple[int, int, int]  # red, green, blue, 0 to 255

GROUND: Colour = (22, 26, 31)
ROAD: Colour = (58, 64, 72)
JUNCTION: Colour = (68, 74, 83)
EDGE: Colour = (112, 120, 130)  # of a road
MARKING: Colour = (168, 175, 184)  # between lanes
CENTRE: Colour = (196, 164, 72)  # between the directions of a street
PATH: Colour = (86, 94, 104)  # of a connection
TEXT: Colour = (226, 230, 235)
WARNING: Colour = (255, 176, 80)
SELECTED: Colour = (120, 200, 255)
HELD: Colour = (240, 120, 220)  # taken over by a person
WAY: Colour = (120, 230, 200)  # of the corridor in the diagram
PANEL: Colour = (30, 35, 42)
FAINT: Colour = (140, 148, 158)  # text of less weight

GO, CAUTION, STOP = 0, 1, 2  # what a movement is shown
LIGHTS: tuple[Colour, ...] = ((52, 211, 113), (255, 205, 40), (238, 66, 60))  # by the three of them

VEHICLE_WIDTH = 2.0  # [m]
LONG_DELAY = 180.0  # [s] from which on the colour of a delay changes no more

# Colour scales by Okabe and Ito 2008 (Color Universal Design), told apart by colour-blind eyes too.
_STANDING, _SLOW, _FREE = (224, 82, 44), (240, 228, 66), (86, 190, 245)
_PUNCTUAL, _LATE, _VERY_LATE = (210, 222, 236), (240, 170, 50), (206, 60, 150)


def _scale(stops: tuple[Colour, ...], steps: int) -> tuple[Colour, ...]:
    """Colours at equal steps along a line through these."""
    places = np.linspace(0.0, len(stops) - 1.0, steps)
    channels = np.array([np.interp(places, np.arange(len(stops)), channel) for channel in zip(*stops, strict=True)])
    return tuple((int(red), int(green), int(blue)) for red, green, blue in channels.round().T)


STEPS = 16  # colours of a scale
SPEED_COLOURS = _scale((_STANDING, _SLOW, _FREE), STEPS)  # from standstill to the speed limit
DELAY_COLOURS = _scale((_PUNCTUAL, _LATE, _VERY_LATE), STEPS)  # from 0 to LONG_DELAY


@dataclass(frozen=True, eq=False)
class Vehicles:
    """Vehicles to draw: as in a Moment, at a time that may lie between two.

    A `distance` below 0 is one on the drivable before.
    """

    vehicle: Ints  # (n,)
    drivable: Ints  # (n,)
    distance: Floats  # [m] (n,)
    speed: Floats  # [m/s] (n,)
    length: Floats  # [m] (n,)
    came_from: Ints  # (n,)
    delay: Floats  # [s] (n,)


@dataclass(frozen=True, eq=False)
class Boxes:
    """Vehicles as strips from rear to front; VEHICLE_WIDTH is their width."""

    vehicle: Ints  # (n,)
    front: Floats  # [m] (n, 2)
    rear: Floats  # [m] (n, 2)


def vehicles_at(moment: Moment) -> Vehicles:
    """The vehicles of a moment."""
    return Vehicles(
        moment.vehicle,
        moment.drivable,
        moment.distance,
        moment.speed,
        moment.length,
        moment.came_from,
        moment.delay,
    )


def between(streets: StreetMap, earlier: Moment, later: Moment, share: float) -> Vehicles:
    """The vehicles at a time between two moments that are a second apart.

    They move evenly along their paths. One that ends its trip in this second runs out to the end of its drivable;
    one that enters starts at the beginning of its lane.

    Args:
        streets: where they move.
        earlier: the moment before.
        later: the moment after.
        share: 0 at the earlier of the two, 1 at the later.
    """
    before, now = _in_both(earlier, later)
    moved, speed = later.distance.copy(), np.zeros(len(later.vehicle))  # of those that enter
    moved[now] = _moved(streets, earlier, later, before, now)
    speed[now] = earlier.speed[before]
    running = Vehicles(
        later.vehicle,
        later.drivable,
        later.distance - (1.0 - share) * moved,
        speed + share * (later.speed - speed),
        later.length,
        later.came_from,
        later.delay,
    )
    return _joined(running, _leaving(streets, earlier, later, share))


def _in_both(earlier: Moment, later: Moment) -> tuple[Ints, Ints]:
    """(n,) places in the two moments of the vehicles that are in both."""
    _, before, now = np.intersect1d(earlier.vehicle, later.vehicle, assume_unique=True, return_indices=True)
    return before.astype(np.int32), now.astype(np.int32)


def _moved(streets: StreetMap, earlier: Moment, later: Moment, before: Ints, now: Ints) -> Floats:
    """[m] (n,) how far the vehicles came that stand at these places of the two moments.

    At most one whole drivable lies between a second's start and its end; where it is more, they are not moved.
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


def _leaving(streets: StreetMap, earlier: Moment, later: Moment, share: float) -> Vehicles:
    """The vehicles that end their trips between the moments and have not yet reached the end."""
    distance = earlier.distance + share * earlier.speed
    gone = ~np.isin(earlier.vehicle, later.vehicle) & (distance <= streets.paths.length[earlier.drivable])
    return Vehicles(
        earlier.vehicle[gone],
        earlier.drivable[gone],
        distance[gone],
        earlier.speed[gone],
        earlier.length[gone],
        earlier.came_from[gone],
        earlier.delay[gone],
    )


def _joined(one: Vehicles, other: Vehicles) -> Vehicles:
    if not len(other.vehicle):
        return one
    return Vehicles(*(np.concatenate(pair) for pair in zip(vars(one).values(), vars(other).values(), strict=True)))


def boxes(streets: StreetMap, vehicles: Vehicles) -> Boxes:
    """Where the vehicles are on the map."""
    twice = np.concatenate([vehicles.drivable, vehicles.drivable])
    from_twice = np.concatenate([vehicles.came_from, vehicles.came_from])
    distance = np.concatenate([vehicles.distance, vehicles.distance - vehicles.length])
    places = _places(streets, twice, from_twice, distance)
    return Boxes(vehicles.vehicle, places[: len(vehicles.vehicle)], places[len(vehicles.vehicle) :])


def _places(streets: StreetMap, drivable: Ints, came_from: Ints, distance: Floats) -> Floats:
    """[m] (n, 2) points along drivables, or along the way before them where the distance is below 0."""
    line, at = drivable.copy(), distance.copy()
    before = came_from.copy()
    for _ in range(2):  # a connection, and the lane it starts from
        short = np.flatnonzero((at < 0.0) & (before != NONE))
        line[short] = before[short]
        at[short] += streets.paths.length[before[short]]
        before[short] = streets.before[before[short]]
    return streets.paths.places(line, at)


def speed_steps(streets: StreetMap, vehicles: Vehicles) -> Ints:
    """(n,) place of each vehicle's speed in SPEED_COLOURS."""
    return _steps(vehicles.speed / streets.limit[vehicles.drivable])


def delay_steps(vehicles: Vehicles) -> Ints:
    """(n,) place of each vehicle's delay in DELAY_COLOURS."""
    return _steps(vehicles.delay / LONG_DELAY)


def _steps(share: Floats) -> Ints:
    """Steps of a scale from 0 to 1; what lies beyond its ends has the colours of these."""
    return np.asarray(np.clip(share, 0.0, 1.0) * (STEPS - 1) + 0.5, np.int32)


def lights(streets: StreetMap, moment: Moment) -> Ints:
    """(M,) GO, CAUTION or STOP: what each movement was shown in the second just past.

    Caution is for what was green before a change, is not green through it and still has its yellow.
    """
    at = streets.movement_intersection
    movement = np.arange(len(at))
    table = streets.green_rows
    go = table[moment.row[at], movement]
    was = table[streets.phase_row[at, moment.previous[at]], movement]
    caution = (moment.interval[at] == YELLOW) & was
    return np.select([go, caution], [GO, CAUTION], STOP).astype(np.int32)
