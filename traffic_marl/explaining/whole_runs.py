"""The worth of neighbour information and of each intersection's control over whole runs, as tables of text."""

from collections.abc import Iterator

from traffic_marl.comparison.statistics import CONFIDENCE, estimate
from traffic_marl.comparison.table import CellKind, Column, TextTable
from traffic_marl.explaining.handover import Handover
from traffic_marl.explaining.neighbours import Worth
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
    if worth.held:
        held = f"held at their means: {', '.join(worth.held)}"
    else:
        held = "nothing to hold: the policy observes nothing of other intersections"
    return TextTable(f"{label}: what neighbours are worth", columns, rows, (held, WORTH, *_interval(len(worth.delay))))


def render_handover(label: str, names: tuple[str, ...], found: Handover) -> TextTable:
    """What the strategy of a label saves at each intersection against the other one."""
    columns = (Column("intersection", CellKind.NAME), Column("saved\n[s/veh]"))
    saved = found.saved
    rows = (
        *((name, told(estimate(saved[:, n]), "+.2f")) for n, name in enumerate(names)),
        ("sum", told(estimate(saved.sum(axis=1)), "+.2f")),
        ("all handed over", told(estimate(found.together), "+.2f")),
        ("not explained", told(estimate(found.not_explained), "+.2f")),
    )
    notes = (
        f"mean delay of {label}: {told(estimate(found.delay), '.1f')} s/veh, of {found.other}: "
        f"{told(estimate(found.other_delay), '.1f')} s/veh",
        f"saved: mean delay of the whole network if this intersection alone is handed over to {found.other} for the "
        f"whole run, less the mean delay under {label}",
        *_interval(len(found.delay)),
    )
    return TextTable(f"{label} with single intersections handed over to {found.other}", columns, rows, notes)


def _interval(seeds: int) -> Iterator[str]:
    if seeds > 1:
        yield f"+- {CONFIDENCE:.0%} interval of the mean over seeds"
