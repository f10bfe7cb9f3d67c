"""Corridors: chains of through movements, cut into the links between neighbouring intersections."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.tables import NONE, Roads
from traffic_marl.strategies.classical.incidence import needs_green
from traffic_marl.strategies.strategy import Conditions


@dataclass(frozen=True)
class Link:
    """A road from one intersection to the next, with the movements by which a platoon enters and leaves it."""

    upstream: int  # intersection n
    downstream: int  # intersection n
    feeding: int  # movement m by which the platoon enters the road
    served: int  # movement m by which it leaves the road
    travel_time: float  # [s] from stop line to stop line
    flow: float  # [veh/s] of the served movement


@dataclass(frozen=True, eq=False)
class Continuations:
    """The through movements that continue each road, with counts as in `kernels.tables`."""

    entry_road: Ints  # (M,) road from which a movement leaves
    exit_road: Ints  # (M,) road to which a movement leads
    onward: Ints  # (R,) heaviest through movement from the road, NONE without one
    inward: Ints  # (R,) heaviest of the onward movements that lead to the road, NONE without one


def links_by_importance(conditions: Conditions, speed: float | None) -> list[Link]:
    """All links between intersections, those of the busiest corridor first.

    A corridor is as busy as the sum of the flows of its links.

    Args:
        conditions: the network and the expected flows.
        speed: [m/s] of a platoon; None stands for the speed limit of each road.
    """
    through = continuations(conditions)
    corridors = [corridor_links(chain, through, conditions, speed) for chain in chains(through)]
    corridors.sort(key=lambda links: sum(link.flow for link in links), reverse=True)
    return [link for links in corridors for link in links]


def continuations(conditions: Conditions) -> Continuations:
    """The continuations of all roads under the expected flows."""
    tables = conditions.network.tables
    entry_road, exit_road = movement_ends(tables)
    roads = int(tables.lane_road.max()) + 1
    through = np.asarray([turn == "through" for turn in conditions.network.movement_turns], dtype=np.bool_)
    onward = heaviest(entry_road, through, conditions.flow, roads)
    chosen = through & (onward[entry_road] == np.arange(len(entry_road)))
    return Continuations(entry_road, exit_road, onward, heaviest(exit_road, chosen, conditions.flow, roads))


def movement_ends(tables: Roads) -> tuple[Ints, Ints]:
    """The road each movement leaves from and the one it leads to, (M,) each."""
    first_lane = tables.movement_lane[tables.movement_lane_start[:-1]]
    first_exit = tables.movement_exit[tables.movement_exit_start[:-1]]
    return tables.lane_road[first_lane], tables.lane_road[first_exit]


def heaviest(road: Ints, allowed: Bools, flow: Floats, roads: int) -> Ints:
    """(R,) the allowed movement of greatest flow of each road, the first of equals; NONE without one."""
    movements = np.flatnonzero(allowed)
    rising = movements[np.lexsort((-movements, flow[movements]))]
    # The last movement that is written stays: the one of greatest flow, and of equals the first.
    found = np.full(roads, NONE, dtype=np.int32)
    found[road[rising]] = rising
    return found


def chains(through: Continuations) -> list[list[int]]:
    """Chains of roads joined by through movements, in driving order; every road is in one chain."""
    follower = [_follower(road, through) for road in range(len(through.onward))]
    heads = [road for road in range(len(follower)) if through.inward[road] == NONE]
    seen: set[int] = set()
    found = []
    for head in [*heads, *range(len(follower))]:  # after the heads, only roads on closed rings are left
        chain = []
        road = head
        while road != NONE and road not in seen:
            seen.add(road)
            chain.append(road)
            road = follower[road]
        found.append(chain)
    return [chain for chain in found if chain]


def _follower(road: int, through: Continuations) -> int:
    movement = through.onward[road]
    if movement == NONE or through.inward[through.exit_road[movement]] != movement:
        return NONE
    return int(through.exit_road[movement])


def corridor_links(chain: list[int], through: Continuations, conditions: Conditions, speed: float | None) -> list[Link]:
    """The links on a chain of roads. Roads from or to the edge of the network are no links.

    Roads that meet at junctions without signals make up one link.
    """
    at = conditions.network.tables.movement_intersection
    links: list[Link] = []
    feeding, time = NONE, 0.0  # the movement by which the platoon left the last signal, and the time since then [s]
    for road in chain:
        into = _main_movement(through.exit_road == road, int(through.inward[road]), conditions)
        served = _main_movement(through.entry_road == road, int(through.onward[road]), conditions)
        if into == NONE or at[into] != NONE:
            feeding, time = into, 0.0
        if feeding == NONE or served == NONE:
            continue
        time += _travel_time(road, into, conditions, speed)
        if at[served] != NONE:
            flow = float(conditions.flow[served])
            links.append(Link(int(at[feeding]), int(at[served]), feeding, served, time, flow))
    return links


def _travel_time(road: int, into: int, conditions: Conditions, speed: float | None) -> float:
    """[s] of a platoon through a junction and along the road after it, to the end of that road."""
    tables = conditions.network.tables
    lanes = np.flatnonzero(tables.lane_road == road)
    crossing = tables.length[len(tables.lane_road) :][tables.movement == into].mean()
    platoon_speed = float(tables.limit[lanes].min()) if speed is None else speed
    return float(tables.length[lanes].mean() + crossing) / platoon_speed


def _main_movement(candidates: Bools, through: int, conditions: Conditions) -> int:
    """The through movement if there is one, else the candidate of greatest flow; NONE without candidates.

    Candidates that need a green come before others.
    """
    if through != NONE or not candidates.any():
        return through
    movements = np.flatnonzero(candidates)
    rank = np.lexsort((-movements, conditions.flow[movements], needs_green(conditions.network)[movements]))
    return int(movements[rank[-1]])
