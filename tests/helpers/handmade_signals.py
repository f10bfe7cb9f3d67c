"""Small networks and readings made by hand, for strategies to work on."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import networkx as nx
import numpy as np

from traffic_marl.kernels.tables import FINE_BANDS, GREEN, NEVER, NO_ARRIVAL, NONE, Roads, Timing
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings
from traffic_marl.strategies.strategy import Conditions

TIMING = Timing(min_green=5, max_green=NEVER, yellow=3, all_red=2, max_red=NEVER)
LIMIT = 15.0  # [m/s]
LANE = 280.0  # [m]
CROSSING = 20.0  # [m] length of every connection, so that blocks are 300 m from stop line to stop line


class Road(NamedTuple):
    lanes: int
    end: str  # node it leads to


class Movement(NamedTuple):
    entry: str
    lanes: tuple[int, ...]  # of the entry road
    exit: str
    turn: str


def make_network(
    roads: Mapping[str, Road], movements: Sequence[Movement], phases: Mapping[str, Sequence[tuple[int, ...]]]
) -> Network:
    """A network of signalised nodes (the keys of `phases`, which hold movements by number) and rim."""
    names = tuple(roads)
    nodes = tuple(phases)
    lanes = {name: [] for name in names}
    lane_road = []
    for number, (name, road) in enumerate(roads.items()):
        lanes[name] = list(range(len(lane_road), len(lane_road) + road.lanes))
        lane_road += [number] * road.lanes
    ends = [roads[names[road]].end for road in lane_road]
    entering = [[lanes[movement.entry][lane] for lane in movement.lanes] for movement in movements]
    leaving = [lanes[movement.exit] for movement in movements]
    connections = [m for m, group in enumerate(entering) for _ in group]
    most = max(len(rows) for rows in phases.values())
    served = np.zeros((len(movements), most), dtype=np.bool_)
    for rows in phases.values():
        for phase, row in enumerate(rows):
            served[list(row), phase] = True
    at = np.array([nodes.index(roads[movement.entry].end) for movement in movements], dtype=np.int32)
    length = np.array([LANE] * len(lane_road) + [CROSSING] * len(connections))
    blank = {field: np.zeros(0, dtype=np.int32) for field in Roads._fields}
    tables = Roads(
        **blank
        | {
            "length": length,
            "limit": np.where(np.arange(len(length)) < len(lane_road), LIMIT, 1e4),
            "lane_road": np.array(lane_road, dtype=np.int32),
            "lane_intersection": np.array([nodes.index(end) if end in nodes else NONE for end in ends], np.int32),
            "movement": np.array(connections, dtype=np.int32),
            "intersection": at[connections],
            "phase_count": np.array([len(rows) for rows in phases.values()], dtype=np.int32),
            "clearance_row": np.full((len(phases), most, most), most, dtype=np.int32),  # all red, after the phases
            "served": served,
            "movement_intersection": at,
            "movement_lane_start": _starts(entering),
            "movement_lane": np.array([lane for group in entering for lane in group], dtype=np.int32),
            "movement_exit_start": _starts(leaving),
            "movement_exit": np.array([lane for group in leaving for lane in group], dtype=np.int32),
        }
    )
    return Network(
        graph=nx.MultiDiGraph(),
        intersections=nodes,
        positions=np.zeros((len(nodes), 2)),
        roads=names,
        lane_names=tuple(f"{name}_{lane}" for name, road in roads.items() for lane in range(road.lanes)),
        movement_roads=tuple((movement.entry, movement.exit) for movement in movements),
        movement_turns=tuple(movement.turn for movement in movements),
        phase_names=tuple(tuple(f"phase {number}" for number in range(len(rows))) for rows in phases.values()),
        row_movements=tuple((*map(tuple, rows), *[()] * (most + 1 - len(rows))) for rows in phases.values()),
        lane_lines=tuple(np.zeros((2, 2)) for _ in lane_road),
        connection_lines=tuple(np.zeros((2, 2)) for _ in connections),
        tables=tables,
    )


def _starts(groups: Sequence[Sequence[int]]) -> Any:
    return np.cumsum([0, *(len(group) for group in groups)]).astype(np.int32)


# A crossing of four arms, three lanes each: left, through, right. Movements and entering lanes have the same numbers.
WL, WT, WR, EL, ET, ER, NL, NT, NR, SL, ST, SR = range(12)
RIGHTS = (WR, ER, NR, SR)
W_OUT, E_OUT, N_OUT, S_OUT = (range(start, start + 3) for start in (12, 15, 18, 21))  # lanes of the exit roads
FOUR_PHASES = ((WT, ET, *RIGHTS), (NT, ST, *RIGHTS), (WL, EL, *RIGHTS), (NL, SL, *RIGHTS))
TWO_PHASES = ((WT, ET, *RIGHTS), (NT, ST, *RIGHTS))
EXITS = {"W": "NES", "E": "SWN", "N": "ESW", "S": "WNE"}  # where left, through and right lead, by arm of origin


def crossing(phases: Sequence[tuple[int, ...]] = FOUR_PHASES) -> Network:
    """One intersection, X, under the given phases."""
    roads = {f"{arm}_in": Road(3, "X") for arm in "WENS"} | {f"{arm}_out": Road(3, arm) for arm in "WENS"}
    movements = [
        Movement(f"{arm}_in", (lane,), f"{EXITS[arm][lane]}_out", turn)
        for arm in "WENS"
        for lane, turn in enumerate(("left", "through", "right"))
    ]
    return make_network(roads, movements, {"X": phases})


EAST, WEST, SOUTH, NORTH = range(4)  # movements of each intersection of the arterial, by the way they go


def arterial(intersections: int) -> Network:
    """Intersections in a row from west to east, 300 m apart, one lane each way; phase 0 main road, phase 1 side road.

    Intersection j has movements 4 j + EAST, WEST, SOUTH, NORTH, all through.
    """
    roads: dict[str, Road] = {}
    movements = []
    for j in range(intersections):
        roads[f"east {j}"] = Road(1, f"J{j}")
        roads[f"west {j + 1}"] = Road(1, f"J{j}")
        roads[f"south {j}"] = Road(1, f"J{j}")
        roads[f"north {j}"] = Road(1, f"J{j}")
        movements.append(Movement(f"east {j}", (0,), f"east {j + 1}", "through"))
        movements.append(Movement(f"west {j + 1}", (0,), f"west {j}", "through"))
        movements.append(Movement(f"south {j}", (0,), f"south out {j}", "through"))
        movements.append(Movement(f"north {j}", (0,), f"north out {j}", "through"))
        roads[f"south out {j}"] = Road(1, "rim")
        roads[f"north out {j}"] = Road(1, "rim")
    roads[f"east {intersections}"] = Road(1, "rim")
    roads["west 0"] = Road(1, "rim")
    phases = {f"J{j}": [(4 * j + EAST, 4 * j + WEST), (4 * j + SOUTH, 4 * j + NORTH)] for j in range(intersections)}
    return make_network(roads, movements, phases)


def mixed() -> Network:
    """Three intersections in a row with three phases, two and one; two lanes on the main road, the outer one shared."""
    roads = {"a": Road(2, "J0"), "b": Road(2, "J1"), "c": Road(2, "J2"), "d": Road(2, "rim")}
    roads |= {f"side {j}": Road(1, f"J{j}") for j in range(3)} | {f"off {j}": Road(1, "rim") for j in range(3)}
    movements = []
    for j, (entry, onward) in enumerate(("ab", "bc", "cd")):
        movements.append(Movement(entry, (0, 1), onward, "through"))
        movements.append(Movement(entry, (1,), f"off {j}", "right"))
        movements.append(Movement(f"side {j}", (0,), onward, "left"))
    phases = {"J0": [(0, 1), (0, 2), (1, 2)], "J1": [(3, 4), (5, 4)], "J2": [(6, 7, 8)]}
    return make_network(roads, movements, phases)


def conditions(
    network: Network, flow_vph: Mapping[int, float] | float = 0.0, timing: Timing = TIMING, **more: Any
) -> Conditions:
    """Conditions with the given flows [veh/h], by movement or the same for all."""
    flow = np.zeros(len(network.movement_turns))
    if isinstance(flow_vph, Mapping):
        flow[list(flow_vph)] = list(flow_vph.values())
    else:
        flow[:] = flow_vph
    return Conditions(
        **{"network": network, "timing": timing, "interval": 10, "flow": flow / 3600.0, "seeds": (0,)} | more
    )


def readings(
    network: Network,
    time: int = 0,
    queue: Mapping[int, int] | None = None,
    moving: Mapping[tuple[int, int], int] | None = None,
    phase: int | Sequence[int] = 0,
    age: int = 0,
    interval: int = GREEN,
) -> Readings:
    """Readings of one copy: halted vehicles by lane, moving ones by lane and band, the same signal everywhere."""
    halted, running = (
        np.zeros((1, len(network.lane_names)), np.int32),
        np.zeros((1, len(network.lane_names), 5), np.int32),
    )
    for lane, vehicles in (queue or {}).items():
        halted[0, lane] = vehicles
    for (lane, band), vehicles in (moving or {}).items():
        running[0, lane, band] = vehicles
    signals = np.zeros((1, len(network.intersections)), dtype=np.int32)
    return complete(
        network, time, halted, running, signals + np.asarray(phase, np.int32), signals + age, signals + interval
    )


INTO = (1, 4, 6, 8, 10)  # the finer band that the vehicles of each band are in


def complete(network: Network, time: int, queue: Any, moving: Any, phase: Any, age: Any, interval: Any) -> Readings:
    """Readings with every field, those that no strategy needs at rest."""
    rest = np.zeros_like(queue)
    fine = np.zeros((*queue.shape, FINE_BANDS), np.int32)
    fine[:, :, INTO] = moving
    return Readings(
        time=time,
        span=5,
        vehicles=queue + moving.sum(axis=2, dtype=np.int32),
        queue=queue,
        moving=moving,
        moving_fine=fine,
        mean_speed=np.full(queue.shape, LIMIT),
        delay=np.zeros(queue.shape),
        next_arrival=np.full(queue.shape, NO_ARRIVAL),
        discharged=rest,
        longest_wait=rest,
        backlog=rest,
        phase=phase,
        age=age,
        since_served=np.zeros((*phase.shape, network.tables.served.shape[1]), dtype=np.int32),
        interval=interval,
        may_switch=interval == GREEN,
    )


def joined(single: Sequence[Readings]) -> Readings:
    """Readings of one copy each, taken at the same time, as those of a batch."""
    fields = {
        name: np.concatenate([getattr(one, name) for one in single])
        for name in vars(single[0])
        if name not in ("time", "span")
    }
    return Readings(time=single[0].time, span=single[0].span, **fields)


def random_readings(network, generator, time):
    """Readings of one copy with signals and traffic that need not go together."""
    lanes, intersections = len(network.lane_names), len(network.intersections)
    return complete(
        network,
        time,
        generator.integers(0, 6, (1, lanes), dtype=np.int32) * generator.integers(0, 2, (1, lanes), dtype=np.int32),
        generator.integers(0, 3, (1, lanes, 5), dtype=np.int32),
        generator.integers(0, network.tables.phase_count, (1, intersections), dtype=np.int32),
        generator.integers(0, 60, (1, intersections), dtype=np.int32),
        generator.integers(0, 3, (1, intersections), dtype=np.int32),
    )
