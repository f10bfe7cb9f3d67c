"""Strategies under every definition of travel time and delay, as a table of text, as CSV and as JSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

import numpy as np

from traffic_marl.comparison.comparison import Comparison
from traffic_marl.comparison.definitions.ranking import Ranking, Times, rankings
from traffic_marl.comparison.definitions.times import PRIMARY, definitions
from traffic_marl.comparison.export import json_estimate, to_csv, to_json
from traffic_marl.comparison.table import NOTHING, CellKind, Column, TextTable, title_of

MOST_NAMED = 3  # pairs that a note names


def render_definitions(comparison: Comparison, times: Mapping[str, Times], *, explain: bool = False) -> TextTable:
    """A row for each strategy and a column for each definition, with the rank behind each mean.

    Args:
        comparison: the results of the strategies.
        times: of each strategy by label.
        explain: define each definition below.
    """
    labels = [row.label for row in comparison.rows]
    found = rankings({label: times[label] for label in labels})
    columns = (Column("strategy", CellKind.NAME), *(Column(_head(each.definition)) for each in found))
    rows = [(label, *(_cell(each, label) for each in found)) for label in labels]
    rows.append(("Kendall's tau", *(NOTHING if np.isnan(each.tau) else f"{each.tau:.2f}" for each in found)))
    title = f"{title_of(comparison)}. Times by definition [s/veh], with the rank of each strategy"
    return TextTable(title, columns, tuple(rows), tuple(_notes(found, explain)))


def _head(name: str) -> str:
    """The name of a definition, broken after each word."""
    return "\n".join(f"{word}_" for word in name.split("_"))[:-1]


def _cell(ranking: Ranking, label: str) -> str:
    """The mean of a strategy by a definition, with its rank."""
    mean = ranking.estimates[label].mean
    return NOTHING if np.isnan(mean) else f"{mean:.1f} ({ranking.ranks[label]})"


def _notes(found: Sequence[Ranking], explain: bool) -> list[str]:
    """How the ranking moves, and what each definition counts."""
    said = [f"Kendall's tau: rank correlation with the order by {PRIMARY}. 1 is the same order, -1 the opposite one."]
    moved = [each for each in found if each.reversed]
    if not moved:
        said.append("All definitions give the same order.")
    for each in moved:
        pairs = each.certain or each.reversed
        named = ", ".join(f"{other} before {one}" for one, other in pairs[:MOST_NAMED])
        more = ", ..." if len(pairs) > MOST_NAMED else ""
        count = f"{len(each.reversed)} pair{'s' if len(each.reversed) > 1 else ''} in opposite order"
        said.append(f"{each.definition}: {count}, {len(each.certain)} of them significantly ({named}{more}).")
    if explain:
        said += [f"{name}: {definition.text}." for name, definition in definitions().items()]
    else:
        said.append("--explain says what each definition counts.")
    return said


def definitions_to_csv(comparison: Comparison, times: Mapping[str, Times]) -> str:
    """The lines of `to_csv`, with a column for each definition that is no measure."""
    head, *lines = csv.reader(io.StringIO(to_csv(comparison)))
    further = {name: each for name, each in definitions().items() if f"{name} [{each.unit}]" not in head}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*head, *(f"{name} [{each.unit}]" for name, each in further.items())])
    strategy, seed = head.index("strategy"), head.index("seed")
    for line in lines:
        copy = comparison.seeds.index(int(line[seed]))
        own = (float(times[line[strategy]][name][copy]) for name in further)
        writer.writerow([*line, *("" if np.isnan(value) else repr(value) for value in own)])
    return text.getvalue()


def definitions_to_json(comparison: Comparison, times: Mapping[str, Times]) -> str:
    """The comparison as `to_json` gives it, with the ranking by each definition."""
    content = json.loads(to_json(comparison))
    texts = definitions()
    content["by_definition"] = {
        each.definition: {
            "unit": texts[each.definition].unit,
            "text": texts[each.definition].text,
            "means": {label: json_estimate(value) for label, value in each.estimates.items()},
            "ranks": each.ranks,
            "kendall_tau": None if np.isnan(each.tau) else each.tau,
            "opposite_order": each.reversed,
            "opposite_order_in_both": each.certain,
        }
        for each in rankings({row.label: times[row.label] for row in comparison.rows})
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"
