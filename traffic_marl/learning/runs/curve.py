"""The learning curve of a run as a picture."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from traffic_marl.files import replace

Rows = Sequence[Mapping[str, float | int | str]]  # of the table of a run, one for each iteration

MILLION = 1e6


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def draw_curve(rows: Rows, path: Path, *, title: str, classical: tuple[str, float] | None = None) -> None:
    """Draws mean delay and mean return over the agent-steps.

    Args:
        rows: the iterations, at least one.
        path: of the picture. Its suffix gives the format.
        title: of the picture.
        classical: name and mean delay [s/veh] of the best classical strategy on the validation seeds.

    Raises:
        FileError: it cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 6.0), layout="constrained")
    above, below = figure.subplots(2, sharex=True)
    _line(above, rows, "training_delay", color="0.7", label="training episodes, with exploration")
    _line(above, rows, "validation_delay", color="C0", marker="o", label="validation seeds, greedy policy")
    if classical is not None:
        name, delay = classical
        above.axhline(delay, color="C1", linestyle="--", label=f"{name}, best classical: {delay:.1f} s/veh")
    above.set_yscale("log")  # linear axes would be filled by the first iterations
    for axis in ("set_major_formatter", "set_minor_formatter"):
        getattr(above.yaxis, axis)("{x:.0f}")
    above.set_ylabel("mean delay [s/veh]")
    above.set_title(title)
    if above.get_legend_handles_labels()[0]:
        above.legend()
    _line(below, rows, "mean_return", color="C0")
    below.set_ylabel("mean return per intersection")
    below.set_xlabel("agent-steps [million]")
    replace(path, None, lambda draft: figure.savefig(draft, dpi=120))


def _line(axes: Any, rows: Rows, column: str, **style: Any) -> None:
    """Draws a column over the agent-steps, without its empty cells."""
    points = [(float(row["agent_steps"]) / MILLION, row[column]) for row in rows if row.get(column, "") != ""]
    if points:
        axes.plot(*zip(*points, strict=True), markersize=4, **style)
