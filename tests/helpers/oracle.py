"""A second, slow and plain implementation of the vehicle dynamics, to check the kernels against.

It follows the model of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139) with steps of one second and without
lane changes. It shares the package's tables, not its code: one object a vehicle, one list a drivable.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.kernels.tables import NEVER, NONE, OTHER, THROUGH, Roads
from traffic_marl.network.network import Network

YIELD_DISTANCE = 5.0  # [m] kept to a conflict point when yielding
TURN_SPEED = 8.3333  # [m/s] before a left or right turn
SLOW_TAIL = 2.0  # [m/s] below this, the last vehicle of a full lane keeps others out of the intersection
SHORTEST_BEYOND = 22.5  # [m] a shorter lane between two junctions does not count as a place to stop on
HALTED = 0.1  # [m/s] slower is standing still
TINY = 1e-8


class OracleRun(NamedTuple):
    """What became of each vehicle, and where all were at the end of each second if that was asked for."""

    entered: Ints  # [s] (V,)
    left: Ints  # [s] (V,)
    halted: Ints  # [s] (V,) ends of seconds below 0.1 m/s
    stops: Ints  # (V,) times the speed fell below 0.1 m/s
    updates: int  # vehicles moved in a second, summed over the seconds
    trajectory: list[list[tuple[int, int, float, float]]]  # each second: (vehicle, drivable, position, speed)


# --- one vehicle and numbers ---


def safe_speed(
    speed: float, gap: float, target: float, deceleration: float, leader_speed: float, leader_deceleration: float
) -> float:
    """Largest speed after which braking still ends `target` behind a leader that brakes now."""
    constant = speed / 2 + target - 0.5 * leader_speed * leader_speed / leader_deceleration - gap
    square, linear = 0.5 / deceleration, 0.5
    if linear * linear < 4 * square * constant:
        return -100.0
    braking = 0.5 / square * (math.sqrt(linear * linear - 4 * square * constant) - linear)
    return min(braking, 2 * leader_speed - leader_deceleration + 2 * (gap - target))


def following_speed(kind: VehicleType, speed: float, gap: float, leader: VehicleType, leader_speed: float) -> float:
    """Speed towards a leader: safe at full braking, comfortable at usual braking, and with the wanted headway."""
    hard = safe_speed(speed, gap, 0.0, kind.max_deceleration, leader_speed, leader.max_deceleration)
    soft = safe_speed(speed, gap, kind.min_gap, kind.usual_deceleration, leader_speed, leader.usual_deceleration)
    closing = speed - leader_speed if speed > leader_speed else 0.0
    headway = (gap + (leader_speed + closing / 2) - speed / 2) / (kind.headway + 0.5)
    return min(hard, soft, headway)


def stopping_speed(kind: VehicleType, speed: float, distance: float) -> float:
    """Speed towards a stop after `distance`."""
    faster = speed + kind.usual_acceleration
    if (speed + faster) / 2 + faster * faster / kind.usual_deceleration / 2 < distance:
        return faster
    if speed == 0:
        return 0.0
    if distance == 0:
        return -math.inf  # as hard as it can
    seconds = 2 * distance / (speed + TINY)
    return speed - speed / int(seconds) if seconds >= 1 else speed - speed / seconds


def look_ahead(kind: VehicleType) -> float:
    """Distance [m] within which a vehicle heeds leaders on other drivables and the junction ahead."""
    return kind.max_speed * kind.max_speed / kind.usual_deceleration / 2 + kind.max_speed * 2


def can_yield(kind: VehicleType, speed: float, distance: float) -> bool:
    """Whether a vehicle `distance` before a conflict point can stop short of it, or has left it behind."""
    if distance > 0:
        return 0.5 * speed * speed / kind.max_deceleration < distance - YIELD_DISTANCE
    return distance < 0 and distance + kind.length < 0


def seconds_to(kind: VehicleType, speed: float, distance: float, is_turn: bool) -> int:
    """Whole seconds until a vehicle has covered `distance`, accelerating to the speed of its turn."""
    if distance <= 0:
        return 0
    target, acceleration = TURN_SPEED if is_turn else kind.max_speed, kind.usual_acceleration
    if speed > target:
        return math.ceil(distance / speed)
    if acceleration_distance(speed, target, acceleration) > distance:
        return math.ceil((math.sqrt(speed * speed + 2 * acceleration * distance) - speed) / acceleration)
    covered = acceleration_distance(speed, target, acceleration)
    return math.ceil((target - speed) / acceleration) + math.ceil((distance - covered) / target)


def acceleration_distance(speed: float, target: float, acceleration: float) -> float:
    """Distance covered until `target` is reached: whole seconds of acceleration, then part of one."""
    if target <= speed:
        return 0.0
    seconds = math.floor((target - speed) / acceleration)
    reached = speed + seconds * acceleration
    rest = (reached + target) / 2 if reached < target else 0
    return (speed + reached) * seconds / 2 + rest


# --- the roads as plain lists ---


class Crossing(NamedTuple):
    """A conflict as one of its two connections sees it."""

    distance: float  # [m] from the start of this connection
    foe: int  # the other connection


class Streets:
    """The tables of a network as lists of Python numbers; connections are drivables here, as in a path."""

    def __init__(self, roads: Roads) -> None:
        lanes = len(roads.lane_road)
        self.lanes = lanes
        self.length: list[float] = roads.length.tolist()
        self.limit: list[float] = roads.limit.tolist()
        self.start = [NONE] * lanes + roads.start_lane.tolist()
        self.end = [NONE] * lanes + roads.end_lane.tolist()
        self.rank = [NONE] * lanes + roads.rank.tolist()
        self.intersection = [NONE] * lanes + roads.intersection.tolist()
        self.bit = [NONE] * lanes + roads.bit.tolist()
        self.leaving = list(slices(roads.leaving_start, roads.leaving.tolist()))
        distance, foe = roads.crossing_distance.tolist(), (roads.crossing_foe + lanes).tolist()
        crossings = [Crossing(*pair) for pair in zip(distance, foe, strict=True)]
        self.crossings: list[list[Crossing]] = [[]] * lanes + list(slices(roads.crossing_start, crossings))
        self.keeps_clear = [False] * lanes + roads.keeps_clear.tolist()
        self.green = [[as_one_number(words) for words in rows] for rows in roads.green]

    def connections(self) -> range:
        """All connections, as drivables."""
        return range(self.lanes, len(self.length))

    def is_lane(self, drivable: int) -> bool:
        """Whether a drivable is a lane, not a connection."""
        return drivable < self.lanes

    def is_turn(self, connection: int) -> bool:
        """Whether a connection turns left or right."""
        return OTHER < self.rank[connection] < THROUGH

    def is_kept_clear(self, connection: int) -> bool:
        """Whether its vehicles wait until they can leave the junction: they would be in the way of others there."""
        if not self.keeps_clear[connection] or not self.crossings[connection]:
            return False
        return self.length[self.end[connection]] >= SHORTEST_BEYOND

    def is_green(self, connection: int, rows: list[int]) -> bool:
        """Whether a connection may be entered when each intersection shows its row of the phase table."""
        intersection = self.intersection[connection]
        return bool(self.green[intersection][rows[intersection]] >> self.bit[connection] & 1)


def slices(start: Ints, values: list) -> Iterator[list]:
    """The values of each key, from the places where they start."""
    for first, last in pairwise(start):
        yield values[first:last]


def as_one_number(words: Iterable[int]) -> int:
    """Words of 64 bits, lowest first, as one integer."""
    return sum(int(word) << 64 * place for place, word in enumerate(words))


# --- the traffic ---


@dataclass(eq=False)
class Car:
    """A vehicle, its place on its path, and what it knew at the end of the last second."""

    index: int
    kind: VehicleType
    path: list[int]
    place: int = 0  # index into path
    position: float = 0.0  # [m] of the front, from the start of the drivable
    speed: float = 0.0  # [m/s]
    leader: "Car | None" = None
    gap: float = 0.0  # [m] to the leader's rear
    blocker: "Car | None" = None  # whom it yields to
    link_time: int = NEVER  # [s] when it entered the connection it is on
    came_from: int = NONE  # drivable at the start of the second in which it last changed drivable

    @property
    def drivable(self) -> int:
        """Lane or connection the front is on."""
        return self.path[self.place]

    @property
    def next_drivable(self) -> int:
        """The one after it, NONE at the end of the trip."""
        return self.path[self.place + 1] if self.place + 1 < len(self.path) else NONE

    @property
    def rear(self) -> float:
        """Position [m] of the rear, negative if it is still on a drivable behind."""
        return self.position - self.kind.length


class Plan(NamedTuple):
    """Where a vehicle will be at the end of the second."""

    speed: float
    position: float
    place: int
    blocker: Car | None


class Notice(NamedTuple):
    """The vehicle of one connection that matters at a conflict, and how far before the point its front is."""

    car: Car
    distance: float


@dataclass
class Scene:
    """All vehicles on the roads at one moment."""

    streets: Streets
    occupants: list[list[Car]]  # of each drivable, front to back
    waiting: list[deque[Car]]  # to enter, of each lane
    rows: list[int] = field(default_factory=list)  # row of the phase table each intersection shows
    notices: dict[tuple[int, int], Notice] = field(default_factory=dict)  # by (connection, foe)

    def cars(self) -> list[Car]:
        """Vehicles under way."""
        return [car for cars in self.occupants for car in cars]

    def last(self, drivable: int) -> Car | None:
        """The rearmost vehicle on a drivable."""
        return self.occupants[drivable][-1] if self.occupants[drivable] else None


def enter(scene: Scene) -> Iterator[Car]:
    """Lets the first waiting vehicle of each lane enter where there is room, at rest."""
    for lane, queue in enumerate(scene.waiting):
        tail = scene.last(lane)
        if queue and (tail is None or tail.position > tail.kind.length + queue[0].kind.min_gap):
            car = queue.popleft()
            scene.occupants[lane].append(car)
            find_leader(scene, car, tail)
            yield car


def find_leader(scene: Scene, car: Car, ahead: Car | None) -> None:
    """Finds the vehicle to follow: `ahead` on the same drivable, else the nearest on the path within sight."""
    car.leader = ahead
    if ahead is not None:
        car.gap = ahead.position - ahead.kind.length - car.position
        return
    distance = scene.streets.length[car.drivable] - car.position
    for drivable in car.path[car.place + 1 :]:
        for tail in tails(scene, drivable):
            gap = distance + tail.position - tail.kind.length
            if car.leader is None or gap < car.gap:
                car.leader, car.gap = tail, gap
        distance += scene.streets.length[drivable]
        if car.leader is not None or distance > look_ahead(car.kind):
            return


def tails(scene: Scene, drivable: int) -> list[Car]:
    """The rearmost vehicle of a lane; of a connection and all that leave the same lane."""
    streets = scene.streets
    together = [drivable] if streets.is_lane(drivable) else streets.leaving[streets.start[drivable]]
    return [scene.occupants[each][-1] for each in together if scene.occupants[each]]


def announce(scene: Scene) -> None:
    """Notes at each conflict the frontmost vehicle of either connection that has not cleared it."""
    scene.notices.clear()
    for connection in scene.streets.connections():
        open_points = list(scene.streets.crossings[connection])  # the far end is taken first
        announce_beyond(scene, connection, open_points)
        announce_on(scene, connection, open_points)
        announce_before(scene, connection, open_points)


def announce_beyond(scene: Scene, connection: int, open_points: list[Crossing]) -> None:
    """Notes the last vehicle of the lane behind the connection while its rear is not past a point."""
    car = scene.last(scene.streets.end[connection])
    if car is None or car.came_from != connection:
        return
    length = scene.streets.length[connection]
    while open_points and length - open_points[-1].distance + car.position - car.kind.length < 0:
        point = open_points.pop()
        scene.notices[connection, point.foe] = Notice(car, -(car.position + length - point.distance))


def announce_on(scene: Scene, connection: int, open_points: list[Crossing]) -> None:
    """Notes the vehicles on the connection, front to back, each at the points its rear has not passed."""
    for car in scene.occupants[connection]:
        while open_points:
            distance = open_points[-1].distance
            if car.position > distance and car.position - distance - car.kind.length > 0:
                break
            scene.notices[connection, open_points.pop().foe] = Notice(car, distance - car.position)


def announce_before(scene: Scene, connection: int, open_points: list[Crossing]) -> None:
    """Notes the first vehicle before a green connection at the points that are still free."""
    ahead = scene.occupants[scene.streets.start[connection]]
    if not ahead or ahead[0].next_drivable != connection or not scene.streets.is_green(connection, scene.rows):
        return
    remaining = scene.streets.length[ahead[0].drivable] - ahead[0].position
    while open_points:
        point = open_points.pop()
        scene.notices[connection, point.foe] = Notice(ahead[0], remaining + point.distance)


def may_pass(scene: Scene, car: Car, connection: int, point: Crossing, distance: float) -> bool:
    """Whether `car`, `distance` before a conflict point of its connection, need not yield there."""
    notice = scene.notices.get((point.foe, connection))
    if notice is None or not can_yield(car.kind, car.speed, distance):
        return True
    return goes_first(scene.streets, car, connection, distance, notice, point.foe) or is_deadlocked(notice.car)


def goes_first(streets: Streets, car: Car, connection: int, distance: float, notice: Notice, foe: int) -> bool:
    """Whether `car` comes before the foe: by rank of the turn, then time to the point, then who came first."""
    other, other_distance = notice
    if not can_yield(other.kind, other.speed, other_distance):
        return False
    if streets.rank[connection] > streets.rank[foe]:
        return True
    if other_distance <= 0:
        return other_distance + other.kind.length < 0
    mine = seconds_to(car.kind, car.speed, distance, streets.is_turn(connection))
    theirs = seconds_to(other.kind, other.speed, other_distance, streets.is_turn(foe))
    if mine != theirs or streets.rank[connection] < streets.rank[foe]:
        return mine < theirs
    if car.link_time != other.link_time:
        return car.link_time < other.link_time
    if distance != other_distance:
        return distance < other_distance
    return car.index > other.index


def is_deadlocked(car: Car) -> bool:
    """Whether the chain of those whom `car` waits for runs in a circle."""
    slow, fast = car, car
    while fast.blocker is not None and fast.blocker.blocker is not None:
        assert slow.blocker is not None
        slow, fast = slow.blocker, fast.blocker.blocker
        if slow is fast:
            return True
    return False


def is_blocked(scene: Scene, car: Car, connection: int) -> bool:
    """Whether the light is red or the lane behind the connection has no room."""
    if not scene.streets.is_green(connection, scene.rows):
        return True
    if scene.streets.is_kept_clear(connection) and not has_room(scene, car, scene.streets.end[connection]):
        return True
    tail = scene.last(scene.streets.end[connection])
    if tail is None:
        return False
    return tail.position <= tail.kind.length + car.kind.length and tail.speed < SLOW_TAIL


def has_room(scene: Scene, car: Car, lane: int) -> bool:
    """Whether a lane has room for `car` when all vehicles in the junction that lead there have come to a stop on it."""
    streets = scene.streets
    coming = [other for each in streets.connections() if streets.end[each] == lane for other in scene.occupants[each]]
    wanted = sum(each.kind.length + each.kind.min_gap for each in [car, *coming])
    for other in reversed(scene.occupants[lane]):
        if other.rear > wanted:
            return True
        if other.speed < SLOW_TAIL:
            return False
        wanted += other.kind.length + other.kind.min_gap
    return streets.length[lane] > wanted


def junction_speed(scene: Scene, car: Car) -> tuple[float, Car | None]:
    """Speed that the junction ahead allows, and the vehicle that is yielded to."""
    streets, speed = scene.streets, car.kind.max_speed
    connection, position = car.drivable, car.position
    if streets.is_lane(car.drivable):
        connection, remaining = car.next_drivable, streets.length[car.drivable] - car.position
        position = -remaining
        can_stop = 0.5 * car.speed * car.speed / car.kind.max_deceleration <= remaining
        if can_stop and is_blocked(scene, car, connection):
            return min(speed, stopping_speed(car.kind, car.speed, remaining)), None
        if streets.is_turn(connection):
            speed = min(speed, TURN_SPEED)
    for point in streets.crossings[connection]:
        distance = point.distance - position
        if point.distance >= position and not may_pass(scene, car, connection, point, distance):
            blocker = scene.notices[point.foe, connection].car
            return min(speed, stopping_speed(car.kind, car.speed, distance - YIELD_DISTANCE)), blocker
    return speed, None


def wanted_speed(scene: Scene, car: Car) -> tuple[float, Car | None]:
    """Speed for the end of this second, below 0 if the vehicle stops within it, and whom it yields to."""
    kind, streets, blocker = car.kind, scene.streets, None
    speed = min(kind.max_speed, car.speed + kind.max_acceleration, streets.limit[car.drivable])
    if car.leader is not None:
        speed = min(speed, following_speed(kind, car.speed, car.gap, car.leader.kind, car.leader.speed))
    remaining = streets.length[car.drivable] - car.position
    nears_junction = car.next_drivable != NONE and remaining <= look_ahead(kind)
    if not streets.is_lane(car.drivable) or nears_junction:
        allowed, blocker = junction_speed(scene, car)
        speed = min(speed, allowed)
    return max(speed, car.speed - kind.max_deceleration), blocker


def plan(scene: Scene, car: Car) -> Plan:
    """Where the vehicle gets to in this second; the place is the path's length if the trip ends."""
    speed, blocker = wanted_speed(scene, car)
    if speed < 0:
        distance, speed = 0.5 * car.speed * car.speed / car.kind.max_deceleration, 0.0
    else:
        distance = (car.speed + speed) / 2
    position, place = car.position + distance, car.place
    while place < len(car.path) and position > scene.streets.length[car.path[place]]:
        position -= scene.streets.length[car.path[place]]
        place += 1
    return Plan(speed, position, place, blocker)


def move(scene: Scene, plans: dict[Car, Plan], now: int) -> set[Car]:
    """Carries out all plans at once; gives the vehicles whose trips ended."""
    changing = [car for car, planned in plans.items() if planned.place != car.place]
    for car in changing:
        scene.occupants[car.drivable].remove(car)
        car.came_from = car.drivable
    ended = {car for car in changing if plans[car].place == len(car.path)}
    for car, planned in plans.items():
        if car not in ended:
            car.speed, car.position, car.place, _ = planned
            car.blocker = None if planned.blocker in ended else planned.blocker
    for car in sorted(changing, key=lambda car: -plans[car].position):
        if car not in ended:
            scene.occupants[car.drivable].append(car)
            car.link_time = NEVER if scene.streets.is_lane(car.drivable) else now
    return ended


def look(scene: Scene) -> None:
    """Lets every vehicle find its leader."""
    for cars in scene.occupants:
        ahead = None
        for car in cars:
            find_leader(scene, car, ahead)
            ahead = car


# --- a run ---


def path_of(trips: Trips, vehicle: int) -> list[int]:
    """The drivables of a vehicle's path."""
    path: list[int] = trips.path[trips.path_start[vehicle] :].tolist()
    return path[: path.index(NONE)]


def run(network: Network, trips: Trips, rows: Ints, steps: int, trajectory: bool = False) -> OracleRun:
    """Moves `trips` for `steps` seconds while the intersections show `rows` (steps, N) of their phase tables."""
    streets = Streets(network.tables)
    scene = Scene(streets, [[] for _ in streets.length], [deque() for _ in range(streets.lanes)])
    record = OracleRun(*(np.full(len(trips), value, np.int32) for value in (NEVER, NEVER, 0, 0)), 0, [])
    due: dict[int, list[Car]] = {}
    for vehicle, (second, kind) in enumerate(zip(trips.scheduled.tolist(), trips.type_row.tolist(), strict=True)):
        due.setdefault(second, []).append(Car(vehicle, trips.types[kind], path_of(trips, vehicle)))
    updates = 0
    for now in range(steps):
        scene.rows = rows[now].tolist()
        for car in due.get(now, ()):
            scene.waiting[car.path[0]].append(car)
        updates += step(scene, record, now)
        if trajectory:
            cars = sorted(scene.cars(), key=lambda car: car.index)
            record.trajectory.append([(car.index, car.drivable, car.position, car.speed) for car in cars])
    return record._replace(updates=updates)


def step(scene: Scene, record: OracleRun, now: int) -> int:
    """One second; notes in `record` who entered, left and stood, and gives the number of vehicles moved."""
    for car in enter(scene):
        record.entered[car.index] = now
    was_moving = {car for car in scene.cars() if car.speed >= HALTED}
    announce(scene)
    plans = {car: plan(scene, car) for car in scene.cars()}
    for car in move(scene, plans, now):
        record.left[car.index] = now
    look(scene)
    for car in scene.cars():
        if car.speed < HALTED:
            record.halted[car.index] += 1
            record.stops[car.index] += car in was_moving
    return len(plans)
