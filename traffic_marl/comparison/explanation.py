"""Notes on a comparison: short ones for below the table, and the whole explanation of its numbers."""

from collections.abc import Iterator

from traffic_marl.comparison.comparison import Comparison
from traffic_marl.comparison.hints import hints
from traffic_marl.comparison.origins import origins, short_origins
from traffic_marl.comparison.outcomes import told_seeds
from traffic_marl.comparison.rules import disturbances, intergreen, rules
from traffic_marl.comparison.statistics import CONFIDENCE
from traffic_marl.measures import DEFINITIONS

PERCENT = f"{CONFIDENCE:.0%}".replace("%", " %")
SIGNIFICANT = "*"  # mark of a difference whose interval leaves zero out
GRIDLOCK = "!"  # mark of a strategy that met a gridlock
ONE_RUN = "One seed only: there is no interval and no verdict. A single run may show chance alone."
EXPLAIN = "--explain defines the columns and the rules"


def short_notes(comparison: Comparison, *, wide: bool = False) -> tuple[str, ...]:
    """The lines below a table: its marks, and the flags that tell more."""
    flags = f"{EXPLAIN}." if wide else f"{EXPLAIN}, --wide shows all columns."
    marks, bounds = _marks(comparison, wide), _bounds(comparison)
    return (
        *_failures(comparison),
        *marks,
        *short_origins(comparison),
        *bounds,
        *disturbances(comparison.scenario),
        *hints(comparison),
        flags,
    )


def explanation(comparison: Comparison) -> tuple[str, ...]:
    """The rules for all strategies, and the meaning of each column."""
    return (
        *_failures(comparison),
        rules(comparison.scenario),
        f"every: time between two decisions, here {_intervals(comparison)}. Strategies that watch each second decide "
        "each second. All others follow --interval, else the scenario, else their own default.",
        f"change: time between two greens, here {intergreen(comparison.scenario)} s of yellow and all-red.",
        *hints(comparison),
        f"mean delay: {DEFINITIONS['mean_delay'].text}.",
        *_on_confidence(comparison),
        "travel time, stops, throughput, unserved: means over the seeds. longest wait: the longest of any seed.",
        *_bounds(comparison),
        *_on_gridlock(comparison),
        *origins(comparison),
    )


def _intervals(comparison: Comparison) -> str:
    """The intervals of the strategies, shortest first, such as `1 s for actuated; 15 s for max_pressure`."""
    labels: dict[int, list[str]] = {}
    for row in sorted(comparison.rows, key=lambda row: row.interval):
        labels.setdefault(row.interval, []).append(row.label)
    return "; ".join(f"{interval} s for {', '.join(names)}" for interval, names in labels.items())


def _bounds(comparison: Comparison) -> Iterator[str]:
    """The bounds of waits that strategies keep by themselves, with the strategies that have one."""
    rows = [row for row in comparison.rows if row.longest_wait is not None]
    if rows:
        told = ", ".join(f"{row.longest_wait} s for {row.label}" for row in rows)
        yield f"Own bound of the wait of a call for its green: {told}."


def _failures(comparison: Comparison) -> Iterator[str]:
    """The strategies that have no row."""
    for failure in comparison.failures:
        yield f"No row for {failure.label}, which failed on {told_seeds(failure.seeds)}."


def _marks(comparison: Comparison, wide: bool) -> Iterator[str]:
    if len(comparison.seeds) < 2:
        yield ONE_RUN
    elif len(comparison.rows) > 1:
        significant = "Better or worse" if wide else SIGNIFICANT
        yield f"+-: {PERCENT} intervals. {significant}: significant difference, all rows tested jointly."
    else:
        yield f"+-: {PERCENT} interval."
    yield from _on_gridlock(comparison)


def _on_gridlock(comparison: Comparison) -> Iterator[str]:
    if any(row.measures.gridlock.any() for row in comparison.rows):
        yield f"{GRIDLOCK} gridlock: in some run {DEFINITIONS['gridlock'].text}."


def _on_confidence(comparison: Comparison) -> Iterator[str]:
    if len(comparison.seeds) < 2:
        yield ONE_RUN
        return
    yield f"mean delay +-: {PERCENT} t interval over the seeds, for each strategy on its own."
    others = len(comparison.rows) - 1
    if others:
        yield (
            f"difference to {comparison.reference} +-: on the same traffic, seed by seed. The t intervals hold with "
            f"{PERCENT} for {f'all {others} rows jointly' if others > 1 else 'this row'} (Bonferroni). "
            f"Better or worse, marked {SIGNIFICANT}: the interval leaves zero out. Tie: it contains zero."
        )
        yield (
            f"rank: {PERCENT} simultaneous interval over all pairs (Bonferroni). A range that starts at 1 is tied with "
            "the best; more seeds narrow it."
        )
