"""The origin of each row of a comparison in sentences: what a strategy senses, and how its parameters were found."""

from collections.abc import Iterator

from traffic_marl.comparison.comparison import Comparison, Row

HEAD = "Each strategy with what it senses, its parameters, how these were found, and the simulation that this took:"


def short_origins(comparison: Comparison) -> Iterator[str]:
    """A line that names the strategies with tuned parameters, and the trials that each had."""
    trials: dict[int, list[str]] = {}
    for row in comparison.rows:
        if row.origin is not None and row.origin.trials is not None:
            trials.setdefault(row.origin.trials, []).append(row.label)
    for count, labels in sorted(trials.items()):
        each = " each" if len(labels) > 1 else ""
        yield f"Tuned in {count} trials{each} on other seeds: {', '.join(labels)}."


def origins(comparison: Comparison) -> Iterator[str]:
    """One line for each strategy, in the order of the table."""
    lines = [line for row in comparison.rows if (line := _line(row))]
    if lines:
        yield HEAD
        yield from lines


def _line(row: Row) -> str:
    """The origin of a row, empty if it is not known."""
    origin = row.origin
    if origin is None:
        return ""
    hours = "unknown" if origin.hours is None else f"{origin.hours:,.0f} h times intersections"
    parameters = f"parameters {origin.parameters}, " if origin.parameters else ""
    senses = origin.senses.rstrip(".")
    return (
        f"{row.label}: senses {senses[:1].lower()}{senses[1:]}. Decides every {row.interval} s, {parameters}"
        f"{origin.found}. Simulation for them: {hours}."
    )
