"""Delay over time, and vehicles that came and went."""

from collections.abc import Callable, Sequence

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.comparison.explanation import PERCENT
from traffic_marl.report.charts.axes import number_axis, time_axis
from traffic_marl.report.charts.lines import Line, line_chart
from traffic_marl.report.charts.plot import OF_ALL
from traffic_marl.report.details import Detail
from traffic_marl.report.findings import Findings
from traffic_marl.report.markup import Html
from traffic_marl.report.sections.section import figure, section
from traffic_marl.report.series import is_on_at_first

MINUTE = 60.0  # [s]
LEGEND = "strategies shown"
BEYOND = 1.3  # times the largest value of a line, at which a band is cut off


def over_time(findings: Findings) -> Html | None:
    """The three charts over time. None without what became of the vehicles."""
    if not findings.details:
        return None
    return section(
        "time",
        "Over time",
        figure(_title_of_delay(findings), _delay(findings), _on_delay(findings)),
        figure(
            "Vehicles that were due, and those that had arrived at their destination",
            _cumulative(findings),
            "The distance between two curves, read upwards, is the number of vehicles on the road or waiting to enter.",
        ),
        figure("Vehicles on the road or waiting to enter", _present(findings), "Mean over the draws of the traffic."),
    )


def _lines(findings: Findings, x: Callable[[Detail], Floats], y: Callable[[Detail], Floats]) -> list[Line]:
    """A line for each strategy, best first."""
    return [
        Line(place, row.label, x(detail), y(detail), is_on=is_on_at_first(findings.comparison, place))
        for place, row in enumerate(findings.comparison.rows)
        for detail in (findings.details[row.label],)
    ]


def _title_of_delay(findings: Findings) -> str:
    span = next(iter(findings.details.values())).span
    told = f"{span} s" if span < MINUTE or span % MINUTE else f"{span / MINUTE:.0f} min"
    return f"Mean delay of the vehicles that were due in each {told}"


def _delay(findings: Findings) -> Html:
    details = findings.details
    lines = [
        Line(
            place,
            row.label,
            np.arange(len(detail.delay), dtype=np.float64) * detail.span + detail.span / 2.0,
            np.array([each.mean for each in detail.delay]),
            low=np.array([_end(each.low) for each in detail.delay]),
            high=np.array([_end(each.high) for each in detail.delay]),
            is_on=is_on_at_first(findings.comparison, place),
        )
        for place, row in enumerate(findings.comparison.rows)
        for detail in (details[row.label],)
    ]
    return _chart(lines, findings.comparison.horizon, "mean delay [s/veh]", "time at which vehicles were due [h:min]")


def _end(value: float | None) -> float:
    return float("nan") if value is None else value


def _on_delay(findings: Findings) -> str:
    seeds = len(findings.comparison.seeds)
    bands = f"Bands: {PERCENT} intervals over {seeds} draws of the traffic." if seeds > 1 else ""
    cut = any(row.measures.unserved.any() for row in findings.comparison.rows)
    late = (
        "Some vehicles had not arrived when the runs ended, and those due late had little time for delay."
        if cut
        else ""
    )
    return " ".join(filter(None, (bands, late)))


def _cumulative(findings: Findings) -> Html:
    lines = _lines(findings, lambda detail: detail.times, lambda detail: detail.completed)
    longest = max(findings.details.values(), key=lambda detail: detail.times[-1])
    lines.insert(0, Line(OF_ALL, "due, the same for all", longest.times, longest.due))
    return _chart(lines, _end_of(findings), "vehicles so far [veh]", "time [h:min]")


def _present(findings: Findings) -> Html:
    lines = _lines(findings, lambda detail: detail.times, lambda detail: detail.due - detail.completed)
    return _chart(lines, _end_of(findings), "vehicles [veh]", "time [h:min]")


def _end_of(findings: Findings) -> float:
    """[s] the end of the longest run."""
    return max(float(detail.times[-1]) for detail in findings.details.values())


def _chart(lines: Sequence[Line], end: float, title: str, across: str) -> Html:
    """Lines over time. A band that reaches far beyond all lines is cut off, so that they stay apart."""
    values = np.concatenate([line.y for line in lines])
    most = float(np.fmax.reduce(values, initial=0.0))
    bands = [np.fmin(line.high, BEYOND * most) for line in lines if line.high is not None and line.is_on]
    up = number_axis(np.concatenate([values, *bands]), title)
    return line_chart(lines, time_axis(end, across), up, f"{title} over time", title=LEGEND)
