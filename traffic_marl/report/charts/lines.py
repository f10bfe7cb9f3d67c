"""Charts of lines over time or over another number."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.report.charts.axes import SIDE, Axis
from traffic_marl.report.charts.plot import framed, legend, look, path, polyline
from traffic_marl.report.markup import Html, joined, tag


@dataclass(frozen=True, eq=False)
class Line:
    """A line of a chart."""

    series: int  # which gives its colour
    name: str
    x: Floats
    y: Floats  # nan breaks the line
    low: Floats | None = None  # lower and upper edge of a band around it
    high: Floats | None = None
    is_on: bool = True  # at first


def line_chart(
    lines: Sequence[Line], across: Axis, up: Axis, label: str, *, title: str = "", is_switched: bool = True
) -> Html:
    """Lines between axes, below their legend.

    Args:
        lines: the last ones are drawn first, so that the first ones stay visible.
        across: axis at the bottom.
        up: axis at the left.
        label: the chart in words, for those who do not see it.
        title: of the legend. Empty leaves out the legend.
        is_switched: whether the legend switches the strategies of the comparison on and off.
    """
    drawn = [_drawn(line, across, up, is_switched) for line in reversed(lines)]
    entries = [(line.series, line.name, line.is_on) for line in lines]
    names = [legend(entries, title, is_switched=is_switched)] if title else []
    return joined([*names, framed(drawn, across, up, label)])


def _drawn(line: Line, across: Axis, up: Axis, is_switched: bool) -> Html:
    """A line, and its band."""
    x, tone = across.places(line.x), look(line.series)
    parts = []
    if line.low is not None and line.high is not None:
        parts += [path(each, f"band {tone}") for each in _bands(x, _down(up, line.low), _down(up, line.high))]
    parts.append(path(polyline(x.tolist(), _down(up, line.y).tolist()), f"line {tone}", line.name))
    alone = _alone(line.y)
    if alone.any():  # a point without neighbours would be a line without length
        places = zip(x[alone], _down(up, line.y)[alone], strict=True)
        parts.append(path("".join(f"M{left:.1f} {top:.1f}h0" for left, top in places), f"dot {tone}", line.name))
    series = line.series if is_switched else None
    return tag("g", *parts, data_series=series, class_=None if line.is_on else "off")


def _down(up: Axis, values: Floats) -> Floats:
    """Places counted from the top. Values beyond the axis stay at its ends."""
    return np.clip(SIDE - up.places(values), 0.0, SIDE)


def _bands(x: Floats, low: Floats, high: Floats) -> list[str]:
    """Outlines of the areas between two edges, one for each stretch without a gap."""
    known = np.isfinite(low) & np.isfinite(high)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    outlines = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        there = np.concatenate([x[begin:end], x[begin:end][::-1]])
        edge = np.concatenate([high[begin:end], low[begin:end][::-1]])
        outlines.append(f"{polyline(there.tolist(), edge.tolist())}Z")
    return outlines


def _alone(values: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Values without a neighbour."""
    known = np.isfinite(values)
    before, after = np.roll(known, 1), np.roll(known, -1)
    if len(known):
        before[0] = after[-1] = False
    return np.asarray(known & ~before & ~after)
