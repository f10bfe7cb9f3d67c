"""Charts with a strip for each strategy: points with intervals, or the spread of a number."""

from collections.abc import Sequence
from dataclasses import dataclass

from traffic_marl.report.charts.axes import Axis
from traffic_marl.report.charts.plot import look, path, svg
from traffic_marl.report.markup import Html, tag

HEIGHT = 100.0  # of a strip
MIDDLE = HEIGHT / 2.0


@dataclass(frozen=True)
class Strip:
    """A row of a chart."""

    name: str
    drawn: tuple[Html, ...]  # in places of the axis
    value: str  # the number in words, at the right
    note: str = ""  # below the name


def strip_chart(strips: Sequence[Strip], axis: Axis, label: str) -> Html:
    """Strips above each other, with their axis below."""
    rows = [
        tag(
            "div",
            tag("div", strip.name, *([tag("small", strip.note)] if strip.note else []), class_="name"),
            tag(
                "div", svg([_grid(axis), *strip.drawn], f"{label}, {strip.name}: {strip.value}", HEIGHT), class_="track"
            ),
            tag("div", strip.value, class_="value"),
            class_="strip",
        )
        for strip in strips
    ]
    ticks = [tag("span", text, style=f"left:{axis.share(value):.2f}%") for value, text in axis.ticks]
    foot = tag(
        "div",
        tag("div", class_="name"),
        tag("div", tag("div", *ticks, class_="across_ticks"), tag("div", axis.title, class_="across_title")),
        tag("div", class_="value"),
        class_="strip foot",
    )
    return tag("div", *rows, foot, class_="strips")


def interval(axis: Axis, low: float, high: float, series: int) -> Html:
    """A line from end to end, with stops at its ends."""
    left, right = axis.at(low), axis.at(high)
    ends = f"M{left:.1f} 30V70M{right:.1f} 30V70M{left:.1f} {MIDDLE:g}H{right:.1f}"
    return path(ends, f"whisker {look(series)}")


def point(axis: Axis, value: float, series: int, kind: str = "dot") -> Html:
    """A dot."""
    return path(f"M{axis.at(value):.1f} {MIDDLE:g}h0", f"{kind} {look(series)}")


def bar(axis: Axis, low: float, high: float, series: int, kind: str) -> Html:
    """A thick line from end to end."""
    return path(f"M{axis.at(low):.1f} {MIDDLE:g}H{axis.at(high):.1f}", f"{kind} {look(series)}")


def segment(axis: Axis, low: float, high: float, class_: str, title: str) -> Html:
    """A part of a stacked bar, with a title that shows where the pointer rests."""
    left, right = axis.at(low), axis.at(high)
    return tag(
        "rect",
        tag("title", title),
        x=f"{left:.1f}",
        y=22,
        width=f"{right - left:.1f}",
        height=56,
        class_=f"part {class_}",
    )


def mark(axis: Axis, value: float, kind: str = "zero") -> Html:
    """A line across the strip."""
    return path(f"M{axis.at(value):.1f} 0V{HEIGHT:g}", kind)


def _grid(axis: Axis) -> Html:
    return path("".join(f"M{axis.at(value):.1f} 0V{HEIGHT:g}" for value, _ in axis.ticks), "grid")
