"""An explanation as tables of text."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.comparison.statistics import CONFIDENCE, Estimate, estimate
from traffic_marl.comparison.table import NOTHING, CellKind, Column, TextTable
from traffic_marl.explaining.decisions import ONE, SEVERAL, Decisions
from traffic_marl.explaining.explanation import Explanation
from traffic_marl.scenario.window import told_span

KINDS = (ONE, SEVERAL, "none better")  # of best branches, beside strategies that take over
MOST_ROWS = 40  # intersections that are printed, those with the greatest regret

SAVED = (
    "saved: delay of the whole network after the other phases that the intersection could have asked for, in the mean, "
    "less the delay after its own choice (its difference reward). Above 0 the choice was better than the others."
)
REGRET = "regret: delay after the choice less the delay after the best of its other phases, 0 where none is better."
TOGETHER = (
    "all at once: every intersection with a choice takes one of its other phases at the same decision. What the sum of "
    "the intersections leaves out of that is not explained by them one by one, but by how they act together."
)


def render(found: Explanation) -> TextTable:
    """The table of intersections, with sums and the best branches below."""
    columns = (
        Column("intersection", CellKind.NAME),
        Column("choices"),
        Column("saved by\na choice\n[veh s]"),
        Column("regret of\na choice\n[veh s]"),
        Column("best\n[%]"),
    )
    shown = _shown(found)
    rows = [*(_row(found, n) for n in shown), *_sums(found)]
    return TextTable(title_of(found), columns, tuple(rows), tuple(_notes(found, len(shown))))


def title_of(found: Explanation) -> str:
    """Scenario, strategy, seeds, moments and length of the branches."""
    scenario, seeds = found.scenario, found.seeds
    named = f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds"
    span = told_span(scenario.horizon, scenario.window_s)
    count = len(_moments(found))
    return (
        f"{scenario.name}: {found.strategy.label}, decisions every {found.interval} s, {named}, {span}, {count} "
        f"{'moment' if count == 1 else 'moments'}, branches of {found.ahead} s"
    )


def choices(found: Explanation) -> Ints:
    """(N,) moments of all seeds at which each intersection had a choice."""
    counts: Ints = np.array([each.could for each in _moments(found)]).sum(axis=0)
    return counts


def best_share(found: Explanation) -> Floats:
    """(N,) share of the choices that no other phase would have bettered. nan without a choice."""
    could = np.array([each.could for each in _moments(found)])
    right = could & (np.array([each.regret for each in _moments(found)]) == 0.0)
    count = could.sum(axis=0)
    share: Floats = np.divide(right.sum(axis=0), count, out=np.full(len(count), np.nan), where=count > 0)
    return share


def _moments(found: Explanation) -> list[Decisions]:
    """The decisions at all moments of all seeds."""
    return [each for row in found.decisions for each in row]


def _shown(found: Explanation) -> list[int]:
    """Places of the intersections that are printed, in the order of the network."""
    total = found.by_seed("regret").sum(axis=0)
    order = np.argsort(-total, kind="stable")[:MOST_ROWS]
    return sorted(order.tolist())


def _row(found: Explanation, n: int) -> tuple[str, ...]:
    share = best_share(found)[n]
    return (
        found.intersections[n],
        str(int(choices(found)[n])),
        told(estimate(found.per_choice("saved")[:, n]), "+.0f"),
        told(estimate(found.per_choice("regret")[:, n]), ".0f"),
        NOTHING if np.isnan(share) else f"{100.0 * share:.0f}",
    )


def _sums(found: Explanation) -> Iterator[tuple[str, ...]]:
    """Rows for all intersections at a moment: their sum, all at once, and the difference of both."""
    saved, regret = found.by_seed("saved").sum(axis=1), found.by_seed("regret").sum(axis=1)
    yield "sum at a moment", "", told(estimate(saved), "+.0f"), told(estimate(regret), ".0f"), ""
    yield "all at once", "", told(estimate(found.by_seed("together")), "+.0f"), "", ""
    yield "not explained", "", told(estimate(found.by_seed("not_explained")), "+.0f"), "", ""


def _notes(found: Explanation, shown: int) -> Iterator[str]:
    yield _gain(found)
    yield SAVED
    yield REGRET
    yield TOGETHER
    if len(found.seeds) > 1:
        yield f"+- {CONFIDENCE:.0%} interval of the mean over seeds"
    left_out = len(found.intersections) - shown
    if left_out:
        yield f"{left_out} intersections with less regret are left out here; --json and --csv have all"


def _gain(found: Explanation) -> str:
    """How far the best branches lie below the strategy, in words."""
    cost, gain = estimate(found.by_seed("cost")), estimate(100.0 * found.gain())
    count = sum(each.branches for each in _moments(found))
    return (
        f"could still be gained: at least {told(gain, '.1f')} % of the {cost.mean:.0f} veh s of delay in the "
        f"{found.ahead} s after a decision. That is what the best of {count} branches spares. It knows the vehicles "
        f"to come, and better ones may exist. The best branches: {', '.join(_kinds(found))}"
    )


def _kinds(found: Explanation) -> Iterator[str]:
    """The kinds of the best branches, the most frequent first, each with its number of moments."""
    counts = Counter(each.best_kind or "none better" for each in _moments(found))
    for kind, count in counts.most_common():
        yield f"{kind if kind in KINDS else f'{kind} from then on'} ({count} of {counts.total()})"


def told(value: Estimate, style: str) -> str:
    """A mean with half of its interval, if it has one, both in the same style."""
    if np.isnan(value.mean):
        return NOTHING
    if value.half_width is None:
        return f"{value.mean:{style}}"
    return f"{value.mean:{style}} +- {value.half_width:{style.removeprefix('+')}}"
