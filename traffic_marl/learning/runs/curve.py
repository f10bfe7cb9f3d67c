"""The learning curve of a run as a picture."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from traffic_marl.files import replace
from traffic_marl.files.pictures import lies_above_zero, plain
from traffic_marl.learning.runs.table import OF

Rows = Sequence[Mapping[str, float | int | str]]  # of the table of a run, one for each iteration

MILLION = 1e6


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def draw_curve(
    rows: Rows,
    path: Path,
    *,
    title: str,
    classical: tuple[str, float] | None = None,
    mean: str = "mean",
    over: str = "seeds",
) -> None:
    """Draws the mean delay in validation and the mean return over the agent-steps.

    The delay of a validation is that of a comparison: the best decisions are taken, and the run goes on until the
    network is clear. The table has the delay in training as well, which is another number. Decisions are explored
    there, and an episode ends with the demand.

    Args:
        rows: the lines of the table, at least one.
        path: of the picture. Its suffix gives the format.
        title: of the picture.
        classical: best classical strategy with its parameters, and its mean delay [s/veh] on the validation seeds.
        mean: kind of mean that `validation_delay` is.
        over: over what it is taken.

    Raises:
        FileError: it cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 6.5), layout="constrained")
    validation, returns = figure.subplots(2, sharex=True, height_ratios=(2, 1))
    _band(validation, rows, over)
    for column in dict.fromkeys(name for row in rows for name in row if name.startswith(OF)):
        _line(validation, rows, column, color="0.75", linewidth=0.8, zorder=1)
    _line(validation, rows, "validation_delay", color="C0", marker="o", label=f"greedy policy, {mean} over the {over}")
    if classical is not None:
        name, delay = classical
        validation.axhline(delay, color="C1", linestyle="--", label=plain(f"{name}, best classical: {delay:.1f} s/veh"))
    _line(returns, rows, "mean_return", color="C3")
    if lies_above_zero(validation):
        validation.set_yscale("log")  # a linear axis would be filled by the first iterations
    for axis in ("set_major_formatter", "set_minor_formatter"):
        getattr(validation.yaxis, axis)("{x:.0f}")
    validation.set_ylabel(f"mean delay [s/veh],\nvalidation {over}; grey: each")
    returns.set_ylabel("mean return per\nintersection, training")
    validation.set_title(plain(title))
    if validation.get_legend_handles_labels()[0]:
        validation.legend()
    returns.set_xlabel("agent-steps [million]")
    replace(path, None, lambda draft: figure.savefig(draft, dpi=120))


def _line(axes: Any, rows: Rows, column: str, **style: Any) -> None:
    """Draws a column over the agent-steps, without its empty cells."""
    points = _points(rows, column)
    if points:
        axes.plot(*zip(*points, strict=True), markersize=4, **style)


def _band(axes: Any, rows: Rows, over: str) -> None:
    """Draws the range from the least to the most of the validation seeds or scenarios, where they differ."""
    least, most = _points(rows, "validation_delay_least"), _points(rows, "validation_delay_most")
    if least and least != most:
        steps, low = zip(*least, strict=True)
        high = [delay for _, delay in most]
        axes.fill_between(steps, low, high, color="C0", alpha=0.2, linewidth=0, label=f"range over the {over}")


def _points(rows: Rows, column: str) -> list[tuple[float, Any]]:
    """Agent-steps [million] and value of each line that has one. Runs of former versions lack some columns."""
    return [(float(row["agent_steps"]) / MILLION, row[column]) for row in rows if row.get(column, "") != ""]
