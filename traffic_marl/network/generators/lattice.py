"""Lattices: rows and columns of intersections, each joined to the next ones, with a way out at the end of every line.

A site is named by its row and column, such as `2_1`, both counted from 1 in the south-west. The lines end at `west_r`,
`east_r`, `south_c` and `north_c`.
"""

from collections.abc import Sequence
from itertools import pairwise

from traffic_marl.network.generators.layout import opposite
from traffic_marl.network.model import Point

Legs = dict[str, dict[str, str]]  # label -> side -> label of the site next to it on that side


def even(count: int, block: float, rim: float) -> list[float]:
    """[m] Places of the sites of a line whose blocks are equally long, its two ends included."""
    return [-rim, *(place * block for place in range(count)), (count - 1) * block + rim]


def lattice_sites(x: Sequence[float], y: Sequence[float]) -> dict[str, Point]:
    """Positions by label, [m]: the intersections, then the ends of the streets.

    Args:
        x: [m] of the western end, of each column from west to east, and of the eastern end.
        y: [m] of the southern end, of each row from south to north, and of the northern end.
    """
    columns, rows = range(1, len(x) - 1), range(1, len(y) - 1)
    sites = {f"{row}_{column}": (x[column], y[row]) for row in rows for column in columns}
    sites |= {f"west_{row}": (x[0], y[row]) for row in rows}
    sites |= {f"east_{row}": (x[-1], y[row]) for row in rows}
    sites |= {f"south_{column}": (x[column], y[0]) for column in columns}
    sites |= {f"north_{column}": (x[column], y[-1]) for column in columns}
    return sites


def lattice_lines(rows: int, columns: int) -> list[tuple[str, list[str]]]:
    """The lines with the side on which each site has its next one: rows to the east, then columns to the north."""
    lines = [
        ("E", [f"west_{row}", *(f"{row}_{column}" for column in range(1, columns + 1)), f"east_{row}"])
        for row in range(1, rows + 1)
    ]
    lines += [
        ("N", [f"south_{column}", *(f"{row}_{column}" for row in range(1, rows + 1)), f"north_{column}"])
        for column in range(1, columns + 1)
    ]
    return lines


def lattice_legs(rows: int, columns: int) -> Legs:
    """The neighbours of each site."""
    lines = lattice_lines(rows, columns)
    legs: Legs = {label: {} for _, line in lines for label in line}
    for side, line in lines:
        for one, other in pairwise(line):
            legs[one][side] = other
            legs[other][opposite(side)] = one
    return legs


def is_rim(label: str) -> bool:
    """Whether a site is the end of a line."""
    return label[0].isalpha()


def without_leg(legs: Legs, label: str, side: str) -> None:
    """Removes a leg at both of its ends, in place."""
    other = legs[label].pop(side)
    del legs[other][opposite(side)]
