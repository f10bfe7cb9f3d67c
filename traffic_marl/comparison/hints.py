"""Hints about rules that put a strategy at a disadvantage."""

from collections.abc import Iterator

from traffic_marl.comparison.comparison import Comparison, Row
from traffic_marl.comparison.rules import intergreen
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.catalogue import STRATEGIES

LITTLE = 0.6  # share of green at which max pressure loses to longer intervals on a 3 x 3 grid, at every flow tried


def hints(comparison: Comparison) -> Iterator[str]:
    """A sentence for each short decision interval that leaves strategies little green and is not their default."""
    held: dict[tuple[int, int], list[str]] = {}
    for row in comparison.rows:
        usual = _usual_interval(row)
        if usual is not None and row.interval < usual and green_share(comparison.scenario, row.interval) <= LITTLE:
            held.setdefault((row.interval, usual), []).append(row.label)
    for (interval, usual), labels in held.items():
        decide = "decides" if len(labels) == 1 else "decide"
        share = green_share(comparison.scenario, interval)
        further = f"{labels[0]}{',' if ':' in labels[0] else ':'}interval_s={usual}"
        yield (
            f"Hint: {' and '.join(labels)} {decide} every {interval} s here, and every {usual} s by default. A change "
            f"takes {intergreen(comparison.scenario)} s, so a signal that changes whenever it may is green for "
            f"{100 * share:.0f} % of the time. Compare {further} as well."
        )


def green_share(scenario: Scenario, interval: int) -> float:
    """Share of the time in which a signal that changes whenever it may is green.

    Args:
        scenario: with the times of the signals.
        interval: [s] between decisions.
    """
    change, least = intergreen(scenario), scenario.signals.min_green_s
    between = max(-(-(change + least) // interval), 1) * interval  # [s] from one granted change to the next
    return max(between - change, 0) / between


def _usual_interval(row: Row) -> int | None:
    """[s] the default interval of a strategy of the catalogue whose label states none."""
    name, _, parameters = row.label.partition(":")
    if name not in STRATEGIES or "interval_s" in parameters:
        return None
    usual: int | None = getattr(STRATEGIES[name], "default_interval", None)
    return usual
