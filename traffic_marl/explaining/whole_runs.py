"""The worth of neighbour information and of each intersection's control over whole runs, as tables of text."""

from collections.abc import Iterator

from traffic_marl.comparison.statistics import CONFIDENCE, Estimate, Verdict, estimate, verdict
from traffic_marl.comparison.table import NOTHING, CellKind, Column, TextTable
from traffic_marl.explaining.handover import Handover
from traffic_marl.explaining.neighbours import PLANS, Worth
from traffic_marl.explaining.table import told

WORTH = (
    "worth: mean delay of the strategy if all that tells of other intersections is held at its mean over the run, less "
    "its own mean delay. The same vehicles meet both."
)


def render_worth(label: str, worth: Worth) -> TextTable:
    """The worth of neighbour information to the strategy of a label."""
    columns = (Column("information of neighbours", CellKind.NAME), Column("mean delay\n[s/veh]"))
    rows = (
        ("as it is", told(estimate(worth.delay), ".1f")),
        ("held at its mean", told(estimate(worth.without), ".1f")),
        ("worth", told(estimate(worth.saved), "+.1f")),
    )
    notes = (*_held(worth), WORTH, *_interval(len(worth.delay)))
    return TextTable(f"{label}: what neighbours are worth", columns, rows, notes)


def _held(worth: Worth) -> Iterator[str]:
    """What was held, in words."""
    at_means = [each for each in worth.held if each != PLANS]
    if at_means:
        yield f"held at their means: {', '.join(at_means)}"
    if PLANS in worth.held:
        yield "plans hear of no vehicles that neighbours let go"
    if not worth.held:
        yield "nothing to hold: the policy observes nothing of other intersections"


def render_handover(label: str, names: tuple[str, ...], found: Handover) -> TextTable:
    """What the strategy of a label saves at each intersection against the other one."""
    columns = (Column("intersection", CellKind.NAME), Column("saved\n[s/veh]"), Column("share\n[%]"))
    saved, total = found.saved, estimate(found.together)
    parts = [
        *((name, saved[:, n]) for n, name in enumerate(names)),
        ("sum", saved.sum(axis=1)),
        ("all handed over", found.together),
        ("not explained", found.not_explained),
    ]
    rows = tuple((name, told(estimate(part), "+.2f"), _share(estimate(part).mean, total)) for name, part in parts)
    notes = (
        f"mean delay of {label}: {told(estimate(found.delay), '.1f')} s/veh, of {found.other}: "
        f"{told(estimate(found.other_delay), '.1f')} s/veh",
        f"saved: mean delay of the whole network if this intersection alone is handed over to {found.other} for the "
        f"whole run, less the mean delay under {label}",
        "share: of what is saved if all are handed over; none where that cannot be told from 0",
        *_interval(len(found.delay)),
    )
    return TextTable(f"{label} with single intersections handed over to {found.other}", columns, rows, notes)


def _share(part: float, total: Estimate) -> str:
    """A part in percent of a total, if the total can be told from 0."""
    is_known = verdict(total) in (Verdict.BETTER, Verdict.WORSE)
    return f"{100.0 * part / total.mean:.0f}" if is_known else NOTHING


def _interval(seeds: int) -> Iterator[str]:
    if seeds > 1:
        yield f"+- {CONFIDENCE:.0%} interval of the mean over seeds"
