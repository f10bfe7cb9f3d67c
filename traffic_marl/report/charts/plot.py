"""The frame of a chart: a stretched picture between axes whose texts keep their size at any width."""

from collections.abc import Sequence

from traffic_marl.report.charts.axes import SIDE, Axis
from traffic_marl.report.markup import Html, joined, tag

TONES = 8  # colours of series in the style sheet
DASHES = 4  # patterns of lines in the style sheet
OF_ALL = -1  # series of a number that is the same for all strategies


def look(series: int) -> str:
    """Classes of colour and line of a series, which differ in both from those of its neighbours."""
    if series == OF_ALL:
        return "neutral"
    return f"tone{series % TONES} dash{series % DASHES}"


def framed(drawn: Sequence[str], across: Axis, up: Axis, label: str, *, kind: str = "") -> Html:
    """A picture between its axes.

    Args:
        drawn: elements of the picture, in places of the axes. Up is counted downwards from SIDE.
        across: axis at the bottom.
        up: axis at the left.
        label: the chart in words, for those who do not see it.
        kind: class of the chart, for its height.
    """
    picture = svg([*_grid(across, up), *drawn], label)
    at_left = [tag("span", text, style=f"bottom:{up.share(value):.2f}%") for value, text in up.ticks]
    at_bottom = [tag("span", text, style=f"left:{across.share(value):.2f}%") for value, text in across.ticks]
    return tag(
        "div",
        tag("div", up.title, class_="up_title"),
        tag("div", *at_left, class_="up_ticks"),
        tag("div", picture, class_="canvas"),
        tag("div", *at_bottom, class_="across_ticks"),
        tag("div", across.title, class_="across_title"),
        class_=f"plot {kind}".strip(),
    )


def svg(drawn: Sequence[str], label: str, height: float = SIDE) -> Html:
    """A picture of the width SIDE that is stretched to its place."""
    return tag(
        "svg",
        *drawn,
        viewBox=f"0 0 {SIDE:g} {height:g}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )


def path(points: str, class_: str, title: str = "") -> Html:
    """A line along points, with a title that shows where the pointer rests."""
    return tag("path", *([tag("title", title)] if title else []), d=points, class_=class_)


def polyline(across: Sequence[float], down: Sequence[float]) -> str:
    """The path through places. One that is no number breaks it."""
    parts, pen = [], "M"
    for x, y in zip(across, down, strict=True):
        if x != x or y != y:
            pen = "M"
            continue
        parts.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L"
    return "".join(parts)


def _grid(across: Axis, up: Axis) -> list[Html]:
    """Fine lines at the ticks."""
    lines = [f"M0 {SIDE - up.at(value):.1f}H{SIDE:g}" for value, _ in up.ticks]
    lines += [f"M{across.at(value):.1f} 0V{SIDE:g}" for value, _ in across.ticks]
    return [path("".join(lines), "grid")]


def legend(entries: Sequence[tuple[int, str, bool]], title: str, *, is_switched: bool = True) -> Html:
    """Names of series with their lines.

    Args:
        entries: number of the series, its name, and whether it is on at first.
        title: of the legend.
        is_switched: whether each can be switched on and off.
    """
    drawn = joined(_entry(*entry, is_switched) for entry in entries)
    return tag("fieldset", tag("legend", title), drawn, class_="legend")


def _entry(series: int, name: str, is_on: bool, is_switched: bool) -> Html:
    sample = tag(
        "svg", path("M1 6H35", f"line {look(series)}"), viewBox="0 0 36 12", class_="sample", aria_hidden="true"
    )
    if not is_switched:
        return tag("span", sample, tag("span", name), class_="entry")
    box = tag("input", type="checkbox", data_switch=series, checked=is_on)
    return tag("label", box, sample, tag("span", name), class_="entry" if is_on else "entry unticked")
