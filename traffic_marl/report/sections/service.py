"""Level of service by movement and by intersection."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from traffic_marl.comparison.table import NOTHING, CellKind, Column, TextTable
from traffic_marl.local_measures import LEVELS, LOCAL_DEFINITIONS, LONGEST_DELAYS, Place
from traffic_marl.report.charts.axes import number_axis
from traffic_marl.report.charts.strips import Strip, segment, strip_chart
from traffic_marl.report.findings import Findings
from traffic_marl.report.markup import Html, joined, tag
from traffic_marl.report.places import PlaceMeans, means_of
from traffic_marl.report.sections.section import figure, folded, section, table

SIDES = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")  # compass points that traffic comes from
TURNS = ("left", "through", "right")
SHOWN = (  # columns of the table of movements: name, digits
    ("demand", 0),
    ("volume", 0),
    ("p95_delay", 0),
    ("stops", 2),
    ("mean_queue", 1),
    ("p95_queue_length", 0),
    ("saturation", 2),
    ("arrivals_on_green", 2),
    ("spillback", 0),
)
ABOUT_MATRICES = "By the side that the traffic comes from, and its turn: l for left, t for through, r for right."
WORST = LEVELS[-2:]  # levels whose movements are counted in words
MANY = 24  # intersections from which on tables of them are folded


def service(findings: Findings) -> Html | None:
    """The levels of all strategies, and those of single places. None without measures by place."""
    if not findings.local:
        return None
    movements = {label: means_of(local.movements) for label, local in findings.local.items()}
    shown = [label for label in findings.shown if label in movements]
    matrices = tag("div", *(_matrix(label, movements[label]) for label in shown), class_="sides")
    is_long = len(next(iter(findings.local.values())).intersections.places) >= MANY
    put = folded if is_long else figure
    below = tag("p", ABOUT_MATRICES, class_="note")
    return section(
        "service",
        "Level of service",
        tag("p", _definition(), class_="note"),
        figure("Movements at each level", _counts(findings, movements)),
        put("Level of each movement", joined([matrices, below])),
        put("Mean delay of each intersection [s/veh], with its level of service", table(_by_intersection(findings))),
        joined(folded(f"All movements under {label}", table(_details(movements[label]))) for label in shown),
        folded("Definitions of these measures", table(_definitions())),
    )


def _definition() -> str:
    limits = ", ".join(f"{level} up to {limit:g}" for level, limit in zip(LEVELS, LONGEST_DELAYS, strict=False))
    return (
        f"Levels of the Highway Capacity Manual by the mean delay of the visits to a place [s/veh]: {limits}, "
        f"{LEVELS[-1]} above. Mean over all draws of the traffic."
    )


def _counts(findings: Findings, movements: dict[str, PlaceMeans]) -> Html:
    """A bar for each strategy, with a part for each level."""
    most = max(len(each.places) for each in movements.values())
    axis = number_axis([float(most)], "movements")
    strips = []
    for row in findings.comparison.rows:
        if row.label not in movements:
            continue
        means = movements[row.label]
        found = Counter(filter(None, (means.level(place) for place in range(len(means.places)))))
        ends = np.cumsum([0, *(found[level] for level in LEVELS)]).tolist()
        parts = tuple(
            segment(axis, ends[place], ends[place + 1], f"shade{place}", f"{level}: {found[level]}")
            for place, level in enumerate(LEVELS)
            if found[level]
        )
        worst = sum(found[level] for level in WORST)
        strips.append(Strip(row.label, parts, f"{' or '.join(WORST)}: {worst}"))
    return joined([_scale(), strip_chart(strips, axis, "Movements at each level of service")])


def _scale() -> Html:
    """The colours of the levels."""
    parts = (
        tag("span", tag("i", class_=f"swatch shade{place}"), level, class_="entry")
        for place, level in enumerate(LEVELS)
    )
    return tag("p", *parts, class_="scale")


def _matrix(label: str, means: PlaceMeans) -> Html:
    """A table with a row for each intersection and a column for each side and turn."""
    columns = sorted({_column(place) for place in means.places})
    cells: dict[tuple[str, tuple[int, int]], list[Html]] = {}
    for number, place in enumerate(means.places):
        cells.setdefault((place.intersection, _column(place)), []).append(_cell(means, number))
    rows = [
        tag(
            "tr",
            tag("th", name, scope="row", title=name),
            *(tag("td", *cells.get((name, column), ())) for column in columns),
        )
        for name in dict.fromkeys(place.intersection for place in means.places)
    ]
    heads = [tag("th", f"{_side(side)} {TURNS[turn][0]}".strip(), scope="col") for side, turn in columns]
    whole = tag("table", tag("thead", tag("tr", tag("th"), *heads)), tag("tbody", *rows), class_="levels")
    return tag(
        "div",
        tag("h3", label),
        tag("div", whole, class_="wide", tabindex=0, role="region", aria_label=f"levels of service under {label}"),
        class_="side",
    )


def _cell(means: PlaceMeans, number: int) -> Html:
    """The level of a movement, with its numbers where the pointer rests."""
    level, place = means.level(number), means.places[number]
    if not level:
        return tag("span", NOTHING, title=f"{place.name}: nobody came")
    saturation = means.numbers["saturation"][number]
    told = f"{place.name} to {place.to_road}: {means.delay[number]:.1f} s/veh, v/c {saturation:.2f}"
    return tag("span", level, class_=f"level shade{LEVELS.index(level)}", title=told)


def _column(place: Place) -> tuple[int, int]:
    """The order of a movement among those of its intersection."""
    side = SIDES.index(place.side) if place.side in SIDES else len(SIDES)
    return side, TURNS.index(place.turn) if place.turn in TURNS else 0


def _side(side: int) -> str:
    return SIDES[side] if side < len(SIDES) else ""


def _by_intersection(findings: Findings) -> TextTable:
    """A row for each intersection, a column for each strategy."""
    labels = [row.label for row in findings.comparison.rows if row.label in findings.local]
    means = [means_of(findings.local[label].intersections) for label in labels]
    columns = (Column("intersection", CellKind.NAME), *(Column(label) for label in labels))
    rows = tuple(
        (place.name, *(_delay(each, number) for each in means)) for number, place in enumerate(means[0].places)
    )
    return TextTable("mean delay of each intersection", columns, rows)


def _delay(means: PlaceMeans, number: int) -> str:
    level = means.level(number)
    return f"{means.delay[number]:.1f} {level}" if level else NOTHING


def _details(means: PlaceMeans) -> TextTable:
    """A row for each movement with its numbers."""
    columns = (
        Column("movement", CellKind.NAME),
        Column("to", CellKind.TEXT),
        Column("level", CellKind.TEXT),
        Column("mean delay\n[s/veh]"),
        *(Column(f"{name.replace('_', ' ')}\n[{LOCAL_DEFINITIONS[name].unit}]") for name, _ in SHOWN),
    )
    return TextTable("measures by movement", columns, tuple(_lines(means)))


def _lines(means: PlaceMeans) -> Iterator[tuple[str, ...]]:
    for number, place in enumerate(means.places):
        delay = means.delay[number]
        values = ((means.numbers[name][number], digits) for name, digits in SHOWN)
        told = [NOTHING if np.isnan(value) else f"{value:.{digits}f}" for value, digits in ((delay, 1), *values)]
        yield (place.name, place.to_road, means.level(number) or NOTHING, *told)


def _definitions() -> TextTable:
    columns = (Column("measure", CellKind.NAME), Column("unit", CellKind.TEXT), Column("definition", CellKind.PROSE))
    rows = tuple((name.replace("_", " "), each.unit, each.text) for name, each in LOCAL_DEFINITIONS.items())
    return TextTable("definitions by place", columns, rows)
