"""Incidents of a scenario: a road, or some of its lanes, closed for some minutes."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from traffic_marl.arrays import Floats
from traffic_marl.errors import ScenarioError
from traffic_marl.files.csv_table import known_name
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network
from traffic_marl.scenario.validation import ScenarioPart, Text, WholeNumber, refuse
from traffic_marl.simulation import Closure

Second = Annotated[WholeNumber, Field(ge=0, le=604_800)]
Lane = Annotated[WholeNumber, Field(ge=0, le=99)]
STREAM = 0x1AC1DE27  # keeps these draws apart from others made from the same seed


class Incident(ScenarioPart):
    """A road, or some of its lanes, closed for some time at the end of the road.

    Nobody passes the end of a closed lane, as if a broken-down vehicle stood at the stop line. Vehicles queue before it
    until it opens. They know nothing of it before they meet it, and nobody changes lanes or route for it. The signals
    do as always. The seconds are those of the demand.
    """

    part: ClassVar[str] = "incidents"

    road: Text | None = None
    """Road that is closed, by name. It does not end at the rim. Default: a road that leads to a signal and on which
    vehicles are expected, drawn by the seed of the run."""
    lanes: Annotated[tuple[Lane, ...], Field(min_length=1)] | None = None
    """Lanes that are closed, counted from 0 at the centre line. Default: all lanes of the road."""
    from_s: Second
    """First second in which it is closed."""
    until_s: Second
    """Second at which it is open again."""

    @field_validator("until_s")
    @classmethod
    def _after_its_beginning(cls, until_s: int, others: ValidationInfo) -> int:
        begin = others.data.get("from_s", 0)
        if until_s <= begin:
            raise refuse(f"{until_s} s is not after from_s, {begin} s", f"give at least {begin + 1}")
        return until_s


def closures(
    incidents: Sequence[Incident], network: Network, flow: Floats, first: int, seed: int
) -> tuple[Closure, ...]:
    """The closed lanes of the run with a seed, in seconds of the run.

    Args:
        incidents: of the scenario.
        network: its network.
        flow: [veh/s] (M,) expected of each movement.
        first: [s] second of the demand at which the run begins.
        seed: of the run.

    Raises:
        ScenarioError: a road or lane does not exist or cannot be closed.
    """
    generator = np.random.default_rng((seed, STREAM))
    found: list[Closure] = []
    for place, incident in enumerate(incidents):
        draw = float(generator.random())  # one for each incident, so that each draws the same whatever the others are
        lanes = _lanes(incident, network, flow, draw, f"incidents[{place}]")
        begin, end = max(incident.from_s - first, 0), incident.until_s - first
        found += [Closure(lane, begin, end) for lane in lanes if end > 0]
    return tuple(found)


def _lanes(incident: Incident, network: Network, flow: Floats, draw: float, where: str) -> list[int]:
    """The lanes that an incident closes. `draw`, within 0 .. 1, chooses the road where none is named."""
    road = incident.road
    if road is None:
        roads = _possible_roads(incident, network, flow)
        if not roads:
            remedy = "name a road, or lanes that its roads have"
            raise ScenarioError(f"{where}.road", "no road with these lanes leads vehicles to a signal", remedy)
        road = roads[int(draw * len(roads))]
    elif road not in network.roads:
        remedy = known_name(road, network.roads)
        raise ScenarioError(f"{where}.road", f"{road} is not a road of the network", remedy)
    elif road in network.exit_roads:
        what = f"{road} ends at the rim, where vehicles leave"
        raise ScenarioError(f"{where}.road", what, "name a road that ends at a junction")
    own = network.lanes_of(road)
    for index in incident.lanes or ():
        if index >= len(own):
            what = f"{road} has {len(own)} lane{'s' if len(own) > 1 else ''}, and {index} is none of them"
            raise ScenarioError(f"{where}.lanes", what, f"give 0 to {len(own) - 1}")
    return list(own) if incident.lanes is None else sorted({own[index] for index in incident.lanes})


def _possible_roads(incident: Incident, network: Network, flow: Floats) -> list[str]:
    """Roads that lead to a signal, on which vehicles are expected, with all lanes that the incident names."""
    tables = network.tables
    signalled = set(tables.lane_road[tables.lane_intersection != NONE].tolist())
    used = {roads[0] for roads, expected in zip(network.movement_roads, flow, strict=True) if expected > 0}
    most = max(incident.lanes or (0,))
    return [
        name
        for road, name in enumerate(network.roads)
        if road in signalled and name in used and most < len(network.lanes_of(name))
    ]
