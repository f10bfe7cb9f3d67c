"""Comparisons on several scenarios: who wins where, and how far each strategy is from the best in all of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from traffic_marl.comparison.comparison import Comparison, Row
from traffic_marl.comparison.export import to_json
from traffic_marl.comparison.table import NOTHING, CellKind, Column, TextTable, with_interval

BEST_NOTE = (
    "best: strategies than which no other is significantly better, least mean delay first. All pairs of a scenario are "
    "tested jointly at 95 %. With one seed, the strategy of least delay."
)
RATIO_NOTE = (
    "times the least: mean delay divided by the least mean delay of any strategy on the same scenario. The mean over "
    "the scenarios is a geometric one."
)


@dataclass(frozen=True)
class Tally:
    """How one strategy does on all scenarios that it ran on."""

    strategy: str
    scenarios: int
    best: int  # scenarios on which no other strategy is significantly better
    least: int  # scenarios on which it has the least mean delay
    mean_ratio: float  # of its mean delay to the least one of a scenario
    greatest_ratio: float
    where: str  # scenario of the greatest ratio


def best_of(comparison: Comparison) -> list[Row]:
    """The strategies than which no other is significantly better, least mean delay first."""
    tied = [row for row in comparison.rows if row.standing is not None and row.standing.is_tied_with_best]
    return tied or list(comparison.rows[:1])


def tallies(comparisons: Sequence[Comparison]) -> list[Tally]:
    """A tally for each strategy. Those that ran on most scenarios come first, and of these the least mean ratio."""
    labels = dict.fromkeys(row.label for comparison in comparisons for row in comparison.rows)
    found = [_tally(label, comparisons) for label in labels]
    return sorted(found, key=lambda each: (-each.scenarios, each.mean_ratio))


def render_winners(comparisons: Sequence[Comparison]) -> TextTable:
    """A line for each scenario: who wins there."""
    columns = (
        Column("scenario", CellKind.NAME),
        Column("mean delay\n[s/veh]"),
        Column("reference\n[s/veh]"),
        Column("best", CellKind.PROSE),
    )
    rows = tuple(_winner_cells(comparison) for comparison in comparisons)
    seeds = max(len(comparison.seeds) for comparison in comparisons)
    noun = "seed" if seeds == 1 else "seeds"
    references = " or ".join(dict.fromkeys(comparison.reference for comparison in comparisons))
    notes = (BEST_NOTE, f"mean delay: of the first of them. reference: {references}.")
    return TextTable(f"who wins where: {len(comparisons)} scenarios, {seeds} {noun}", columns, rows, notes)


def render_tallies(comparisons: Sequence[Comparison]) -> TextTable:
    """A line for each strategy: on how many scenarios it wins, and how far it is from the best."""
    columns = (
        Column("strategy", CellKind.NAME),
        Column("scenarios"),
        Column("best"),
        Column("least\ndelay"),
        Column("times the\nleast, mean"),
        Column("most"),
        Column("on", CellKind.TEXT),
    )
    rows = tuple(
        (
            each.strategy,
            str(each.scenarios),
            str(each.best),
            str(each.least),
            f"{each.mean_ratio:.2f}",
            f"{each.greatest_ratio:.2f}",
            each.where,
        )
        for each in tallies(comparisons)
    )
    return TextTable("all scenarios together", columns, rows, (RATIO_NOTE,))


def everywhere_to_json(comparisons: Sequence[Comparison]) -> str:
    """The tallies, and each comparison as it is written alone."""
    content = {
        "strategies": [asdict(each) for each in tallies(comparisons)],
        "best": {each.scenario.name: [row.label for row in best_of(each)] for each in comparisons},
        "scenarios": [json.loads(to_json(each)) for each in comparisons],
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def _tally(label: str, comparisons: Sequence[Comparison]) -> Tally:
    own = [each for each in comparisons if label in [row.label for row in each.rows]]
    ratios = [_ratio(each, label) for each in own]
    worst = int(np.argmax(ratios))
    return Tally(
        strategy=label,
        scenarios=len(own),
        best=sum(label in [row.label for row in best_of(each)] for each in own),
        least=sum(each.rows[0].label == label for each in own),
        mean_ratio=float(np.exp(np.mean(np.log(ratios)))),
        greatest_ratio=ratios[worst],
        where=own[worst].scenario.name,
    )


def _ratio(comparison: Comparison, label: str) -> float:
    """Mean delay of a strategy, divided by the least one. 1 where nobody is delayed."""
    least, own = comparison.rows[0].delay.mean, comparison.row(label).delay.mean
    return own / least if least > 0.0 else 1.0


def _winner_cells(comparison: Comparison) -> tuple[str, ...]:
    if not comparison.rows:
        return comparison.scenario.name, NOTHING, NOTHING, "no strategy ran"
    reference = next((row for row in comparison.rows if row.label == comparison.reference), None)
    return (
        comparison.scenario.name,
        with_interval(comparison.rows[0].delay, ".1f"),
        NOTHING if reference is None else f"{reference.delay.mean:.1f}",
        ", ".join(row.label for row in best_of(comparison)),
    )
