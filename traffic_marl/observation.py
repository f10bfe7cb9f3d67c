"""Observation: what a learner sees of each intersection, made from readings alone and scaled to 0 .. 1.

The features stand by phase and movement, so that a network that treats all phases alike can be built on them; such a
policy works on any intersection. Slots that an intersection does not fill are 0 throughout.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.checks import check_name
from traffic_marl.kernels.observing import Sight, View, observe
from traffic_marl.kernels.tables import ALL_RED, GREEN, LEFT, NONE, RIGHT, THROUGH, YELLOW, Timing
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings

OBSERVATIONS: dict[str, str] = {
    "local": "queues, approaching vehicles by distance, backlog, delay and longest wait of each movement; the signal",
    "pressure": "local, and queue and vehicles on the roads that the movements lead to (as PressLight sees)",
    "upstream": "pressure, and what the intersections upstream send and hold back",
    "neighbours": "upstream, and which turns the intersections upstream let go",
}

LOCAL_FEATURES = (
    "present",  # 1 where the slot holds a movement
    "queue",  # halted vehicles on the movement's lanes / 40
    "moving_0_60",  # moving vehicles by distance from the stop line [m] / 40
    "moving_60_120",
    "moving_120_200",
    "moving_200_300",
    "moving_over_300",
    "backlog",  # vehicles without room to enter / 40
    "delay",  # sum of 1 - v / free speed, mean over the seconds of the interval / 40
    "longest_wait",  # [s] longest present standstill / 300
)
EXIT_FEATURES = (
    "exit_queue",  # halted vehicles on all lanes of the road it leads to / 80
    "exit_vehicles",  # vehicles there / 80
)
UPSTREAM_FEATURES = (
    "sent",  # vehicles upstream that stand or are within 120 m, on movements to this road that have green / 40
    "held",  # the same on those that have not / 40
)
NEIGHBOUR_FEATURES = (
    "right_sends",  # 1 while upstream right turns to this road have green
    "left_sends",
    "through_sends",
)
PARTS = (LOCAL_FEATURES, EXIT_FEATURES, UPSTREAM_FEATURES, NEIGHBOUR_FEATURES)  # each observation has one more
PHASE_FEATURES = (
    "shown",  # 1 for the phase shown; during an intergreen for the one that comes
    "since_served",  # [s] since it was last green / 240
    "allowed",  # 1 if a request for it would be granted before the next decision: the action mask
)
SIGNAL_FEATURES = (
    "age",  # [s] of the present interval / 60
    "yellow",
    "all_red",
)
TURN_RANKS = {"through": THROUGH, "left": LEFT, "right": RIGHT}
TURN_ORDER = ("right", "through", "left")  # clockwise, by where they lead to
AROUND = 360.0  # [degrees]


@dataclass(frozen=True)
class ObservationLayout:
    """What stands where in an observation of F numbers."""

    phases: int  # P
    movements: int  # S slots in each phase
    movement_features: tuple[str, ...]
    phase_features: tuple[str, ...] = PHASE_FEATURES
    signal_features: tuple[str, ...] = SIGNAL_FEATURES

    @property
    def size(self) -> int:
        """F."""
        each_phase = self.movements * len(self.movement_features) + len(self.phase_features)
        return self.phases * each_phase + len(self.signal_features)

    def split(self, observation: Any) -> tuple[Any, Any, Any]:
        """Parts of an observation (..., F): by movement (..., P, S, features), by phase (..., P, 3), signal (..., 3).

        Takes numpy arrays and torch tensors; the parts are views where the library makes them.
        """
        lead = tuple(observation.shape[:-1])
        by_movement = self.phases * self.movements * len(self.movement_features)
        by_phase = by_movement + self.phases * len(self.phase_features)
        return (
            observation[..., :by_movement].reshape(*lead, self.phases, self.movements, len(self.movement_features)),
            observation[..., by_movement:by_phase].reshape(*lead, self.phases, len(self.phase_features)),
            observation[..., by_phase:],
        )

    def allowed(self, observation: Any) -> Any:
        """The action mask in an observation (..., F): (..., P), 1 where a phase may be asked for."""
        return self.split(observation)[1][..., self.phase_features.index("allowed")]


class Encoder:
    """Makes observations of readings.

    Args:
        network: where the readings come from.
        timing: what its signals keep to.
        interval: [s] until the next decision.
        name: one of OBSERVATIONS.

    Raises:
        UsageError: there is no observation of this name.
    """

    def __init__(self, network: Network, timing: Timing, interval: int, name: str = "upstream") -> None:
        check_name("observation", name, OBSERVATIONS)
        self.name = name
        self.timing = timing
        self.interval = interval
        self._sight = sight(network)
        self._parts = 1 + list(OBSERVATIONS).index(name)
        _, phases, movements = self._sight.movement.shape
        features = tuple(feature for part in PARTS[: self._parts] for feature in part)
        self.layout = ObservationLayout(phases, movements, features)

    def __call__(self, readings: Readings) -> Singles:
        """Observations (B, N, F), each number in 0 .. 1."""
        out = np.empty((*readings.phase.shape, self.layout.size), np.float32)
        view = View(
            float(readings.span),
            readings.vehicles,
            readings.queue,
            readings.moving,
            readings.delay,
            readings.longest_wait,
            readings.backlog,
            readings.phase,
            readings.age,
            readings.since_served,
            readings.interval,
        )
        observe(self._sight, view, self.timing, self.interval, self._parts, out)
        return out


def allowed_phases(network: Network, timing: Timing, interval: int, readings: Readings) -> Bools:
    """(B, N, P) phases that would be granted if asked for now, before the next decision in `interval` [s].

    The phase shown, or about to be, is always allowed; another one where the intersection has it and a change can begin
    in time. The limits of the signals, max green and max red, may still overrule a request.
    """
    remaining = np.select(
        [readings.interval == GREEN, readings.interval == ALL_RED, readings.interval == YELLOW],
        [0, timing.all_red, timing.yellow + timing.all_red],
    )
    wait = np.maximum(remaining + timing.min_green - readings.age, 0)
    phase = np.arange(network.tables.served.shape[1])
    shown = readings.phase[:, :, None] == phase
    exists = phase < network.tables.phase_count[:, None]
    return np.asarray(shown | (exists & (wait < interval)[:, :, None]))


def sight(network: Network) -> Sight:
    """What an observer knows of a network."""
    tables = network.tables
    sender_start, sender = senders(network)
    return Sight(
        movement=slots(network),
        phase_count=tables.phase_count,
        served=tables.served,
        intersection=tables.movement_intersection,
        rank=np.array([TURN_RANKS[turn] for turn in network.movement_turns], np.int32),
        lane_start=tables.movement_lane_start,
        lane=tables.movement_lane,
        exit_start=tables.movement_exit_start,
        exit=tables.movement_exit,
        sender_start=sender_start,
        sender=sender,
    )


def slots(network: Network) -> Ints:
    """Movements in the slots of each phase, (N, P, S), NONE where there is none.

    Those that every phase serves gain nothing by a choice and have no slot. Within a phase they stand by the direction
    they come from, clockwise from that of the phase's first, and there from right to left; which comes first is the
    order of the network.
    """
    tables = network.tables
    phases = tables.served.shape[1]
    held = [movements_of(network, n) for n in range(len(tables.phase_count))]
    most = max(1, *(len(group) for groups in held for group in groups))
    table = np.full((len(held), phases, most), NONE, np.int32)
    for n, groups in enumerate(held):
        for p, group in enumerate(groups):
            table[n, p, : len(group)] = group
    return table


def movements_of(network: Network, n: int) -> list[list[int]]:
    """Movements of each phase of an intersection that some phase does not serve, in the order of their slots."""
    tables = network.tables
    count = int(tables.phase_count[n])
    here = np.flatnonzero(tables.movement_intersection == n)
    some = here[~tables.served[here, :count].all(axis=1)]
    return [in_order(network, [int(m) for m in some if tables.served[m, p]]) for p in range(count)]


def in_order(network: Network, movements: list[int]) -> list[int]:
    """Movements clockwise by the direction they come from, from that of the first on; then from right to left."""
    if not movements:
        return []
    first = heading(network, movements[0])

    def key(m: int) -> tuple[float, int, int]:
        turned = round((first - heading(network, m)) % AROUND, 3) % AROUND
        return turned, TURN_ORDER.index(network.movement_turns[m]), m

    return sorted(movements, key=key)


def heading(network: Network, m: int) -> float:
    """[degrees] counterclockwise from east: the direction in which a movement comes to its stop line."""
    line = network.lane_lines[network.tables.movement_lane[network.tables.movement_lane_start[m]]]
    east, north = line[-1] - line[-2]
    return float(np.degrees(np.arctan2(north, east)))


def senders(network: Network) -> tuple[Ints, Ints]:
    """For each movement a slice (M + 1,) of the movements that lead to the road it leaves from."""
    into: dict[str, list[int]] = {}
    for m, (_, road) in enumerate(network.movement_roads):
        into.setdefault(road, []).append(m)
    lists = [into.get(road, []) for road, _ in network.movement_roads]
    start = np.cumsum([0, *(len(each) for each in lists)]).astype(np.int32)
    return start, np.array([m for each in lists for m in each], np.int32)
