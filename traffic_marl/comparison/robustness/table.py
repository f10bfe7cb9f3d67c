"""A degradation as tables of text: a table for each perturbation, with the severities at which the ranking turns."""

from collections.abc import Iterator
from itertools import pairwise

from traffic_marl.comparison.explanation import PERCENT
from traffic_marl.comparison.robustness.degradation import Degradation, Series
from traffic_marl.comparison.robustness.turns import Turn, leaders, turns
from traffic_marl.comparison.rules import rules
from traffic_marl.comparison.statistics import Estimate
from traffic_marl.comparison.table import CellKind, Column, TextTable, title_of, with_interval

LARGE = 100.0  # [s/veh]
MOST_TOLD = 5  # turns of strategies other than the best ones
METHOD = (
    f"+-: {PERCENT} intervals over the seeds. A turn is where the mean delays of two strategies are equal, by straight "
    "lines between the columns. Its range is where the order is not significant, by paired differences of all pairs "
    "and columns jointly (Bonferroni). All strategies meet the same perturbations, drawn by the seed."
)


def render_degradation(found: Degradation, *, explain: bool = False) -> tuple[TextTable, ...]:
    """A table for each series. The method is told below the last one.

    Args:
        found: the degradation.
        explain: tell the rules of the signals too.
    """
    tables = [_table(series) for series in found.series]
    further = (rules(found.scenario), METHOD) if explain else (METHOD,)
    last = tables[-1]
    return (*tables[:-1], TextTable(last.title, last.columns, last.rows, (*last.notes, *further)))


def _table(series: Series) -> TextTable:
    """Strategies by mean delay at the first value, with a column for each value."""
    unit = f" [{series.unit}]" if series.unit else ""
    columns = [Column("strategy", CellKind.NAME), *(Column(f"{value:g}\n[s/veh]") for value in series.values)]
    rows = tuple((label, *(_cell(each.row(label).delay) for each in series.comparisons)) for label in series.labels)
    title = f"{title_of(series.comparisons[0])}. Mean delay by {series.text}{unit}"
    return TextTable(title, tuple(columns), rows, tuple(turn_notes(series)))


def _cell(delay: Estimate) -> str:
    """A delay with its interval. From 100 s on, tenths are left out, so that five columns fit 80 characters."""
    if delay.half_width is None or not delay.mean >= LARGE:
        return with_interval(delay, ".1f")
    return f"{delay.mean:.0f} +- {delay.half_width:.0f}"


def turn_notes(series: Series) -> Iterator[str]:
    """Where the ranking turns, in sentences: first who is best, then the other turns that are certain."""
    if not series.labels:
        yield "No strategy ran at every value."
        return
    found = turns(series)
    best = leaders(series)
    told = [turn for turn in found if _is_of_leaders(turn, best)]
    if len(set(best)) == 1:
        yield f"Least mean delay throughout: {best[0]}."
    for turn in told:
        yield f"{turn.after} overtakes {turn.before}, the best so far, at {_place(turn, series)}."
    others = [turn for turn in found if turn.is_certain and turn not in told]
    for turn in others[:MOST_TOLD]:
        yield f"{turn.after} overtakes {turn.before} at {_place(turn, series)}."
    if len(others) > MOST_TOLD:
        yield f"{len(others) - MOST_TOLD} more turns of the ranking are certain."
    if not found:
        yield "The ranking by mean delay does not turn."
    uncertain = len(found) - len(told) - len(others)
    if uncertain:
        yield f"Other pairs whose order turns without being significant on both sides: {uncertain}."


def _is_of_leaders(turn: Turn, best: tuple[str, ...]) -> bool:
    """Whether a turn is one from one leader to the next."""
    return (turn.before, turn.after) in set(pairwise(best))


def _place(turn: Turn, series: Series) -> str:
    """The severity of a turn with its range."""
    unit = f" {series.unit}" if series.unit else ""
    if turn.low is None and turn.high is None:
        return f"{turn.value:.3g}{unit} (the order is significant on neither side)"
    low = "the first column" if turn.low is None else f"{turn.low:.3g}"
    high = "the last column" if turn.high is None else f"{turn.high:.3g}"
    return f"{turn.value:.3g}{unit} (not significant from {low} to {high})"
