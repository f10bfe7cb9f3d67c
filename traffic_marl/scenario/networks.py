"""The generated road networks of a scenario: grids, arterials and random ones."""

import re
from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, ValidationInfo, field_validator, model_serializer

from traffic_marl.checks import LAST_SEED, shown
from traffic_marl.network.clearing import kept_clear
from traffic_marl.network.generators.arterial import TWO_THROUGH_LANES, arterial
from traffic_marl.network.generators.grid import ONE_LANE_PER_TURN, grid
from traffic_marl.network.generators.phase_choice import Phases
from traffic_marl.network.generators.phase_sets import DEFAULT_PHASES, PHASE_SETS
from traffic_marl.network.generators.pockets import SHORTEST_POCKET, SIGHT, Lanes, PocketTurn
from traffic_marl.network.generators.random_streets import Shape, random_streets
from traffic_marl.network.lanes import check_lanes, lacking_turns
from traffic_marl.network.model import Turn
from traffic_marl.network.network import Network
from traffic_marl.network.opening import opened
from traffic_marl.scenario.signals import PhaseChoice, Signals
from traffic_marl.scenario.validation import Number, ScenarioPart, Text, WholeNumber, refuse
from traffic_marl.units import KMH

Length = Annotated[Number, Field(ge=1, le=100_000)]
Speed = Annotated[Number, Field(ge=1, le=200)]
Count = Annotated[WholeNumber, Field(ge=1, le=100)]
Side = Literal["N", "E", "S", "W"]
Block = Annotated[Number, Field(ge=50, le=100_000)]  # of a random network, whose streets have up to three lanes
PocketLength = Annotated[Number, Field(ge=SHORTEST_POCKET, le=100_000)]
LATER = (  # fields that came after the first version
    "without_signals",
    "keep_clear",
    "column_lanes",
    "column_speed_limit_kmh",
    "road_lanes",
    "left_pocket_m",
    "right_pocket_m",
    "road_pockets_m",
)
LaneCount = Annotated[WholeNumber, Field(ge=1, le=3)]


class NetworkPart(ScenarioPart):
    """The base of all descriptions of a road network."""

    part: ClassVar[str] = "network"
    has_rows: ClassVar[bool] = False  # its phases are rows of a phase table, not a set of phases by name

    @abstractmethod
    def build(self, signals: Signals) -> Network:
        """The network with its phases."""

    def lacking_turns(self, network: Network) -> list[tuple[str, Turn]]:
        """Turns that no lane of an approach allows, as (approach, turn). A file's network lacks none that it needs."""
        return []

    def place(self, where: str) -> str:
        """The field of the scenario that is at fault. Phases are a field of the signals."""
        return f"signals.{where}" if re.fullmatch(r"phases(\[.*)?", where) else super().place(where)

    def check_phases(self, phases: PhaseChoice) -> None:
        """Checks that the signals choose their phases in the way that suits this network.

        Raises:
            PydanticCustomError: they do not. A validator raises it further.
        """
        choices: list[tuple[str, Any]] = [("phases", phases)]
        if isinstance(phases, dict):
            choices = [(f"phases[{name}]", each) for name, each in phases.items()]
        for field, each in choices:
            has_numbers = isinstance(each, tuple) and isinstance(each[0], int)
            if self.has_rows and each is not None and not has_numbers:
                noun = "a set of phases" if isinstance(each, str) else "a choice of phases"
                what = f"{shown(each)} is {noun} for generated networks"
                raise refuse(what, "list rows of the file's phase table", field)
            if not self.has_rows and has_numbers:
                remedy = f'use one of {", ".join(PHASE_SETS)}, or list phases such as "NS through"'
                raise refuse("a generated network has no rows to choose", remedy, field)


class GeneratedNetwork(NetworkPart):
    """The base of the networks that are generated."""

    without_signals: tuple[Text, ...] = ()
    """Intersections without signals, by name. Their vehicles yield to one another. Default: none."""
    keep_clear: bool = False
    """Vehicles do not enter an intersection before the lane beyond has room for all that are on the way there. Default:
    they look at the last vehicle of that lane alone, as in CityFlow."""

    @model_serializer(mode="wrap")
    def _without_unused(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields, without those that came later and are not used, so that hashes stay as they were."""
        content: dict[str, Any] = write(self)
        unused = [name for name in LATER if name in content and content[name] in (None, (), [], False)]
        return {name: value for name, value in content.items() if name not in unused}

    def build(self, signals: Signals) -> Network:
        """The network with its phases, of which one serves all turns of each lane."""
        phases: Any = signals.phases or DEFAULT_PHASES  # the scenario has checked that these are no rows of a file
        network = opened(self.generate(phases), self.without_signals, self.sight)
        check_lanes(network)
        return kept_clear(network) if self.keep_clear else network

    @property
    def sight(self) -> float:
        """[m] Vehicles look at the signals beyond lanes that are shorter than this before they are there."""
        return 0.0

    @abstractmethod
    def generate(self, phases: Phases) -> Network:
        """The network with these phases."""

    def lacking_turns(self, network: Network) -> list[tuple[str, Turn]]:
        """Turns that no lane of an approach allows although a road leads on that way, as (approach, turn)."""
        return lacking_turns(network)


class StreetNetwork(GeneratedNetwork):
    """The base of the networks whose roads may differ from their street."""

    road_lanes: dict[Text, Lanes] | None = None
    """Turns that each lane allows at the end of single roads, by name. Default: those of their street."""
    left_pocket_m: PocketLength | None = None
    """Length of pockets for left turns. The lanes for left turns alone begin that far before the stop line, if another
    lane leads there. Default: they begin with the road."""
    right_pocket_m: PocketLength | None = None
    """Length of pockets for right turns. Default: the lanes for right turns alone begin with the road."""
    road_pockets_m: dict[Text, dict[PocketTurn, PocketLength]] | None = None
    """Lengths of the pockets of single roads by name, such as `{"road_1_E": {"left": 80}}`. Default: those of all."""

    @property
    def sight(self) -> float:
        """[m] Vehicles look at the signals beyond lanes that are shorter than this before they are there."""
        has_pockets = self.left_pocket_m or self.right_pocket_m or any((self.road_pockets_m or {}).values())
        return SIGHT if has_pockets else 0.0


class GridNetwork(StreetNetwork):
    """A grid of signalised intersections, with a road in and out at the end of every street."""

    kind: Literal["grid"] = "grid"
    """Kind of network."""
    rows: Count
    """Number of streets from west to east."""
    columns: Count
    """Number of streets from south to north."""
    block_m: Length = 300.0
    """Distance between two intersections, from centre to centre."""
    rim_m: Length | None = None
    """Distance from the outermost intersections to the rim. Default: the length of a block."""
    lanes: Lanes = ONE_LANE_PER_TURN
    """Turns that each lane of an approach allows, from the centre line outwards."""
    speed_limit_kmh: Speed = 50.0
    """Speed limit of all roads."""
    missing: tuple[tuple[Text, Side], ...] = ()
    """Legs that are left out, each as intersection and side, such as `("intersection_1_1", "N")`."""
    column_lanes: Lanes | None = None
    """Turns that each lane of the streets from south to north allows. Default: those of `lanes`."""
    column_speed_limit_kmh: Speed | None = None
    """Speed limit of the streets from south to north. Default: that of all roads."""

    def generate(self, phases: Phases) -> Network:
        """The network with these phases."""
        return grid(
            self.rows,
            self.columns,
            block=self.block_m,
            lanes=self.lanes,
            speed_limit=self.speed_limit_kmh * KMH,
            rim=self.rim_m,
            phases=phases,
            missing=self.missing,
            column_lanes=self.column_lanes,
            column_speed_limit=None if self.column_speed_limit_kmh is None else self.column_speed_limit_kmh * KMH,
            road_lanes=self.road_lanes,
            left_pocket=self.left_pocket_m,
            right_pocket=self.right_pocket_m,
            road_pockets=self.road_pockets_m,
        )


class ArterialNetwork(StreetNetwork):
    """A main street from west to east with a side street across it at each intersection."""

    kind: Literal["arterial"] = "arterial"
    """Kind of network."""
    intersections: Count
    """Number of intersections along the main street."""
    block_m: Length = 300.0
    """Distance between two intersections, from centre to centre."""
    blocks_m: tuple[Length, ...] | None = None
    """Length of each block from west to east. Default: `block_m` for all."""
    rim_m: Length = 300.0
    """Distance from the outermost intersections to the ends of the main street."""
    side_length_m: Length = 300.0
    """Distance from the main street to the ends of the side streets."""
    lanes: Lanes = TWO_THROUGH_LANES
    """Turns that each lane of the main street allows, from the centre line outwards."""
    side_lanes: Lanes = ONE_LANE_PER_TURN
    """Turns that each lane of the side streets allows, from the centre line outwards."""
    speed_limit_kmh: Speed = 50.0
    """Speed limit of the main street."""
    side_speed_limit_kmh: Speed = 50.0
    """Speed limit of the side streets."""

    @field_validator("blocks_m")
    @classmethod
    def _one_between_two(cls, blocks_m: tuple[float, ...] | None, others: ValidationInfo) -> tuple[float, ...] | None:
        wanted = others.data.get("intersections", 0) - 1
        if blocks_m is not None and "intersections" in others.data and len(blocks_m) != wanted:
            raise refuse(f"{len(blocks_m)} lengths for {wanted} blocks", "give one for each block")
        return blocks_m

    def generate(self, phases: Phases) -> Network:
        """The network with these phases."""
        return arterial(
            self.intersections,
            block=self.block_m if self.blocks_m is None else self.blocks_m,
            lanes=self.lanes,
            side_lanes=self.side_lanes,
            speed_limit=self.speed_limit_kmh * KMH,
            side_speed_limit=self.side_speed_limit_kmh * KMH,
            rim=self.rim_m,
            side_length=self.side_length_m,
            phases=phases,
            road_lanes=self.road_lanes,
            left_pocket=self.left_pocket_m,
            right_pocket=self.right_pocket_m,
            road_pockets=self.road_pockets_m,
        )


class RandomNetwork(GeneratedNetwork):
    """A random network: a grid, or a grid without some of its roads. The same seed gives the same network.

    Streets have blocks, lanes and a speed limit within the bounds given. Every intersection has three or four legs.
    """

    kind: Literal["random"] = "random"
    """Kind of network."""
    seed: Annotated[WholeNumber, Field(ge=0, lt=LAST_SEED)]
    """Random seed of the network."""
    intersections: tuple[Count, Count] = (4, 20)
    """Least and most intersections."""
    shape: Shape = "any"
    """A full grid, an irregular network with T-junctions, or any of the two."""
    block_m: tuple[Block, Block] = (100.0, 800.0)
    """Least and greatest distance between two intersections, from centre to centre."""
    lanes: tuple[LaneCount, LaneCount] = (1, 3)
    """Least and most lanes of a street. With the phases "four" and "eight" every street has at least two."""
    speed_limit_kmh: tuple[Speed, Speed] = (29.0, 61.0)
    """Least and greatest speed limit."""

    @field_validator("intersections", "block_m", "lanes", "speed_limit_kmh")
    @classmethod
    def _in_order(cls, bounds: tuple[float, float]) -> tuple[float, float]:
        if bounds[0] > bounds[1]:
            raise refuse(f"{bounds[0]:g} is more than {bounds[1]:g}", "give the least first, then the greatest")
        return bounds

    def generate(self, phases: Phases) -> Network:
        """The network with these phases."""
        slowest, fastest = self.speed_limit_kmh
        return random_streets(
            self.seed,
            intersections=self.intersections,
            shape=self.shape,
            block=self.block_m,
            lanes=self.lanes,
            speed_limit=(slowest * KMH, fastest * KMH),
            phases=phases,
        )
