"""A map of the network with what each intersection's decisions save and lose."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.explaining.explanation import Explanation
from traffic_marl.explaining.handover import Handover
from traffic_marl.files import replace
from traffic_marl.files.pictures import plain
from traffic_marl.network.network import Network

MOST_NUMBERS = 60  # intersections whose numbers are written beside their colours
SIDE = 5.0  # [inches] of a map
DARK = 0.6  # of the largest value, above which a disc is too dark for black numbers


@dataclass(frozen=True, eq=False)
class Values:
    """The values of one map."""

    title: str
    values: Floats  # (N,) nan without one
    style: str  # of the numbers, as `format` takes it
    signed: bool = True  # there may be values below 0


def draw_map(found: Explanation, handed: Handover | None, path: Path, flag: str | None = None) -> None:
    """Draws what a choice saves and its regret at each intersection, and what a handover would cost where there is one.

    Args:
        found: the decisions.
        handed: intersections handed over to another strategy, if they were.
        path: the file. Its suffix names the format.
        flag: the flag that names it, for messages.

    Raises:
        FileError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    network, label = found.scenario.build_network(), found.strategy.label
    maps = [
        Values(f"saved by a choice of {label} [veh s]", _mean(found.per_choice("saved")), "{:+.0f}"),
        Values("regret of a choice [veh s]", _mean(found.per_choice("regret")), "{:.0f}", signed=False),
    ]
    if handed is not None:
        maps.append(Values(f"saved against {handed.other} [s/veh]", handed.saved.mean(axis=0), "{:+.1f}"))
    figure = Figure(figsize=(SIDE * len(maps), SIDE), layout="constrained")
    for place, values in enumerate(maps):
        _draw(figure, figure.add_subplot(1, len(maps), place + 1), network, values)
    seeds = "1 seed" if len(found.seeds) == 1 else f"{len(found.seeds)} seeds"
    figure.suptitle(plain(f"{found.scenario.name}, {seeds}"), fontsize=11)
    replace(path, flag, lambda draft: figure.savefig(draft, dpi=150))


def _draw(figure: Any, axes: Any, network: Network, shown: Values) -> None:
    """One map: roads as lines, intersections as discs. Blue is above 0 and red below."""
    for line in network.lane_lines:
        axes.plot(line[:, 0], line[:, 1], color="0.8", linewidth=0.8, zorder=1)
    values, few = shown.values, len(shown.values) <= MOST_NUMBERS
    largest = np.nanmax(np.abs(values), initial=0.0) or 1.0
    x, y = network.positions.T
    scale = {"cmap": "RdBu", "vmin": -largest} if shown.signed else {"cmap": "Reds", "vmin": 0.0}
    style = {"s": 560.0 if few else 60.0, "edgecolors": "0.2", "linewidths": 0.8, "zorder": 2}
    discs = axes.scatter(x, y, c=np.where(np.isnan(values), 0.0, values), vmax=largest, **scale, **style)
    for place, value in zip(network.positions if few else (), values if few else (), strict=True):
        text = "-" if np.isnan(value) else shown.style.format(value)
        colour = "w" if abs(value) > DARK * largest else "k"
        axes.annotate(text, place, ha="center", va="center", fontsize=6.5, color=colour, zorder=3)
    figure.colorbar(discs, ax=axes, shrink=0.7)
    axes.set_title(plain(shown.title), fontsize=10)
    axes.set_aspect("equal")
    axes.margins(0.08)
    axes.set_axis_off()


def _mean(values: Floats) -> Floats:
    """(N,) mean over the seeds with a number, nan without one."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    mean: Floats = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
    return mean
