"""How delay is spread over the vehicles, and how long the longest waits were."""

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.report.charts.axes import Axis, number_axis
from traffic_marl.report.charts.lines import Line, line_chart
from traffic_marl.report.charts.strips import Strip, bar, mark, point, strip_chart
from traffic_marl.report.findings import Findings
from traffic_marl.report.markup import Html
from traffic_marl.report.sections.section import figure, section
from traffic_marl.report.series import is_on_at_first

PERCENTS = (5, 25, 50, 75, 95, 99)  # of the vehicles
POINTS = 101  # of a curve
HALTS = (95, 99)  # [%] of the vehicles


def fairness(findings: Findings) -> Html | None:
    """The spread of delays and the longest standstills. None without what became of the vehicles."""
    if not findings.details:
        return None
    return section(
        "fairness",
        "Who waits?",
        figure(
            "Delay of single vehicles",
            _spread(findings),
            "Thick bar: the middle half of the vehicles. Thin bar: from 5 to 95 % of them. Line across: the median. "
            "Dot: 99 %. At the right: median, and the longest delay of any vehicle. All draws of the traffic together.",
        ),
        figure("Share of the vehicles whose delay was longer", _exceedance(findings)),
        figure(
            "Longest standstill of a vehicle",
            _standstills(findings),
            "Bar: from 95 to 99 % of the vehicles. Dot: the longest of any vehicle in any draw of the traffic. Waiting "
            "outside for room to enter is not included.",
        ),
    )


def _spread(findings: Findings) -> Html:
    found = {label: _percentiles(detail.delays, PERCENTS) for label, detail in findings.details.items()}
    axis = number_axis(np.concatenate(list(found.values())), "delay [s]")
    strips = []
    for place, row in enumerate(findings.comparison.rows):
        values, delays = found[row.label], findings.details[row.label].delays
        drawn = tuple(_box(axis, values, place)) if len(delays) else ()
        told = f"{values[2]:.0f}, up to {delays[-1]:.0f}" if len(delays) else "-"
        strips.append(Strip(row.label, drawn, told))
    return strip_chart(strips, axis, "Delay of single vehicles [s]")


def _box(axis: Axis, values: Floats, series: int) -> list[Html]:
    """Bars, median and dot of one strategy."""
    low, lower, middle, upper, high, rare = values.tolist()
    return [
        bar(axis, low, high, series, "thin"),
        bar(axis, lower, upper, series, "thick"),
        mark(axis, middle, "median"),
        point(axis, rare, series),
    ]


def _exceedance(findings: Findings) -> Html:
    most = max((_percentiles(detail.delays, (99,))[0] for detail in findings.details.values()), default=np.nan)
    across = number_axis([most], "delay [s]")
    limits = np.linspace(0.0, across.high, POINTS)
    lines = [
        Line(place, row.label, limits, _share_above(delays, limits), is_on=is_on_at_first(findings.comparison, place))
        for place, row in enumerate(findings.comparison.rows)
        for delays in (findings.details[row.label].delays,)
    ]
    up = number_axis([0.0, 100.0], "vehicles [%]")
    return line_chart(lines, across, up, "Share of vehicles with a longer delay", title="strategies shown")


def _share_above(delays: Floats, limits: Floats) -> Floats:
    """[%] of the vehicles whose delay is above each limit [s]."""
    above = len(delays) - np.searchsorted(delays, limits, side="right")
    return np.asarray(100.0 * above / max(len(delays), 1), np.float64)


def _standstills(findings: Findings) -> Html:
    longest = [detail.standstills[-1] for detail in findings.details.values() if len(detail.standstills)]
    axis = number_axis(longest, "standstill [s]")
    strips = []
    for place, row in enumerate(findings.comparison.rows):
        halts = findings.details[row.label].standstills
        if not len(halts):
            strips.append(Strip(row.label, (), "-"))
            continue
        low, high = _percentiles(halts.astype(np.float64), HALTS).tolist()
        drawn = (bar(axis, low, high, place, "thick"), point(axis, float(halts[-1]), place))
        strips.append(Strip(row.label, drawn, f"{low:.0f} to {high:.0f}, up to {halts[-1]}"))
    return strip_chart(strips, axis, "Longest standstill of a vehicle [s]")


def _percentiles(values: Floats, percents: tuple[int, ...]) -> Floats:
    """Percentiles, nan without a value."""
    return np.percentile(values, percents) if len(values) else np.full(len(percents), np.nan)
