"""The result: verdict, table, and the intervals of delays and differences."""

from collections.abc import Iterator

import numpy as np

from traffic_marl.comparison.comparison import Comparison, Row
from traffic_marl.comparison.explanation import PERCENT, short_notes
from traffic_marl.comparison.statistics import Verdict
from traffic_marl.comparison.table import render, title_of
from traffic_marl.report.charts.axes import Axis, number_axis
from traffic_marl.report.charts.strips import Strip, interval, mark, point, strip_chart
from traffic_marl.report.findings import Findings
from traffic_marl.report.markup import Html, tag
from traffic_marl.report.sections.section import figure, notes, section, table
from traffic_marl.report.verdict import verdict_of

SAID = {Verdict.BETTER: "better", Verdict.WORSE: "worse", Verdict.TIE: "tie", Verdict.UNKNOWN: ""}
FLAGS = "--explain"  # notes that name flags of the command line are left out


def results(findings: Findings) -> Html:
    """The verdict and the table."""
    comparison = findings.comparison
    told = [line for line in short_notes(comparison, wide=True) if FLAGS not in line]
    return section(
        "result",
        "Result",
        tag("p", verdict_of(comparison), class_="verdict"),
        tag("p", title_of(comparison), class_="note"),
        table(render(comparison, wide=True)),
        notes([line.replace("+-", "\N{PLUS-MINUS SIGN}") for line in told]),
    )


def intervals(findings: Findings) -> Html:
    """Mean delays and differences to the reference as charts."""
    comparison = findings.comparison
    drawn = [figure("Mean delay of each strategy", _delays(comparison), _on_delays(comparison))]
    if any(row.difference is not None for row in comparison.rows):
        title = f"Difference of the mean delay to {comparison.reference}, on the same traffic"
        drawn.append(figure(title, _differences(comparison), _on_differences(comparison)))
    return section("intervals", "How sure is that?", *drawn)


def _delays(comparison: Comparison) -> Html:
    rows = comparison.rows
    axis = number_axis(np.concatenate([_spread(row) for row in rows]), "mean delay [s/veh]")
    strips = [Strip(row.label, tuple(_marks(axis, row, place)), _told(row)) for place, row in enumerate(rows)]
    return strip_chart(strips, axis, "Mean delay [s/veh]")


def _spread(row: Row) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """All numbers that the strip of a strategy shows."""
    ends = [value for value in (row.delay.low, row.delay.high, row.delay.mean) if value is not None]
    return np.asarray(np.append(row.measures.mean_delay, ends))


def _marks(axis: Axis, row: Row, series: int) -> Iterator[Html]:
    """Small dots for the seeds, then the interval and the mean."""
    for delay in row.measures.mean_delay[np.isfinite(row.measures.mean_delay)].tolist():
        yield point(axis, delay, series, "seed")
    if row.delay.low is not None and row.delay.high is not None:
        yield interval(axis, row.delay.low, row.delay.high, series)
    if row.delay.seeds:
        yield point(axis, row.delay.mean, series)


def _told(row: Row) -> str:
    if not row.delay.seeds:
        return "-"
    wide = "" if row.delay.half_width is None else f" \N{PLUS-MINUS SIGN} {row.delay.half_width:.1f}"
    return f"{row.delay.mean:.1f}{wide}"


def _on_delays(comparison: Comparison) -> str:
    if len(comparison.seeds) < 2:
        return "One draw of the traffic, without intervals."
    return (
        f"Small dots: each of {len(comparison.seeds)} draws of the traffic. Large dots: means over them, with the "
        f"{PERCENT} interval of each strategy on its own."
    )


def _differences(comparison: Comparison) -> Html:
    rows = [(place, row) for place, row in enumerate(comparison.rows) if row.difference is not None]
    ends = [
        value
        for _, row in rows
        if row.difference is not None
        for value in (row.difference.mean, row.difference.low, row.difference.high)
        if value is not None
    ]
    axis = number_axis(ends, f"mean delay less that of {comparison.reference} [s/veh]")
    strips = [Strip(row.label, tuple(_difference(axis, row, place)), _told_difference(row)) for place, row in rows]
    return strip_chart(strips, axis, f"Difference to {comparison.reference} [s/veh]")


def _difference(axis: Axis, row: Row, series: int) -> Iterator[Html]:
    """The line at zero, then the interval and the mean."""
    yield mark(axis, 0.0)
    difference = row.difference
    if difference is None or not difference.seeds:
        return
    if difference.low is not None and difference.high is not None:
        yield interval(axis, difference.low, difference.high, series)
    yield point(axis, difference.mean, series)


def _told_difference(row: Row) -> str:
    if row.difference is None or not row.difference.seeds:
        return "-"
    said = "" if row.verdict is None else SAID[row.verdict]
    return f"{row.difference.mean:+.1f} {said}".strip()


def _on_differences(comparison: Comparison) -> str:
    if len(comparison.seeds) < 2:
        return "Negative: less delay than the reference."
    return (
        f"Negative: less delay than the reference. The intervals hold with {PERCENT} for all strategies jointly. An "
        "interval that contains zero is a tie: these draws do not tell the two apart."
    )
