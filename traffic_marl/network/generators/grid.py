"""Grids of streets."""

from collections.abc import Sequence
from itertools import pairwise

from traffic_marl.errors import NetworkError
from traffic_marl.network.generators.arguments import (
    checked_count,
    checked_lanes,
    checked_length,
    checked_phases,
    checked_speed,
    checked_width,
)
from traffic_marl.network.generators.phase_sets import DEFAULT_PHASES
from traffic_marl.network.generators.streets import SIDES, Lanes, Street, StreetLayout, build, opposite
from traffic_marl.network.model import Point, Turn
from traffic_marl.network.network import Network

ONE_LANE_PER_TURN: Lanes = (("left",), ("through",), ("right",))


def grid(
    rows: int,
    columns: int,
    *,
    block: float = 300.0,
    lanes: Sequence[Sequence[Turn]] = ONE_LANE_PER_TURN,
    speed_limit: float = 13.89,
    rim: float | None = None,
    intersection_width: float | None = None,
    lane_width: float = 4.0,
    phases: str = DEFAULT_PHASES,
    missing: Sequence[tuple[str, str]] = (),
) -> Network:
    """A grid of signalised intersections, with a road in and out at the end of every street.

    `intersection_r_c` lies in row r, counted from 1 in the south, and column c, counted from 1 in the west;
    `intersection_1_1` is at (0, 0), x grows to the east and y to the north. The streets end at `west_r`, `east_r`,
    `south_c` and `north_c`. `road_r_c_E` leaves `intersection_r_c` to the east, `road_west_r_E` enters the grid.

    Args:
        rows: at least 1.
        columns: at least 1.
        block: [m] between two intersections, centre to centre.
        lanes: turns that each lane of an approach allows, from the centre line outwards. Where none of its turns
            exists, a lane is left out.
        speed_limit: [m/s].
        rim: [m] from the outermost intersections to the ends of the streets. None takes the length of a block.
        intersection_width: [m] from a centre to the stop lines. None takes 3 m more than half the street, or
            more where several left lanes need room to pass the opposite ones.
        lane_width: [m].
        phases: `two`, `four` or `eight`, see `phase_sets.phase_table`. With `four` and `eight`, the first vehicle of a
            lane for several turns may block the others; use `two` with such lanes.
        missing: legs to leave out, each as intersection and side, such as ("intersection_1_1", "N").

    Raises:
        NetworkError: an argument is wrong.
    """
    streets = dict.fromkeys(SIDES, Street(checked_lanes("lanes", lanes), checked_speed("speed_limit", speed_limit)))
    checked_count("rows", rows)
    checked_count("columns", columns)
    block = checked_length("block", block)
    rim = block if rim is None else checked_length("rim", rim)
    lane_width = checked_length("lane_width", lane_width)
    sites = _sites(rows, columns, block, rim)
    legs = _legs(rows, columns)
    _leave_out(legs, missing)
    return build(
        StreetLayout(
            sites={label: position for label, position in sites.items() if legs[label]},
            rim=frozenset(label for label in sites if label[0].isalpha()),
            legs=legs,
            streets=streets,
            width=checked_width(intersection_width, streets, lane_width),
            lane_width=lane_width,
            phases=checked_phases(phases),
        )
    )


def _sites(rows: int, columns: int, block: float, rim: float) -> dict[str, Point]:
    """Positions by label, [m]: the intersections, then the ends of the streets."""
    east, north = (columns - 1) * block + rim, (rows - 1) * block + rim
    sites = {
        f"{row}_{column}": ((column - 1) * block, (row - 1) * block)
        for row in range(1, rows + 1)
        for column in range(1, columns + 1)
    }
    sites |= {f"west_{row}": (-rim, (row - 1) * block) for row in range(1, rows + 1)}
    sites |= {f"east_{row}": (east, (row - 1) * block) for row in range(1, rows + 1)}
    sites |= {f"south_{column}": ((column - 1) * block, -rim) for column in range(1, columns + 1)}
    sites |= {f"north_{column}": ((column - 1) * block, north) for column in range(1, columns + 1)}
    return sites


def _legs(rows: int, columns: int) -> dict[str, dict[str, str]]:
    """The neighbours of each site: label -> side -> label."""
    lines = [
        ("E", [f"west_{row}", *(f"{row}_{column}" for column in range(1, columns + 1)), f"east_{row}"])
        for row in range(1, rows + 1)
    ]
    lines += [
        ("N", [f"south_{column}", *(f"{row}_{column}" for row in range(1, rows + 1)), f"north_{column}"])
        for column in range(1, columns + 1)
    ]
    legs: dict[str, dict[str, str]] = {label: {} for _, line in lines for label in line}
    for side, line in lines:
        for one, other in pairwise(line):
            legs[one][side] = other
            legs[other][opposite(side)] = one
    return legs


def _leave_out(legs: dict[str, dict[str, str]], missing: Sequence[tuple[str, str]]) -> None:
    """Removes legs at both of their ends."""
    for index, (name, side) in enumerate(missing):
        label = name.removeprefix("intersection_")
        if label == name or side not in legs.get(label, {}):
            what = f"{name} has no leg {side}"
            raise NetworkError(f"missing[{index}]", what, "name an intersection and a side of it: N, E, S or W")
        other = legs[label].pop(side)
        del legs[other][opposite(side)]
    for label, sides in legs.items():
        if not sides and not label[0].isalpha():
            raise NetworkError(
                "missing", f"intersection_{label} has no leg left", "leave at least two legs at each intersection"
            )
