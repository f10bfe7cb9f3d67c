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
    """Draws the mean delay in validation, the mean delay in training and the mean return over the agent-steps.

    The two delays have axes of their own. In training decisions are explored and an episode ends with the demand. A
    validation takes the best decisions and goes on until the network is clear.

    Args:
        rows: the lines of the table, at least one.
        path: of the picture. Its suffix gives the format.
        title: of the picture.
        classical: best classical strategy with its parameters, and its mean delay [s/veh] on the validation seeds.

    Raises:
        FileError: it cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 8.0), layout="constrained")
    validation, training, returns = figure.subplots(3, sharex=True, height_ratios=(2, 1, 1))
    _band(validation, rows)
    _line(validation, rows, "validation_delay", color="C0", marker="o", label="greedy policy, mean over the seeds")
    if classical is not None:
        name, delay = classical
        validation.axhline(delay, color="C1", linestyle="--", label=f"{name}, best classical: {delay:.1f} s/veh")
    _line(training, rows, "training_delay", color="C2")
    _line(returns, rows, "mean_return", color="C3")
    for axes in (validation, training):
        axes.set_yscale("log")  # linear axes would be filled by the first iterations
        for axis in ("set_major_formatter", "set_minor_formatter"):
            getattr(axes.yaxis, axis)("{x:.0f}")
    validation.set_ylabel("mean delay [s/veh],\nvalidation seeds")
    training.set_ylabel("mean delay [s/veh],\ntraining, explored")
    returns.set_ylabel("mean return per\nintersection, training")
    validation.set_title(title)
    if validation.get_legend_handles_labels()[0]:
        validation.legend()
    returns.set_xlabel("agent-steps [million]")
    replace(path, None, lambda draft: figure.savefig(draft, dpi=120))


def _line(axes: Any, rows: Rows, column: str, **style: Any) -> None:
    """Draws a column over the agent-steps, without its empty cells."""
    points = _points(rows, column)
    if points:
        axes.plot(*zip(*points, strict=True), markersize=4, **style)


def _band(axes: Any, rows: Rows) -> None:
    """Draws the range from the least to the most of the validation seeds, where they differ."""
    least, most = _points(rows, "validation_delay_least"), _points(rows, "validation_delay_most")
    if least and least != most:
        steps, low = zip(*least, strict=True)
        high = [delay for _, delay in most]
        axes.fill_between(steps, low, high, color="C0", alpha=0.2, linewidth=0, label="range over the seeds")


def _points(rows: Rows, column: str) -> list[tuple[float, Any]]:
    """Agent-steps [million] and value of each line that has one. Runs of former versions lack some columns."""
    return [(float(row["agent_steps"]) / MILLION, row[column]) for row in rows if row.get(column, "") != ""]
