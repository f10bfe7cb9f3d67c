"""A comparison as a table of text, narrow or with all columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from traffic_marl.comparison.comparison import Comparison, Row
from traffic_marl.comparison.explanation import GRIDLOCK, PERCENT, SIGNIFICANT, explanation, short_notes
from traffic_marl.comparison.rules import intergreen
from traffic_marl.comparison.statistics import Estimate, Standing, Verdict, mean_over_seeds
from traffic_marl.scenario.window import told_span
from traffic_marl.simulators import OWN

NOTHING = "-"
LONGEST_HEAD = 14  # characters of a reference's label that still names a narrow column


class CellKind(Enum):
    """Ways to print the cells of a column."""

    NAME = "name"  # on one line, never cut: the user copies it
    TEXT = "text"  # on one line
    NUMBER = "number"  # on one line, at the right
    PROSE = "prose"  # wrapped between words


@dataclass(frozen=True)
class Column:
    """The head of a column, with line breaks where it may be broken, and how its cells are printed."""

    head: str
    kind: CellKind = CellKind.NUMBER


@dataclass(frozen=True)
class TextTable:
    """A table as plain text: a title, columns, cells, and the notes that belong under it."""

    title: str
    columns: tuple[Column, ...]  # at most one of the kind NAME
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def render(comparison: Comparison, *, wide: bool = False, explain: bool = False) -> TextTable:
    """The comparison as text, least mean delay first.

    Args:
        comparison: the results of the strategies.
        wide: all columns, instead of those that fit a screen of 80 characters.
        explain: notes that define every column and tell the rules, instead of the marks alone.
    """
    columns = tuple(_wide_columns(comparison)) if wide else tuple(_narrow_columns(comparison))
    change = intergreen(comparison.scenario)
    rows = tuple(_wide_cells(row, change) if wide else _narrow_cells(row, change) for row in comparison.rows)
    notes = explanation(comparison) if explain else short_notes(comparison, wide=wide)
    return TextTable(title_of(comparison), columns, rows, notes)


def title_of(comparison: Comparison, place: str = "", count: int | None = None) -> str:
    """Scenario, strategies, seeds and span of a comparison.

    Args:
        comparison: the results of the strategies.
        place: where it was made. Empty for the simulator of the comparison.
        count: number of strategies. None for those of the comparison.
    """
    seeds = comparison.seeds
    count = len(comparison.rows) if count is None else count
    named = f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]})"
    strategies = "1 strategy" if count == 1 else f"{count} strategies"
    span = told_span(comparison.horizon, comparison.scenario.window_s)
    where = place or ("" if comparison.simulator == OWN else f"in {comparison.simulator}")
    return ", ".join(filter(None, (f"{comparison.scenario.name}: {strategies}", where, named, span)))


def _narrow_columns(comparison: Comparison) -> Iterator[Column]:
    label = comparison.reference
    yield Column("rank", CellKind.TEXT)
    yield Column("strategy", CellKind.NAME)
    yield Column("every/\nchange\n[s]")
    yield Column("mean delay\n[s/veh]")
    yield Column(f"difference to\n{label if len(label) <= LONGEST_HEAD else 'the reference'}\n[s/veh]")
    yield Column("stops\n[1/veh]")
    yield Column("unserved\n[veh]")


def _narrow_cells(row: Row, change: int) -> tuple[str, ...]:
    measures = row.measures
    mark = SIGNIFICANT if row.verdict in (Verdict.BETTER, Verdict.WORSE) else " "
    difference = "reference  " if row.difference is None else f"{with_interval(row.difference, '+.1f')} {mark}"
    return (
        rank_of(row.standing),
        row.label,
        f"{row.interval}/{change}",
        with_interval(row.delay, ".1f"),
        difference,
        _number(mean_over_seeds(measures.stops), ".2f"),
        _number(mean_over_seeds(measures.unserved), ".1f") + (GRIDLOCK if measures.gridlock.any() else ""),
    )


def _wide_columns(comparison: Comparison) -> Iterator[Column]:
    interval = f"\n+- {PERCENT}" if len(comparison.seeds) > 1 else ""
    yield Column("rank", CellKind.TEXT)
    yield Column("strategy", CellKind.NAME)
    yield Column("every\n[s]")
    yield Column("change\n[s]")
    yield Column(f"mean delay{interval}\n[s/veh]")
    yield Column(f"difference to\n{comparison.reference}{interval}\n[s/veh]")
    yield Column("verdict", CellKind.TEXT)
    yield Column("travel time\n[s/veh]")
    yield Column("stops\n[1/veh]")
    yield Column("throughput\n[veh/h]")
    yield Column("unserved\n[veh]")
    yield Column("longest wait\n[s]")


def _wide_cells(row: Row, change: int) -> tuple[str, ...]:
    measures = row.measures
    return (
        rank_of(row.standing),
        row.label,
        str(row.interval),
        str(change),
        with_interval(row.delay, ".1f"),
        "reference" if row.difference is None else with_interval(row.difference, "+.1f"),
        NOTHING if row.verdict in (None, Verdict.UNKNOWN) else row.verdict.value,
        _number(mean_over_seeds(measures.mean_travel_time), ".1f"),
        _number(mean_over_seeds(measures.stops), ".2f"),
        _number(mean_over_seeds(measures.throughput), ".0f"),
        _number(mean_over_seeds(measures.unserved), ".1f") + (" gridlock" if measures.gridlock.any() else ""),
        str(int(measures.longest_wait.max(initial=0))),
    )


def rank_of(standing: Standing | None) -> str:
    """A rank, or the interval of one."""
    if standing is None:
        return NOTHING
    if standing.first == standing.last:
        return str(standing.first)
    return f"{standing.first}-{standing.last}"


def with_interval(value: Estimate, style: str) -> str:
    """A mean with half of its interval, if it has one."""
    if value.half_width is None:
        return _number(value.mean, style)
    return f"{value.mean:{style}} +- {value.half_width:.1f}"


def _number(value: float, style: str) -> str:
    return NOTHING if np.isnan(value) else f"{value:{style}}"
