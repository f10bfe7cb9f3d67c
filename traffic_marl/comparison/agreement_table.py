"""Two simulators side by side as a table of text, and as JSON."""

import json
from typing import Any

from traffic_marl.comparison.agreement import MOST, Agreement
from traffic_marl.comparison.comparison import Comparison, Row
from traffic_marl.comparison.explanation import PERCENT
from traffic_marl.comparison.export import json_estimate, to_json
from traffic_marl.comparison.table import NOTHING, CellKind, Column, TextTable, rank_of, title_of, with_interval

MOST_NAMED = 4  # pairs that a note names


def render_agreement(found: Agreement) -> TextTable:
    """Mean delays and ranks in both simulators, least mean delay of the first one first."""
    columns = [Column("strategy", CellKind.NAME)]
    for comparison in (found.here, found.there):
        columns += [Column(f"mean delay,\n{comparison.simulator}\n[s/veh]"), Column("rank", CellKind.TEXT)]
    alone = [row.label for row in found.there.rows if row.label not in found.labels]
    labels = [*(row.label for row in found.here.rows), *alone]
    rows = tuple((label, *_cells(found.here, label), *_cells(found.there, label)) for label in labels)
    title = title_of(found.here, f"in {found.here.simulator} and {found.there.simulator}", len(labels))
    return TextTable(title, tuple(columns), rows, tuple(notes(found)))


def notes(found: Agreement) -> list[str]:
    """What the two have in common, in sentences."""
    said = [f"Kendall's tau of the order by mean delay, {len(found.labels)} strategies: {_tau(found)}."]
    if len(found.here.seeds) < 2:
        return [*said, "One seed only: there is no interval, and no pair of strategies is tested."]
    same, opposite = len(found.confirmed), len(found.reversed)
    said.append(
        f"Of {found.pairs} pairs of strategies, {same} differ significantly in both simulators and in the same order, "
        f"{opposite} in opposite orders{_named(found)}. All pairs of a simulator are tested jointly."
    )
    return said


def agreement_to_json(found: Agreement) -> str:
    """Both comparisons, each as `to_json` gives it, and what they have in common."""
    content: dict[str, Any] = {each.simulator: json.loads(to_json(each)) for each in (found.here, found.there)}
    content["agreement"] = {
        "strategies": found.labels,
        "kendall_tau": json_estimate(found.tau),
        "pairs": found.pairs,
        "same_order_in_both": found.confirmed,
        "opposite_order": found.reversed,
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def _tau(found: Agreement) -> str:
    """The rank correlation with its interval, which ends at -1 and 1."""
    low, high = found.tau.low, found.tau.high
    if low is None or high is None:
        return f"{found.tau.mean:.2f}"
    return f"{found.tau.mean:.2f}, {PERCENT} interval {max(low, -MOST):.2f} to {min(high, MOST):.2f}"


def _named(found: Agreement) -> str:
    """The pairs in opposite orders, if there are any."""
    pairs = [f"{one} and {other}" for one, other in found.reversed[:MOST_NAMED]]
    return f" ({', '.join(pairs)}{', ...' if len(found.reversed) > MOST_NAMED else ''})" if pairs else ""


def _cells(comparison: Comparison, label: str) -> tuple[str, str]:
    """Mean delay and rank of a strategy, if it ran in this simulator."""
    row: Row | None = next((each for each in comparison.rows if each.label == label), None)
    return (NOTHING, NOTHING) if row is None else (with_interval(row.delay, ".1f"), rank_of(row.standing))
