"""Grids of streets."""

from collections.abc import Mapping, Sequence

from traffic_marl.errors import NetworkError
from traffic_marl.network.generators.arguments import (
    checked_count,
    checked_lanes,
    checked_length,
    checked_road_lanes,
    checked_speed,
    checked_width,
)
from traffic_marl.network.generators.lattice import Legs, even, is_rim, lattice_legs, lattice_sites, without_leg
from traffic_marl.network.generators.layout import Street, StreetLayout
from traffic_marl.network.generators.phase_choice import Phases, checked_choice
from traffic_marl.network.generators.phase_sets import DEFAULT_PHASES
from traffic_marl.network.generators.pockets import Lanes, Lengths, checked_pockets
from traffic_marl.network.generators.streets import build
from traffic_marl.network.model import Turn
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
    phases: Phases = DEFAULT_PHASES,
    missing: Sequence[tuple[str, str]] = (),
    column_lanes: Sequence[Sequence[Turn]] | None = None,
    column_speed_limit: float | None = None,
    road_lanes: Mapping[str, Sequence[Sequence[Turn]]] | None = None,
    left_pocket: float | None = None,
    right_pocket: float | None = None,
    road_pockets: Mapping[str, Lengths] | None = None,
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
        phases: `two`, `four` or `eight`, see `phase_sets.phase_table`, or a list of phases in the notation of
            `phase_rows`, or one of these by name of an intersection. With most of them, the first vehicle of a lane for
            several turns may block the others; use `two` or phases of one approach with such lanes.
        missing: legs to leave out, each as intersection and side, such as ("intersection_1_1", "N").
        column_lanes: lanes of the streets from south to north. None takes those of the other streets.
        column_speed_limit: [m/s] on these streets. None takes that of the other streets.
        road_lanes: the same for the approach at the end of single roads, by name.
        left_pocket: [m] before the stop line at which the lanes for left turns alone begin. None: with the road.
        right_pocket: the same for the lanes for right turns alone.
        road_pockets: lengths of the pockets of single roads, by name and then by turn. An empty one has none.

    Raises:
        NetworkError: an argument is wrong.
    """
    row = Street(checked_lanes("lanes", lanes), checked_speed("speed_limit", speed_limit))
    column = Street(
        row.lanes if column_lanes is None else checked_lanes("column_lanes", column_lanes),
        row.limit if column_speed_limit is None else checked_speed("column_speed_limit", column_speed_limit),
    )
    streets = {"E": row, "N": column, "W": row, "S": column}
    own_lanes = checked_road_lanes(road_lanes)
    checked_count("rows", rows)
    checked_count("columns", columns)
    block = checked_length("block", block)
    rim = block if rim is None else checked_length("rim", rim)
    lane_width = checked_length("lane_width", lane_width)
    sites = lattice_sites(even(columns, block, rim), even(rows, block, rim))
    legs = lattice_legs(rows, columns)
    _leave_out(legs, missing)
    return build(
        StreetLayout(
            sites={label: position for label, position in sites.items() if legs[label]},
            rim=frozenset(filter(is_rim, sites)),
            legs=legs,
            streets={(label, side): streets[side] for label in sites for side in legs[label]},
            width=checked_width(intersection_width, [row.lanes, column.lanes, *own_lanes.values()], lane_width),
            lane_width=lane_width,
            phases=checked_choice(phases),
            road_lanes=own_lanes,
            pockets=checked_pockets(left_pocket, right_pocket, road_pockets or {}),
        )
    )


def _leave_out(legs: Legs, missing: Sequence[tuple[str, str]]) -> None:
    """Removes legs at both of their ends."""
    for index, (name, side) in enumerate(missing):
        label = name.removeprefix("intersection_")
        if label == name or side not in legs.get(label, {}):
            what = f"{name} has no leg {side}"
            raise NetworkError(f"missing[{index}]", what, "name an intersection and a side of it: N, E, S or W")
        without_leg(legs, label, side)
    for label, sides in legs.items():
        if not sides and not is_rim(label):
            raise NetworkError(
                "missing", f"intersection_{label} has no leg left", "leave at least two legs at each intersection"
            )
