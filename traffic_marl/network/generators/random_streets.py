"""Random networks: grids and irregular ones, with streets that differ in blocks, lanes and speed limits."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, get_args

import networkx as nx
import numpy as np

from traffic_marl.errors import NetworkError
from traffic_marl.network.generators.lattice import (
    Legs,
    is_rim,
    lattice_legs,
    lattice_lines,
    lattice_sites,
    without_leg,
)
from traffic_marl.network.generators.layout import Street, StreetLayout, default_width, exact, opposite
from traffic_marl.network.generators.phase_choice import Phases, checked_choice
from traffic_marl.network.generators.phase_sets import DEFAULT_PHASES
from traffic_marl.network.generators.pockets import Lanes
from traffic_marl.network.generators.streets import build
from traffic_marl.network.network import Network
from traffic_marl.units import KMH

Shape = Literal["any", "grid", "irregular"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
LANE_WIDTH = 4.0  # [m]
LONGEST_LINE = 8  # intersections in a network that is a single street
STRETCH = 4  # most rows for each column, or columns for each row, in other networks
LEAST_LEGS = 3  # of an intersection
SHARE_OF_STREETS = 0.3  # that differ from the other streets of a network, where streets may differ
LANE_SETS: dict[str, tuple[Lanes, ...]] = {  # by set of phases, such that a phase serves all turns of a lane or none
    "two": (
        (("left", "through", "right"),),
        (("left", "through"), ("through", "right")),
        (("left",), ("through", "right")),
        (("left",), ("through",), ("right",)),
        (("left",), ("through",), ("through", "right")),
    ),
    "four": (
        (("left",), ("through", "right")),
        (("left",), ("through",), ("right",)),
        (("left",), ("through",), ("through", "right")),
    ),
}
LANE_SETS["eight"] = LANE_SETS["four"]


def random_streets(
    seed: int,
    *,
    intersections: tuple[int, int] = (4, 20),
    shape: Shape = "any",
    block: tuple[float, float] = (100.0, 800.0),
    lanes: tuple[int, int] = (1, 3),
    speed_limit: tuple[float, float] = (8.0, 17.0),
    phases: Phases = DEFAULT_PHASES,
) -> Network:
    """A random network of signalised intersections with three or four legs each. The same seed gives the same one.

    Names are those of a grid. An irregular network is a grid without some of its roads, within it or at its rim, and
    has T-junctions. All its intersections are joined.

    Args:
        seed: of all draws.
        intersections: least and most number.
        shape: `grid`, `irregular`, or `any` of the two.
        block: [m] least and greatest length of a block, centre to centre. Each network has lengths of its own within
            these bounds, for its rows and for its columns.
        lanes: least and most lanes of a street. With the phases `four` and `eight` there are at least two.
        speed_limit: [m/s] least and greatest speed limit.
        phases: as for `grid.grid`. Rows of one's own are made for the lanes of the set `four`.

    Raises:
        NetworkError: no network has these properties.
    """
    choice = checked_choice(phases)
    kinds = _lane_sets(choice.usual if isinstance(choice.usual, str) else DEFAULT_PHASES, lanes)
    generator = np.random.default_rng(seed)
    rows, columns = _size(intersections, generator)
    is_irregular = bool(generator.random() < 0.5) if shape == "any" else shape == "irregular"
    sites = lattice_sites(_places(columns, block, generator), _places(rows, block, generator))
    legs = lattice_legs(rows, columns)
    if is_irregular:
        _leave_out(legs, generator)
    streets = _streets(rows, columns, kinds, speed_limit, generator)
    return build(
        StreetLayout(
            sites={label: position for label, position in sites.items() if legs[label]},
            rim=frozenset(filter(is_rim, sites)),
            legs=legs,
            streets=streets,
            width=exact(default_width([street.lanes for street in streets.values()], LANE_WIDTH)),
            lane_width=LANE_WIDTH,
            phases=choice,
        )
    )


def _lane_sets(phases: str, lanes: tuple[int, int]) -> list[Lanes]:
    """The lane sets that suit the phases and the number of lanes."""
    least, most = lanes
    kinds = [kind for kind in LANE_SETS[phases] if least <= len(kind) <= most]
    if not kinds:
        what = f"no street of {least} to {most} lanes suits the phases {phases}"
        raise NetworkError("lanes", what, "allow 2 or 3 lanes, or other phases")
    return kinds


def _size(intersections: tuple[int, int], generator: np.random.Generator) -> tuple[int, int]:
    """Rows and columns: first the number of intersections, each as likely as any other, then a shape for it."""
    least, most = intersections
    sizes = [
        (rows, columns)
        for rows in range(1, most + 1)
        for columns in range(-(-least // rows), most // rows + 1)
        if _is_compact(rows, columns)
    ]
    if not sizes:  # such as 11 to 11, which only a long street has
        sizes = [(1, most)]
    products = sorted({rows * columns for rows, columns in sizes})
    wanted = products[generator.integers(len(products))]
    alike = [size for size in sizes if size[0] * size[1] == wanted]
    return alike[generator.integers(len(alike))]


def _is_compact(rows: int, columns: int) -> bool:
    """Whether it is no long and narrow network, unless it is a single street."""
    fewer, more = sorted((rows, columns))
    return more <= LONGEST_LINE if fewer == 1 else more <= STRETCH * fewer


def _places(count: int, block: tuple[float, float], generator: np.random.Generator) -> list[float]:
    """[m] Places along a line of its western or southern end, its sites, and the other end.

    The blocks are equally long, or vary about a length of their own.
    """
    least, most = block
    usual = np.exp(generator.uniform(np.log(least), np.log(most)))
    spread = float(generator.choice([0.0, 0.5]))
    factors = generator.uniform(1.0 - spread, 1.0 + spread, count + 1)
    lengths = np.clip(np.round(usual * factors), least, most)
    places = np.concatenate(([0.0], np.cumsum(lengths))) - lengths[0]
    return [exact(place) for place in places.tolist()]


def _leave_out(legs: Legs, generator: np.random.Generator) -> None:
    """Removes legs in random order, in place. All intersections stay joined and keep LEAST_LEGS."""
    inner = [label for label in legs if not is_rim(label)]
    wanted = round(len(inner) * generator.uniform(0.2, 0.8))  # [intersections] that lose a leg
    candidates = [(label, side) for label in inner for side in legs[label]]
    lost = 0
    for place in generator.permutation(len(candidates)):
        label, side = candidates[place]
        if lost < wanted and side in legs[label] and _may_go(legs, label, side):
            lost += 1 if is_rim(legs[label][side]) else 2
            without_leg(legs, label, side)


def _may_go(legs: Legs, label: str, side: str) -> bool:
    """Whether the network stays joined, with enough legs at each intersection, without this leg."""
    ends = [end for end in (label, legs[label][side]) if not is_rim(end)]
    if any(len(legs[end]) <= LEAST_LEGS for end in ends):
        return False
    graph = nx.Graph((one, other) for one in legs for other in legs[one].values())
    graph.remove_edge(label, legs[label][side])
    return len(ends) == 1 or nx.has_path(graph, *ends)


def _streets(
    rows: int,
    columns: int,
    kinds: Sequence[Lanes],
    speed_limit: tuple[float, float],
    generator: np.random.Generator,
) -> dict[tuple[str, str], Street]:
    """The street of each leg. Most streets of a network are alike, and in half of the networks some differ."""
    varied = bool(generator.random() < 0.5)
    usual = _street(kinds, speed_limit, generator)
    streets = {}
    for side, line in lattice_lines(rows, columns):
        drawn, differs = _street(kinds, speed_limit, generator), generator.random() < SHARE_OF_STREETS
        street = drawn if varied and differs else usual
        for one, other in pairwise(line):
            streets[one, side] = streets[other, opposite(side)] = street
    return streets


def _street(kinds: Sequence[Lanes], speed_limit: tuple[float, float], generator: np.random.Generator) -> Street:
    """Lanes and a speed limit in whole kilometres per hour, as far as the bounds allow."""
    least, most = speed_limit
    limit = round(generator.uniform(least, most) / KMH) * KMH
    return Street(kinds[int(generator.integers(len(kinds)))], float(np.clip(limit, least, most)))
