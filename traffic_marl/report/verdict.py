"""The result of a comparison in one sentence."""

from traffic_marl.comparison.comparison import Comparison, Row
from traffic_marl.comparison.statistics import Verdict

MOST_NAMED = 3  # strategies that a sentence names


def verdict_of(comparison: Comparison) -> str:
    """Which strategy has the least mean delay, how far it is from the reference, and how sure that is."""
    best = comparison.rows[0]
    if best.delay.seeds == 0:
        return "No vehicle was due in these runs, so no strategy has a delay."
    if len(comparison.rows) == 1:
        return f"{best.label} has a mean delay of {_delay(best)}. It was run alone, so nothing is compared."
    if len(comparison.seeds) < 2:
        return (
            f"{best.label} has the least mean delay on the single draw of traffic, {_delay(best)}{_beside(comparison)}."
            " One draw gives no interval, and the order may be chance."
        )
    if best.standing is None:
        return (
            f"{best.label} has the least mean delay, {_delay(best)}{_beside(comparison)}."
            " Fewer than two draws have vehicles, so there is no interval, and the order may be chance."
        )
    return f"{_lead(comparison)}{_beside(comparison)}.{_gridlock(best)}"


def _lead(comparison: Comparison) -> str:
    """Whether one strategy leads, or several that the seeds cannot tell apart."""
    best, tied = comparison.rows[0], _tied(comparison)
    if not tied:
        return f"{best.label} has the least mean delay, {_delay(best)}, significantly less than all others"
    if len(tied) == len(comparison.rows) - 1:
        return (
            f"These {len(comparison.seeds)} seeds do not tell which strategy is best. {best.label} has the least mean "
            f"delay, {_delay(best)}, tied with all others"
        )
    return f"{best.label} has the least mean delay, {_delay(best)}, tied with {_named(tied)}"


def _tied(comparison: Comparison) -> list[str]:
    """Labels of the other strategies that no strategy is significantly better than."""
    others = comparison.rows[1:]
    return [row.label for row in others if row.standing is not None and row.standing.is_tied_with_best]


def _beside(comparison: Comparison) -> str:
    """The distance of the best strategy to the reference."""
    best, reference = comparison.rows[0], comparison.row(comparison.reference)
    if best.difference is None:
        worse = sum(row.verdict is Verdict.WORSE for row in comparison.rows)
        said = f"{worse} of the others {'is' if worse == 1 else 'are'} significantly worse"
        return f", and is the reference itself; {said}" if worse else ", and is the reference itself"
    less, whole = -best.difference.mean, reference.delay.mean
    share = f" ({less / whole:.0%})".replace("%", " %") if whole > 0 and less > 0 else ""
    sure = "; that difference may be chance" if best.verdict is Verdict.TIE else ""
    if round(less, 1) == 0.0:
        return f", the same as {reference.label} to a tenth of a second{sure}"
    return f", {less:.1f} s/veh{share} below {reference.label} with {_delay(reference)}{sure}"


def _delay(row: Row) -> str:
    """The mean delay with its interval."""
    wide = "" if row.delay.half_width is None else f" \N{PLUS-MINUS SIGN} {row.delay.half_width:.1f}"
    return f"{row.delay.mean:.1f}{wide} s/veh"


def _gridlock(best: Row) -> str:
    """A warning where the best strategy met a gridlock."""
    return " It met a gridlock in some run, which makes its mean doubtful." if best.measures.gridlock.any() else ""


def _named(labels: list[str]) -> str:
    """Names in a sentence, of many the first ones."""
    if len(labels) > MOST_NAMED:
        return f"{', '.join(labels[:MOST_NAMED])} and {len(labels) - MOST_NAMED} others"
    return " and ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))
