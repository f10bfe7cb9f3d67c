"""Arterials: one main street with side streets across it."""

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
from traffic_marl.network.generators.grid import ONE_LANE_PER_TURN
from traffic_marl.network.generators.layout import Street, StreetLayout
from traffic_marl.network.generators.phase_choice import Phases, checked_choice
from traffic_marl.network.generators.phase_sets import DEFAULT_PHASES
from traffic_marl.network.generators.pockets import Lanes, Lengths, checked_pockets
from traffic_marl.network.generators.streets import build
from traffic_marl.network.model import Point, Turn
from traffic_marl.network.network import Network

TWO_THROUGH_LANES: Lanes = (("left",), ("through",), ("through",), ("right",))


def arterial(
    intersections: int,
    *,
    block: float | Sequence[float] = 300.0,
    lanes: Sequence[Sequence[Turn]] = TWO_THROUGH_LANES,
    side_lanes: Sequence[Sequence[Turn]] = ONE_LANE_PER_TURN,
    speed_limit: float = 13.89,
    side_speed_limit: float = 13.89,
    rim: float = 300.0,
    side_length: float = 300.0,
    intersection_width: float | None = None,
    lane_width: float = 4.0,
    phases: Phases = DEFAULT_PHASES,
    road_lanes: Mapping[str, Sequence[Sequence[Turn]]] | None = None,
    left_pocket: float | None = None,
    right_pocket: float | None = None,
    road_pockets: Mapping[str, Lengths] | None = None,
) -> Network:
    """A main street from west to east with a side street across it at each intersection.

    `intersection_1` in the west is at (0, 0), x grows to the east and y to the north. The main street ends at `west`
    and `east`, the side streets at `north_i` and `south_i`. `road_i_E` leaves `intersection_i` to the east.

    Args:
        intersections: at least 1.
        block: [m] between two intersections, centre to centre: one length, or one for each block from west to east.
        lanes: turns that each lane of the main street's approaches allows, from the centre line outwards.
        side_lanes: the same for the side streets.
        speed_limit: [m/s] on the main street.
        side_speed_limit: [m/s] on the side streets.
        rim: [m] from the outermost intersections to the ends of the main street.
        side_length: [m] from the main street to the ends of the side streets.
        intersection_width: [m] from a centre to the stop lines. None takes 3 m more than half the wider street, or
            more where several left lanes need room to pass the opposite ones.
        lane_width: [m].
        phases: `two`, `four` or `eight`, see `phase_sets.phase_table`, or a list of phases in the notation of
            `phase_rows`, or one of these by name of an intersection. With most of them, the first vehicle of a lane for
            several turns may block the others; use `two` or phases of one approach with such lanes.
        road_lanes: the same for the approach at the end of single roads, by name.
        left_pocket: [m] before the stop line at which the lanes for left turns alone begin. None: with the road.
        right_pocket: the same for the lanes for right turns alone.
        road_pockets: lengths of the pockets of single roads, by name and then by turn. An empty one has none.

    Raises:
        NetworkError: an argument is wrong.
    """
    main = Street(checked_lanes("lanes", lanes), checked_speed("speed_limit", speed_limit))
    side_street = Street(checked_lanes("side_lanes", side_lanes), checked_speed("side_speed_limit", side_speed_limit))
    streets = {"E": main, "N": side_street, "W": main, "S": side_street}
    own_lanes = checked_road_lanes(road_lanes)
    checked_count("intersections", intersections)
    lane_width = checked_length("lane_width", lane_width)
    places = _places(intersections, block)
    sites = _sites(places, checked_length("rim", rim), checked_length("side_length", side_length))
    legs = _legs(intersections)
    return build(
        StreetLayout(
            sites=sites,
            rim=frozenset(label for label in sites if label[0].isalpha()),
            legs=legs,
            streets={(label, side): streets[side] for label in sites for side in legs[label]},
            width=checked_width(intersection_width, [main.lanes, side_street.lanes, *own_lanes.values()], lane_width),
            lane_width=lane_width,
            phases=checked_choice(phases),
            road_lanes=own_lanes,
            pockets=checked_pockets(left_pocket, right_pocket, road_pockets or {}),
        )
    )


def _places(intersections: int, block: float | Sequence[float]) -> list[float]:
    """Position of each intersection along the main street, [m]."""
    if not isinstance(block, Sequence):
        length = checked_length("block", block)
        return [index * length for index in range(intersections)]
    if isinstance(block, str) or len(block) != intersections - 1:
        what = f"{block!r} does not give the {intersections - 1} blocks between {intersections} intersections"
        raise NetworkError("block", what, "give one length for all, or one for each block")
    places = [0.0]
    for index, length in enumerate(block):
        places.append(places[-1] + checked_length(f"block[{index}]", length))
    return places


def _sites(places: Sequence[float], rim: float, side_length: float) -> dict[str, Point]:
    """Positions by label, [m]: the intersections, then the ends of the streets."""
    sites = {str(number): (place, 0.0) for number, place in enumerate(places, 1)}
    sites |= {"west": (-rim, 0.0), "east": (places[-1] + rim, 0.0)}
    sites |= {f"south_{number}": (place, -side_length) for number, place in enumerate(places, 1)}
    sites |= {f"north_{number}": (place, side_length) for number, place in enumerate(places, 1)}
    return sites


def _legs(intersections: int) -> dict[str, dict[str, str]]:
    """The neighbours of each site: label -> side -> label."""
    street = ["west", *map(str, range(1, intersections + 1)), "east"]
    legs = {"west": {"E": street[1]}, "east": {"W": street[-2]}}
    for index, label in enumerate(street[1:-1], 1):
        north, south = f"north_{label}", f"south_{label}"
        legs[label] = {"E": street[index + 1], "N": north, "W": street[index - 1], "S": south}
        legs |= {north: {"S": label}, south: {"N": label}}
    return legs
