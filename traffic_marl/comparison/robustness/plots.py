"""A degradation as a picture: mean delay against the value of each perturbation."""

from itertools import cycle
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np

from traffic_marl.comparison.robustness.degradation import Degradation, Series
from traffic_marl.comparison.statistics import CONFIDENCE
from traffic_marl.files import replace
from traffic_marl.files.pictures import plain

WIDTH, HEIGHT = 4.6, 3.6  # [inch] of the axes of one perturbation
BESIDE = 3  # axes in a row, at most
LABEL = 42  # [characters] of a line below the axes
# Okabe and Ito's colours, which the colour-blind can tell apart, with a mark of its own for each strategy.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")


def plot_degradation(found: Degradation, path: Path, flag: str = "--plot") -> None:
    """Draws the mean delay of each strategy with its interval, axes for each perturbation.

    Raises:
        FileError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    count = len(found.series)
    columns = min(count, BESIDE)
    rows = -(-count // columns)
    figure = Figure(figsize=(WIDTH * columns, HEIGHT * rows + 0.8), layout="constrained")
    looks = _looks(found)
    for place, series in enumerate(found.series):
        _draw(figure.add_subplot(rows, columns, place + 1), series, looks)
    lines: dict[str, Any] = {}
    for axes in figure.axes:
        lines |= {str(line.get_label()): line for line in axes.get_lines()}
    drawn = [label for label in map(plain, looks) if label in lines]
    figure.legend([lines[label] for label in drawn], drawn, loc="outside lower center", ncols=min(4, len(drawn) or 1))
    figure.suptitle(f"{plain(found.scenario.name)}: mean delay [s/veh] with {CONFIDENCE:.0%} intervals")
    replace(path, flag, lambda draft: figure.savefig(draft, dpi=150))


def _looks(found: Degradation) -> dict[str, tuple[str, str]]:
    """Colour and mark of each strategy that is in some series, by label."""
    labels = dict.fromkeys(label for series in found.series for label in series.labels)
    return dict(zip(labels, zip(cycle(COLOURS), cycle(MARKS), strict=False), strict=False))


def _draw(axes: Any, series: Series, looks: dict[str, tuple[str, str]]) -> None:
    """The lines of one perturbation, with the strategies that ran in it. A strategy looks the same in all axes."""
    for label, (colour, mark) in looks.items():
        if label not in series.labels:
            continue
        delays = [comparison.row(label).delay for comparison in series.comparisons]
        means = np.array([delay.mean for delay in delays])
        widths = np.array([delay.half_width or 0.0 for delay in delays])
        axes.plot(series.values, means, color=colour, marker=mark, markersize=5, label=plain(label))
        axes.fill_between(series.values, means - widths, means + widths, color=colour, alpha=0.15, linewidth=0)
    unit = f" [{series.unit}]" if series.unit else ""
    axes.set_xlabel(plain(fill(f"{series.text}{unit}", LABEL)))
    axes.set_ylim(bottom=0.0)
    axes.grid(alpha=0.3)
