"""A plan of the network, with a colour and a width for each road."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.report.charts.plot import path
from traffic_marl.report.markup import Html, joined, tag
from traffic_marl.viewer.scene.lines import shifted
from traffic_marl.viewer.scene.street_map import StreetMap

WIDTH = 600.0  # of the picture
HIGHEST = 900.0
MARGIN = 24.0
BESIDE = 4.0  # from the middle of a street to the line of each direction
THIN, THICK = 2.0, 7.0  # lines of the least and the most shade
UNKNOWN = "unknown"  # class of a road without a number


class Plan:
    """Places of a network in a picture."""

    def __init__(self, streets: StreetMap) -> None:
        west, south, east, north = streets.bounds
        across, up = max(east - west, 1.0), max(north - south, 1.0)
        self.scale = min((WIDTH - 2 * MARGIN) / across, (HIGHEST - 2 * MARGIN) / up)
        self.corner = np.array([west - ((WIDTH - 2 * MARGIN) / self.scale - across) / 2.0, north])
        self.height = up * self.scale + 2 * MARGIN

    def places(self, points: Floats) -> Floats:
        """(n, 2) places of points [m], y downwards."""
        return np.asarray((points - self.corner) * np.array([self.scale, -self.scale]) + MARGIN)


def street_plan(
    streets: StreetMap, values: Mapping[str, float], limits: Sequence[float], label: str, unit: str
) -> Html:
    """The plan of a network.

    Args:
        streets: of the network.
        values: by name of the road. Roads without one are drawn faintly.
        limits: from which a road has the next shade, ascending.
        label: the plan in words.
        unit: of the values.
    """
    plan = Plan(streets)
    drawn = sorted(_roads(streets, plan, values, limits, unit), key=lambda each: each[0])
    dots = [
        tag("circle", tag("title", name), cx=f"{x:.1f}", cy=f"{y:.1f}", r="3.5", class_="node")
        for name, (x, y) in zip(streets.intersections, plan.places(streets.positions).tolist(), strict=True)
    ]
    box = f"0 0 {WIDTH:g} {plan.height:.0f}"
    return tag("svg", *(shape for _, shape in drawn), *dots, viewBox=box, role="img", aria_label=label, class_="plan")


def shade_of(value: float, limits: Sequence[float]) -> int:
    """Number of limits that a value reaches."""
    return int(np.searchsorted(np.asarray(limits), value, side="right"))


def scale_of(limits: Sequence[float], unit: str) -> Html:
    """The shades with their limits."""
    texts = [f"below {limits[0]:g}", *(f"from {limit:g}" for limit in limits)]
    parts = [
        tag("span", tag("i", class_=f"swatch shade{shade}"), f"{text} {unit}", class_="entry")
        for shade, text in enumerate(texts)
    ]
    return tag("p", joined(parts), class_="scale")


def _roads(
    streets: StreetMap, plan: Plan, values: Mapping[str, float], limits: Sequence[float], unit: str
) -> Iterator[tuple[int, Html]]:
    """A line for each road, with its shade."""
    for number, name in enumerate(streets.roads):
        lanes = np.flatnonzero(streets.lane_road == number)
        line = streets.lane_lines[int(lanes[0])]
        places = plan.places(shifted(line, -BESIDE / plan.scale) if len(line) > 1 else line)
        points = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places.tolist())
        value = values.get(name)
        if value is None or not np.isfinite(value):
            yield -1, path(points, f"road {UNKNOWN}", name)
            continue
        shade = shade_of(value, limits)
        wide = THIN + (THICK - THIN) * shade / max(len(limits), 1)
        title = tag("title", f"{name}: {value:.1f} {unit}")
        yield shade, tag("path", title, d=points, class_=f"road shade{shade}", stroke_width=f"{wide:.1f}")
