"""The tables of `show`."""

from collections.abc import Iterator

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.comparison.rules import disturbances
from traffic_marl.comparison.table import NOTHING, CellKind, Column, TextTable
from traffic_marl.kernels.tables import NEVER
from traffic_marl.network.described import (
    MovementFacts,
    movements_at,
    road_length,
    size_of,
    yielding_pairs,
)
from traffic_marl.network.network import Network
from traffic_marl.scenario import Scenario
from traffic_marl.units import HOUR, KMH


def flows_of(scenario: Scenario) -> Floats:
    """[veh/h] (M,) expected flow of each movement, averaged over the demand of the run."""
    return scenario.flow() * HOUR


def summary(scenario: Scenario) -> Iterator[str]:
    """Lines with the size of network and demand, and the rules of the signals."""
    network, timing = scenario.build_network(), scenario.timing()
    size, trips = size_of(network), len(scenario.build_demand().draw(0))
    yield scenario.name + (f": {' '.join(scenario.description.split())}" if scenario.description else "")
    yield (
        f"network: {size.intersections:,} intersections with signals, {size.junctions:,} junctions without, "
        f"{size.roads:,} roads, {size.lanes:,} lanes of {size.lane_length / 1000:,.1f} km together, "
        f"{size.entries:,} ways in, {size.exits:,} ways out"
    )
    drawn = " as drawn with seed 0" if scenario.build_demand().is_random else ""
    yield f"demand: {trips:,} vehicles{drawn} in {scenario.horizon:,} s, {trips * HOUR / scenario.horizon:,.0f} veh/h"
    limits = [
        f"{name} {value} s" if value < NEVER else f"no {name}"
        for name, value in (("max green", timing.max_green), ("max red", timing.max_red))
    ]
    yield (
        f"signals: min green {timing.min_green} s, {limits[0]}, yellow {timing.yellow} s, all-red {timing.all_red} s, "
        f"{limits[1]}"
    )
    for told in disturbances(scenario):
        yield f"disturbances: {told}"


def intersections_table(network: Network, flows: Floats) -> TextTable:
    """One line an intersection."""
    columns = (
        Column("intersection", CellKind.NAME),
        Column("roads\nin"),
        Column("lanes\nin"),
        Column("move-\nments"),
        Column("phases"),
        Column("flow\n[veh/h]"),
        Column("names of phases", CellKind.PROSE),
    )
    tables = network.tables
    rows = []
    for place, name in enumerate(network.intersections):
        lanes = np.flatnonzero(tables.lane_intersection == place)
        own = tables.movement_intersection == place
        rows.append(
            (
                name,
                str(len(set(tables.lane_road[lanes].tolist()))),
                str(len(lanes)),
                str(int(own.sum())),
                str(len(network.phase_names[place])),
                f"{flows[own].sum():,.0f}",
                ", ".join(network.phase_names[place]),
            )
        )
    return TextTable("Intersections", columns, tuple(rows))


def roads_table(network: Network, place: int, flows: Floats) -> TextTable:
    """The roads that enter an intersection."""
    columns = (
        Column("road", CellKind.NAME),
        Column("from", CellKind.TEXT),
        Column("length\n[m]"),
        Column("limit\n[km/h]"),
        Column("flow\n[veh/h]"),
        Column("lanes from the centre line outwards", CellKind.PROSE),
    )
    movements = movements_at(network, place)
    rows = []
    for road in dict.fromkeys(each.from_road for each in movements):
        own = [each for each in movements if each.from_road == road]
        lanes = network.lanes_of(road)
        rows.append(
            (
                road,
                own[0].side,
                f"{road_length(network, road):.0f}",
                f"{network.tables.limit[lanes[0]] / KMH:.0f}",
                f"{sum(flows[each.number] for each in own):,.0f}",
                ", ".join(_turns(own, lane) for lane in range(len(lanes))),
            )
        )
    return TextTable(f"Roads into {network.intersections[place]}", columns, tuple(rows))


def _turns(movements: list[MovementFacts], lane: int) -> str:
    """The turns that a lane allows."""
    return "+".join(dict.fromkeys(each.turn for each in movements if lane in each.lanes)) or "closed"


def movements_table(network: Network, place: int, flows: Floats) -> TextTable:
    """The movements of an intersection."""
    columns = (
        Column("move-\nment"),
        Column("from", CellKind.TEXT),
        Column("turn", CellKind.TEXT),
        Column("to road", CellKind.NAME),
        Column("flow\n[veh/h]"),
        Column("green in\nphases", CellKind.TEXT),
        Column("meets movements", CellKind.PROSE),
    )
    rows = [
        (
            str(each.number),
            each.side,
            each.turn,
            each.to_road,
            f"{flows[each.number]:,.0f}",
            _listed(each.phases),
            _listed(each.conflicts),
        )
        for each in movements_at(network, place)
    ]
    return TextTable(f"Movements at {network.intersections[place]}", columns, tuple(rows))


def phases_table(network: Network, place: int, flows: Floats) -> TextTable:
    """The phases of an intersection."""
    columns = (
        Column("phase"),
        Column("name", CellKind.NAME),
        Column("flow\n[veh/h]"),
        Column("green movements", CellKind.PROSE),
        Column("meet and yield", CellKind.PROSE),
    )
    movements = movements_at(network, place)
    rows = []
    for phase, name in enumerate(network.phase_names[place]):
        green = [each.number for each in movements if phase in each.phases]
        pairs = yielding_pairs(movements, phase)
        rows.append(
            (
                str(phase),
                name,
                f"{flows[green].sum():,.0f}",
                _listed(green),
                ", ".join(f"{one} and {other}" for one, other in pairs) or NOTHING,
            )
        )
    return TextTable(f"Phases of {network.intersections[place]}", columns, tuple(rows))


def _listed(numbers: tuple[int, ...] | list[int]) -> str:
    return " ".join(map(str, numbers)) or NOTHING
