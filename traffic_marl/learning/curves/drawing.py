"""Learning curves as a picture, and as CSV."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from traffic_marl.files import replace
from traffic_marl.files.pictures import lies_above_zero, plain
from traffic_marl.learning.curves.curve import Axis, Curve
from traffic_marl.learning.curves.statistics import CONFIDENCE

MILLION = 1e6
TITLES = {Axis.AGENT_STEPS: "agent-steps [million]", Axis.MINUTES: "time of training [min]"}
STYLES = ("-", "--", ":", "-.")  # of lines, so that they are told apart without their colours
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#aa4499", "#b8860b", "#22282f", "#8a5a2b", "#6d8196")


def draw_curves(curves: Sequence[Curve], path: Path, flag: str | None = None) -> None:
    """Draws the curves, with axes for each traffic that runs were validated on.

    Args:
        curves: at least one, all over the same effort.
        path: of the picture. Its suffix gives the format.
        flag: name of the option that gave the path, for messages.

    Raises:
        FileError: it cannot be written.
    """
    from matplotlib.figure import Figure

    traffics = list(dict.fromkeys(curve.group.identity for curve in curves))
    figure = Figure(figsize=(7.0, 4.2 * len(traffics)), layout="constrained")
    for axes, identity in zip(figure.subplots(len(traffics), squeeze=False)[:, 0], traffics, strict=True):
        _draw(axes, [(place, curve) for place, curve in enumerate(curves) if curve.group.identity == identity])
    replace(path, flag, lambda draft: figure.savefig(draft, dpi=130))


def to_csv(curves: Sequence[Curve]) -> str:
    """One line for each curve and moment."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    effort = "agent_steps" if curves[0].axis is Axis.AGENT_STEPS else "minutes [min]"
    writer.writerow(
        ["traffic", "group", "runs", effort, "interquartile mean delay [s/veh]", "low [s/veh]", "high [s/veh]"]
    )
    for curve in curves:
        columns = [each.tolist() for each in (curve.effort, curve.delay, curve.low, curve.high)]
        for moment, *delays in zip(*columns, strict=True):
            known = ["" if delay != delay else repr(delay) for delay in delays]
            writer.writerow([curve.group.traffic, curve.group.name, len(curve.group.runs), repr(moment), *known])
    return text.getvalue()


def _draw(axes: Any, curves: Sequence[tuple[int, Curve]]) -> None:
    """Draws the curves of one traffic. Each has a number, which gives its colour."""
    (_, first), *_ = curves
    scale = MILLION if first.axis is Axis.AGENT_STEPS else 1.0
    for number, curve in curves:
        look = {"color": COLOURS[number % len(COLOURS)], "linestyle": STYLES[number % len(STYLES)]}
        runs = len(curve.group.runs)
        label = plain(f"{curve.group.name}, {runs} run{'' if runs == 1 else 's'}")
        axes.plot(curve.effort / scale, curve.delay, label=label, **look)
        axes.fill_between(curve.effort / scale, curve.low, curve.high, color=look["color"], alpha=0.15, linewidth=0)
    for name, delay in dict.fromkeys(run.classical for _, curve in curves for run in curve.group.runs if run.classical):
        best = plain(f"{name}, best classical: {delay:.1f} s/veh")
        axes.axhline(delay, color="0.4", linestyle=(0, (1, 1)), label=best)
    if lies_above_zero(axes):
        axes.set_yscale("log")  # a linear axis would be filled by the first iterations
    for axis in ("set_major_formatter", "set_minor_formatter"):
        getattr(axes.yaxis, axis)("{x:.0f}")
    axes.set_xlabel(TITLES[first.axis])
    axes.set_ylabel(f"mean delay [s/veh], validation seeds\ninterquartile mean, {CONFIDENCE:.0%} bootstrap interval")
    axes.set_title(plain(first.group.traffic))
    axes.legend()
