"""A small scenario, its map, and moments made by hand, for several tests of the viewer."""

from functools import cache
from typing import Any

import numpy as np

from traffic_marl.kernels.tables import GREEN, NONE
from traffic_marl.scenario import GridNetwork, Scenario, Signals, TurningFlows
from traffic_marl.simulation import Positions
from traffic_marl.strategies.catalogue import parse
from traffic_marl.viewer.live import LiveRun
from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.scene.street_map import StreetMap, street_map

TOWN = Scenario(
    name="small_town",
    network=GridNetwork(rows=2, columns=2, block_m=120.0),
    demand=TurningFlows(inflow_vph=550.0),
    signals=Signals(min_green_s=5, yellow_s=3, all_red_s=2),
    decision_interval_s=10,
    duration_s=240,
    clearing_s=400,
)


@cache
def town_map() -> StreetMap:
    return street_map(TOWN.build_network())


def live(strategy="fixed_time:green_s=20", seed=4, **options) -> LiveRun:
    return LiveRun(TOWN, parse(strategy), seed, streets=town_map(), **options)


def by_hand(streets: StreetMap, time: int, vehicles=(), **changes) -> Moment:
    """A moment with vehicles (number, drivable, distance, came_from) that drive at 10 m/s; signals at rest."""
    columns = list(zip(*vehicles, strict=True)) or [(), (), (), ()]
    count, n, k = len(vehicles), len(streets.intersections), len(streets.lane_lines)
    signals = dict.fromkeys(("phase", "previous", "age"), np.zeros(n, np.int32))
    fields = {
        "time": time,
        "vehicle": np.array(columns[0], np.int32),
        "drivable": np.array(columns[1], np.int32),
        "distance": np.array(columns[2], np.float64),
        "came_from": np.array(columns[3], np.int32),
        "speed": np.full(count, 10.0),
        "length": np.full(count, 5.0),
        "delay": np.zeros(count),
        "row": streets.phase_row[:, 0],
        "interval": np.full(n, GREEN, np.int32),
        "closed": np.zeros(0, np.int32),
    }
    counts = {
        "queue": np.zeros(k, np.int32),
        "backlog": np.zeros(k, np.int32),
        "under_way": count,
        "completed": 0,
        "mean_delay": 0.0,
    }
    given = {name: changes[name] for name in counts if name in changes}
    positions = {name: value for name, value in changes.items() if name not in counts}
    return Moment(Positions(**signals | fields | positions), **counts | given)


def parts_of(moment: Moment) -> dict[str, Any]:
    """All values of a moment, by name."""
    return {name: value for name, value in {**vars(moment.positions), **vars(moment)}.items() if name != "positions"}


def same_moment(one: Moment, other: Moment) -> bool:
    """Whether two moments show the same."""
    there = parts_of(other)
    return all(np.array_equal(value, there[name], equal_nan=True) for name, value in parts_of(one).items())


def way_through(streets: StreetMap, turn: str) -> tuple[int, int, int]:
    """A lane, the connection by which one turns like this, as a drivable, and the lane after it."""
    c = next(c for c, m in enumerate(streets.movement) if streets.movement_turns[m] == turn)
    return int(streets.start_lane[c]), len(streets.lane_lines) + c, int(streets.end_lane[c])


NOWHERE = NONE
