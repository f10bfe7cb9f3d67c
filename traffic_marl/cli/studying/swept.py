"""The table of a sweep."""

from collections.abc import Sequence

from traffic_marl.comparison.table import NOTHING, CellKind, Column, TextTable
from traffic_marl.learning.sweeps.plan import Plan
from traffic_marl.learning.sweeps.results import Judged

NOTES = (
    "Delays on the validation seeds: interquartile means over all runs and seeds, with 95 % bootstrap intervals over "
    "the runs. With fewer than five runs these intervals are too narrow.",
    "at last: at the moment that all runs of the line have reached. best: lowest of these moments, which flatters it. "
    "The first of many lines is flattered too.",
)


def sweep_table(results: Sequence[Judged], plan: Plan) -> TextTable:
    """A line for each combination, least delay first. Those that were stopped or have failed come last."""
    columns = (
        Column(", ".join(each.name for each in plan.dimensions), CellKind.NAME),
        Column("runs"),
        Column("agent-steps\nof all"),
        Column("delay at last\n[s/veh]"),
        Column("best\n[s/veh]"),
        Column("", CellKind.PROSE),
    )
    rows = tuple(_cells(each, plan) for each in results)
    count = len(results)
    title = f"{count} combination{'' if count == 1 else 's'}, {plan.seeds} seed{'' if plan.seeds == 1 else 's'}, "
    return TextTable(f"{title}{plan.budget} each", columns, rows, (*_classical(results), *NOTES))


def _cells(each: Judged, plan: Plan) -> tuple[str, ...]:
    ended = _ended(each, plan)
    if each.curve is None:
        return each.point.label, "0", NOTHING, NOTHING, NOTHING, ended
    curve = each.curve
    wide = "" if curve.low[-1] != curve.low[-1] else f" ({curve.low[-1]:.1f} to {curve.high[-1]:.1f})"
    return (
        each.point.label,
        str(len(curve.group.runs)),
        f"{curve.effort[-1]:,.0f}",
        f"{curve.delay[-1]:.1f}{wide}",
        f"{curve.delay.min():.1f}",
        ended,
    )


def _ended(each: Judged, plan: Plan) -> str:
    """The end of a point that has not been trained as planned."""
    if each.point.failed is not None:
        return "failed"
    return NOTHING if each.point.stopped is None else "stopped early"


def _classical(results: Sequence[Judged]) -> tuple[str, ...]:
    """The best classical strategy on the same seeds."""
    runs = [run for each in results if each.curve is not None for run in each.curve.group.runs]
    found = {run.classical for run in runs if run.classical is not None}
    return tuple(f"{name}, best classical: {delay:.1f} s/veh" for name, delay in sorted(found))
