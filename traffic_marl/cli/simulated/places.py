"""Local measures of one run as a table, as CSV and as JSON."""

import math
from typing import Any

from traffic_marl.comparison.table import CellKind, Column, TextTable
from traffic_marl.files.csv_table import csv_text
from traffic_marl.local_measures import KINDS, LOCAL_DEFINITIONS, Kind, LocalMeasures, Place, PlaceMeasures
from traffic_marl.local_measures.service import LEVELS, LONGEST_DELAYS
from traffic_marl.local_measures.tables import names_of

COLUMNS: tuple[tuple[str, str, str], ...] = (  # measure, head and format of a cell
    ("demand", "demand\n[veh]", "d"),
    ("volume", "volume\n[veh/h]", ".0f"),
    ("mean_delay", "delay\n[s/veh]", ".1f"),
    ("p95_delay", "95 %\n[s]", ".0f"),
    ("stops", "stops\n[1/veh]", ".2f"),
    ("saturation", "v/c", ".2f"),
    ("arrivals_on_green", "on\ngreen", ".2f"),
    ("mean_queue", "queue\n[veh]", ".1f"),
    ("p95_queue", "95 %\n[veh]", "d"),
    ("p95_queue_length", "95 %\n[m]", "d"),
    ("spillback", "full\n[s]", "d"),
)


def places_table(measures: LocalMeasures, kind: Kind, title: str) -> TextTable:
    """The places of a kind in the first copy, intersection by intersection."""
    table = measures.of(kind)
    columns = (Column(kind, CellKind.NAME), Column("level", CellKind.TEXT), *(Column(head) for _, head, _ in COLUMNS))
    numbers = [[_cell(value, form) for value in getattr(table, name)[0].tolist()] for name, _, form in COLUMNS]
    rows = list(zip(names_of(table.places), table.levels(0), *numbers, strict=True))
    order = {place.intersection: number for number, place in enumerate(measures.intersections.places)}
    sorted_places = sorted(range(len(rows)), key=lambda place: order[table.places[place].intersection])
    return TextTable(title, columns, tuple(rows[place] for place in sorted_places), tuple(_notes(measures)))


def places_csv(measures: LocalMeasures) -> str:
    """One line for each intersection, approach and movement of the first copy, with all numbers."""
    heads = ("kind", "intersection", "approach", "side", "turn", "to_road", "level_of_service", *LOCAL_DEFINITIONS)
    lines = [
        (kind, *_words(place), level, *numbers) for kind in KINDS for place, level, numbers in _rows(measures.of(kind))
    ]
    return csv_text(heads, lines)


def places_json(measures: LocalMeasures) -> dict[str, Any]:
    """The places of every kind in the first copy, for JSON."""
    found: dict[str, Any] = {
        kind: [
            dict(zip(("intersection", "approach", "side", "turn", "to_road"), _words(place), strict=True))
            | {"level_of_service": level}
            | dict(zip(LOCAL_DEFINITIONS, numbers, strict=True))
            for place, level, numbers in _rows(measures.of(kind))
        ]
        for kind in KINDS
    }
    found["balance"] = {name: float(values[0]) for name, values in vars(measures.balance).items()}
    found["saturation_flow"] = {turn: float(flow[0]) for turn, flow in measures.saturation_flow.items()}
    return found


def _rows(table: PlaceMeasures) -> list[tuple[Place, str, list[float | int | None]]]:
    """Each place of the first copy with its level and its numbers, None where there is none."""
    numbers = zip(*(values[0].tolist() for _, values in table), strict=True)
    return [
        (place, level, [_number(value) for value in values])
        for place, level, values in zip(table.places, table.levels(0), numbers, strict=True)
    ]


def _words(place: Place) -> tuple[str, ...]:
    return place.intersection, place.road, place.side, place.turn, place.to_road


def _number(value: float | int) -> float | int | None:
    return value if isinstance(value, int) or math.isfinite(value) else None


def _cell(value: float | int, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "-"


def _notes(measures: LocalMeasures) -> list[str]:
    """What stands below the table: definitions of its columns, and the sum over all places."""
    bounds = " ".join(f"{level} {bound:g}" for level, bound in zip(LEVELS, LONGEST_DELAYS, strict=False))
    balance = {name: float(values[0]) for name, values in vars(measures.balance).items()}
    flows = "; ".join(
        f"{turn} {flow[0]:.0f}, {measures.time_lost[turn][0]:.1f} s lost"
        + ("" if measures.headways[turn][0] else " (assumed)")
        for turn, flow in measures.saturation_flow.items()
    )
    return [
        f"level: level of service by the mean delay of the Highway Capacity Manual, up to {bounds} s/veh, F above",
        *(f"{' '.join(head.split())}: {LOCAL_DEFINITIONS[name].text}" for name, head, _ in COLUMNS),
        f"saturation flow of a lane [veh/h] and time lost at a start, measured from headways of queues: {flows}",
        f"delay of the network {balance['network']:.0f} veh s: {balance['places']:.0f} at these places, "
        f"{balance['elsewhere']:.0f} on other roads, {balance['unfinished']:.0f} by trips not completed",
    ]
