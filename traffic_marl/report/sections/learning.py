"""Learning curves of the trained policies that are compared."""

from collections.abc import Sequence

import numpy as np

from traffic_marl.learning.curves import Curve
from traffic_marl.learning.curves.statistics import CONFIDENCE
from traffic_marl.report.charts.axes import number_axis
from traffic_marl.report.charts.lines import Line, line_chart
from traffic_marl.report.charts.plot import OF_ALL
from traffic_marl.report.findings import Findings
from traffic_marl.report.markup import Html
from traffic_marl.report.sections.section import figure, section

MILLION = 1e6
HIGHEST = 2.0  # delay that is drawn, as a multiple of the lowest


def learning(findings: Findings) -> Html | None:
    """A chart for each traffic that policies were validated on. None without a trained policy."""
    if not findings.curves:
        return None
    traffics = dict.fromkeys(curve.group.identity for curve in findings.curves)
    drawn = []
    for identity in traffics:
        curves = [curve for curve in findings.curves if curve.group.identity == identity]
        title = f"Mean delay on the validation seeds of {curves[0].group.traffic}"
        drawn.append(figure(title, _chart(curves), _note(curves)))
    return section("learning", "How policies were learnt", *drawn)


def _chart(curves: Sequence[Curve]) -> Html:
    lines = [_line(place, curve) for place, curve in enumerate(curves)]
    most = max(float(line.x[-1]) for line in lines)
    classical = dict.fromkeys(run.classical for curve in curves for run in curve.group.runs if run.classical)
    level = [
        Line(OF_ALL, f"{name}, best classical", np.array([0.0, most]), np.full(2, delay)) for name, delay in classical
    ]
    bands = [edge for line in lines for edge in (line.low, line.high) if edge is not None]
    delays = np.concatenate([*(line.y for line in (*lines, *level)), *bands])
    up = number_axis(delays[delays <= HIGHEST * delays.min()], "mean delay [s/veh]", from_zero=False)
    across = number_axis([most], "agent-steps [million]")
    return line_chart([*lines, *level], across, up, "Learning curves", title="runs", is_switched=False)


def _line(place: int, curve: Curve) -> Line:
    runs = curve.group.runs
    name = curve.group.name if len(runs) == 1 else f"{curve.group.name}, {len(runs)} runs"
    known = np.isfinite(curve.low).all()
    return Line(
        place,
        name,
        curve.effort / MILLION,
        curve.delay,
        low=curve.low if known else None,
        high=curve.high if known else None,
    )


def _note(curves: Sequence[Curve]) -> str:
    several = any(len(curve.group.runs) > 1 for curve in curves)
    band = f" Bands: {CONFIDENCE:.0%} bootstrap intervals over runs.".replace("%", " %") if several else ""
    return (
        "Interquartile means over runs and validation seeds, which differ from the seeds of the comparison. The best "
        "policy of each run is the one that is compared. Delays of more than "
        f"{HIGHEST:g} times the lowest are drawn at the top.{band}"
    )
