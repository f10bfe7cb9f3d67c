"""What all strategies met, what the numbers mean, and how to make them again."""

from collections.abc import Iterable

import numpy as np

from traffic_marl.comparison.explanation import explanation
from traffic_marl.comparison.statistics import mean_over_seeds
from traffic_marl.comparison.table import CellKind, Column, TextTable
from traffic_marl.measures import DEFINITIONS
from traffic_marl.report.findings import Findings
from traffic_marl.report.markup import Html, tag
from traffic_marl.report.sections.section import folded, notes, section, table

WHOLE = 100.0  # numbers from here on have one decimal


def rules(findings: Findings) -> Html:
    """Rules and definitions of the table, and all measures with theirs."""
    told = [line.replace("+-", "\N{PLUS-MINUS SIGN}") for line in explanation(findings.comparison)]
    return section(
        "rules",
        "Rules and definitions",
        notes(told),
        folded("All measures of all strategies, means over the draws", table(_measures(findings)), on_paper=True),
        folded("Definitions of the measures", table(_definitions()), on_paper=True),
    )


def origin(findings: Findings) -> Html:
    """Scenario, seeds, versions and command."""
    comparison = findings.comparison
    scenario = comparison.scenario
    facts = [
        ("scenario", f"{scenario.name}, hash {scenario.hash()}"),
        ("seeds", ", ".join(map(str, comparison.seeds))),
        ("simulator", comparison.simulator),
        *findings.versions.items(),
    ]
    parts = [tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in facts))]
    if findings.command:
        parts.insert(0, tag("pre", tag("code", findings.command)))
        parts.insert(0, tag("p", "This report is made by the command:"))
    parts.append(folded("The scenario as JSON", tag("pre", tag("code", scenario.to_json()))))
    return section("origin", "To make it again", *parts)


def _measures(findings: Findings) -> TextTable:
    """A row for each measure, a column for each strategy."""
    rows = findings.comparison.rows
    columns = (Column("measure", CellKind.NAME), Column("unit", CellKind.TEXT), *(Column(row.label) for row in rows))
    names = [name for name, values in rows[0].measures if not _is_unknown(values)]
    lines = tuple(
        (name, DEFINITIONS[name].unit, *(_mean(getattr(row.measures, name)) for row in rows)) for name in names
    )
    return TextTable("all measures", columns, lines)


def _is_unknown(values: np.ndarray[tuple[int], np.dtype[np.generic]]) -> bool:
    """Whether a measure has no number at all, as those of an audit without one."""
    return bool(np.isnan(values.astype(np.float64)).all())


def _mean(values: np.ndarray[tuple[int], np.dtype[np.generic]]) -> str:
    """A mean over the seeds. Of yes and no it is the share of yes."""
    mean = mean_over_seeds(values)
    if np.isnan(mean):
        return "-"
    return f"{mean:.1f}" if abs(mean) >= WHOLE else f"{mean:.2f}"


def _definitions() -> TextTable:
    columns = (Column("measure", CellKind.NAME), Column("unit", CellKind.TEXT), Column("definition", CellKind.PROSE))
    rows: Iterable[tuple[str, str, str]] = ((name, each.unit, each.text) for name, each in DEFINITIONS.items())
    return TextTable("definitions", columns, tuple(rows))
