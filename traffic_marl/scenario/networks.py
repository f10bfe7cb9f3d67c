"""The road network of a scenario: generated, or read from a CityFlow file."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from traffic_marl.network.formats.cityflow import read_roadnet
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.network import Network
from traffic_marl.network.phases import select_phases
from traffic_marl.scenario.signals import Signals
from traffic_marl.scenario.validation import ScenarioPart, Text, refuse

Length = Annotated[float, Field(ge=1, le=100_000)]
Speed = Annotated[float, Field(ge=1, le=200)]
Count = Annotated[int, Field(ge=1, le=100)]
Turn = Literal["left", "through", "right"]
Side = Literal["N", "E", "S", "W"]
Lanes = tuple[tuple[Turn, ...], ...]  # turns that each lane of an approach allows, from the centre line outwards

KMH = 1 / 3.6  # [m/s]
ONE_LANE_PER_TURN: Lanes = (("left",), ("through",), ("right",))
TWO_THROUGH_LANES: Lanes = (("left",), ("through",), ("through",), ("right",))
GENERATED_PHASES = "four"


class GridNetwork(ScenarioPart):
    """A grid of signalised intersections, with a road in and out at the end of every street."""

    part: ClassVar[str] = "network"

    kind: Literal["grid"] = "grid"
    rows: Count
    columns: Count
    block_m: Length = 300.0  # between two intersections, centre to centre
    rim_m: Length | None = None  # from the outermost intersections to the rim; None: as a block
    lanes: Lanes = ONE_LANE_PER_TURN
    speed_limit_kmh: Speed = 50.0
    missing: tuple[tuple[Text, Side], ...] = ()  # legs left out: intersection and side, ("intersection_1_1", "N")

    def build(self, signals: Signals) -> Network:
        """The network with its phases."""
        return grid(
            self.rows,
            self.columns,
            block=self.block_m,
            lanes=self.lanes,
            speed_limit=self.speed_limit_kmh * KMH,
            rim=self.rim_m,
            phases=_phase_set(signals),
            missing=self.missing,
        )


class ArterialNetwork(ScenarioPart):
    """A main street from west to east with a side street across it at each intersection."""

    part: ClassVar[str] = "network"

    kind: Literal["arterial"] = "arterial"
    intersections: Count
    block_m: Length = 300.0  # between two intersections, centre to centre
    blocks_m: tuple[Length, ...] | None = None  # of each block from west to east; None: all of block_m
    rim_m: Length = 300.0  # from the outermost intersections to the ends of the main street
    side_length_m: Length = 300.0  # from the main street to the ends of the side streets
    lanes: Lanes = TWO_THROUGH_LANES  # of the main street
    side_lanes: Lanes = ONE_LANE_PER_TURN
    speed_limit_kmh: Speed = 50.0  # on the main street
    side_speed_limit_kmh: Speed = 50.0

    @field_validator("blocks_m")
    @classmethod
    def _one_between_two(cls, blocks_m: tuple[float, ...] | None, others: ValidationInfo) -> tuple[float, ...] | None:
        wanted = others.data.get("intersections", 0) - 1
        if blocks_m is not None and "intersections" in others.data and len(blocks_m) != wanted:
            raise refuse(f"{len(blocks_m)} lengths for {wanted} blocks", "give one for each block")
        return blocks_m

    def build(self, signals: Signals) -> Network:
        """The network with its phases."""
        return arterial(
            self.intersections,
            block=self.block_m if self.blocks_m is None else self.blocks_m,
            lanes=self.lanes,
            side_lanes=self.side_lanes,
            speed_limit=self.speed_limit_kmh * KMH,
            side_speed_limit=self.side_speed_limit_kmh * KMH,
            rim=self.rim_m,
            side_length=self.side_length_m,
            phases=_phase_set(signals),
        )


class CityFlowNetwork(ScenarioPart):
    """A road network in CityFlow's format."""

    part: ClassVar[str] = "network"

    kind: Literal["cityflow"] = "cityflow"
    path: Text  # of roadnet.json

    def build(self, signals: Signals) -> Network:
        """The network with its phases."""
        assert not isinstance(signals.phases, str), "the scenario has checked this"
        return select_phases(read_roadnet(self.path), signals.phases)


def _phase_set(signals: Signals) -> str:
    assert not isinstance(signals.phases, tuple), "the scenario has checked this"
    return signals.phases or GENERATED_PHASES
