"""The command `curves`: learning curves of several runs with intervals over their seeds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import ensure_different
from traffic_marl.comparison.plots import ensure_plottable
from traffic_marl.comparison.table import NOTHING, CellKind, Column, TextTable
from traffic_marl.files import ensure_writable, replace_text
from traffic_marl.learning.curves import Axis, Curve, curve_of, grouped, read_runs
from traffic_marl.learning.curves.drawing import draw_curves, to_csv

NOTES = (
    "Delays on the validation seeds: interquartile means over all runs and seeds, with 95 % bootstrap intervals over "
    "the runs. With fewer than five runs these intervals are too narrow.",
    "at last: at the moment that all runs of the line have reached. best: lowest of these moments, which flatters it.",
)


def curves_command(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Folders of runs, such as runs/*.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="File for the picture: .png, .svg or .pdf.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="File for CSV, one line a curve and moment.")] = None,
    by: Annotated[Axis, typer.Option(help="Effort that the curves are drawn over.")] = Axis.AGENT_STEPS,
) -> None:
    """Draw learning curves of runs, with intervals over their seeds."""
    ensure_different({"--out": out, "--csv": csv})
    if out is not None:
        ensure_plottable(out, "--out")
    if csv is not None:
        ensure_writable(csv, "--csv")
    curves = [curve_of(group, by) for group in grouped(read_runs(runs))]
    if out is not None:
        draw_curves(curves, out, "--out")
    if csv is not None:
        replace_text(csv, "--csv", to_csv(curves))
    output.print_table(curves_table(curves))
    for path in (out, csv):
        if path is not None:
            output.print_status(f"written: {path}")


def curves_table(curves: Sequence[Curve]) -> TextTable:
    """A line for each group of runs."""
    columns = (
        Column("runs", CellKind.NAME),
        Column("validated on", CellKind.PROSE),
        Column("seeds"),
        Column(f"{curves[0].axis}\nof all"),
        Column("delay at last\n[s/veh]"),
        Column("best\n[s/veh]"),
        Column("best classical\n[s/veh]"),
    )
    rows = tuple(_cells(curve) for curve in curves)
    count = sum(len(curve.group.runs) for curve in curves)
    return TextTable(f"{count} run{'' if count == 1 else 's'}", columns, rows, NOTES)


def _cells(curve: Curve) -> tuple[str, ...]:
    group = curve.group
    classical = [run.classical[1] for run in group.runs if run.classical]
    last = f"{curve.effort[-1]:,.0f}" if curve.axis is Axis.AGENT_STEPS else f"{curve.effort[-1]:.1f}"
    wide = "" if curve.low[-1] != curve.low[-1] else f" ({curve.low[-1]:.1f} to {curve.high[-1]:.1f})"
    return (
        group.name,
        group.traffic,
        str(len(group.runs)),
        last,
        f"{curve.delay[-1]:.1f}{wide}",
        f"{curve.delay.min():.1f}",
        f"{min(classical):.1f}" if classical else NOTHING,
    )
