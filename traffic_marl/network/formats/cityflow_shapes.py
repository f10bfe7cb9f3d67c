"""Points and lines of CityFlow's road network files."""

import math

from traffic_marl.network.checks import SHORTEST_STEP
from traffic_marl.network.formats.document import JsonValue
from traffic_marl.network.model import FARTHEST, Line, Point
from traffic_marl.remarks import RemarkBook


def read_point(entry: JsonValue) -> Point:
    """A point.

    Raises:
        NetworkError: a coordinate is missing, is not a number or is too large.
    """
    x, y = (entry[axis].within(-FARTHEST, FARTHEST, "metres") for axis in ("x", "y"))
    return x, y


def read_line(entry: JsonValue) -> Line:
    """The course of a road or a lane link.

    Raises:
        NetworkError: it has fewer than two points.
    """
    points = tuple(read_point(point) for point in entry)
    if len(points) < 2:
        raise entry.error("a course needs at least two points", "give its start and its end")
    return points


def read_road_line(entry: JsonValue, road: str, book: RemarkBook) -> Line:
    """The course of a road, in which points that stand twice in a row count once. The book notes them.

    Raises:
        NetworkError: as for `read_line`, or its points are all the same.
    """
    points = read_line(entry)
    if all(point == points[0] for point in points):
        raise entry.error("its points are all the same, so its length is zero", "give its course in metres")
    kept = [points[0]]
    for point in points[1:]:
        if math.dist(kept[-1], point) >= SHORTEST_STEP:
            kept.append(point)
        else:
            error = entry.error("two points in a row are the same", "remove one of them")
            book.add("{count} point{s} of roads given twice in a row, counted once", f"on road {road}", error)
    if kept[-1] != points[-1]:
        kept[-1] = points[-1]
    return tuple(kept) if len(kept) > 1 else points
