"""The series of charts: which strategies their lines show at first."""

from traffic_marl.comparison.comparison import Comparison

MOST_SHOWN = 4  # lines of a chart at first; the others can be switched on


def is_on_at_first(comparison: Comparison, place: int) -> bool:
    """Whether the strategy at a place of the table is shown at first: the best ones and the reference."""
    rows = comparison.rows
    reference = next(at for at, row in enumerate(rows) if row.label == comparison.reference)
    return place == reference or place < (MOST_SHOWN if reference < MOST_SHOWN else MOST_SHOWN - 1)
