"""The random demands of a scenario: turning ratios, or flows between origins and destinations."""

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, ValidationInfo, field_validator, model_serializer

from traffic_marl.demand.demand import Demand
from traffic_marl.demand.departures import Departures, Profile
from traffic_marl.demand.origin_destination import OriginDestinationDemand, Pair
from traffic_marl.demand.scaled import ScaledDemand
from traffic_marl.demand.turning import MOST_INTERSECTIONS, TurningDemand, rim_entries
from traffic_marl.demand.walks import Turning
from traffic_marl.errors import DemandError
from traffic_marl.network.network import Network
from traffic_marl.scenario.validation import Number, ScenarioPart, Text, WholeNumber, refuse
from traffic_marl.scenario.vehicles import Platoons, ProfilePoint, Share, Vehicle
from traffic_marl.units import VPH

Flow = Annotated[Number, Field(ge=0, le=100_000)]

SHORTEST_STEP = 0.001  # [s] between two points of a profile


class DemandPart(ScenarioPart):
    """The base of all descriptions of a demand."""

    part: ClassVar[str] = "demand"

    @property
    def source(self) -> str:
        """The file with the vehicles, or else the field of the scenario, as remarks name it."""
        path: str | None = getattr(self, "path", None)
        return self.part if path is None else Path(path).name

    @abstractmethod
    def build(self, network: Network, duration: int) -> Demand:
        """The demand on a network for so many seconds."""

    def build_scaled(self, network: Network, duration: int, factor: float) -> Demand:
        """The demand with each vehicle so many times on average."""
        return ScaledDemand(network, self.build(network, duration), factor)

    def check_turns(self, network: Network, lacking: Iterable[tuple[str, str]]) -> None:
        """Checks that no vehicle shall make a turn which the lanes of a road do not allow.

        Args:
            network: that the demand is on.
            lacking: roads that vehicles reach, each with such a turn.

        Raises:
            DemandError: the demand has a share for one of these turns.
        """


class TurningShares(ScenarioPart):
    """Shares of the vehicles that turn left, go through and turn right, relative to one another."""

    left: Share = 0.1
    """Share of left turns."""
    through: Share = 0.8
    """Share of through movements."""
    right: Share = 0.1
    """Share of right turns."""

    @field_validator("right")
    @classmethod
    def _some_turn(cls, right: float, others: ValidationInfo) -> float:
        if right == 0 and others.data.get("left") == 0 and others.data.get("through") == 0:
            raise refuse("every share is 0", "give one of left, through and right a share above 0")
        return right

    def turning(self) -> Turning:
        """These shares as the demand takes them."""
        return Turning(self.left, self.through, self.right)


def increasing(profile: tuple[ProfilePoint, ...]) -> tuple[ProfilePoint, ...]:
    """The points of a profile, if their times increase.

    Raises:
        PydanticCustomError: they do not. A validator raises it further.
    """
    for index in range(1, len(profile)):
        before, point = profile[index - 1], profile[index]
        least = before.time_s + SHORTEST_STEP
        if point.time_s < least:
            what = f"{point.time_s:g} comes too early after the point before"
            raise refuse(what, f"give at least {least:.10g}", f"[{index}].time_s")
    return profile


class Entry(ScenarioPart):
    """A road on which vehicles enter the network."""

    road: Text
    """Name of the road."""
    inflow_vph: Flow
    """Vehicles that enter on it, at factor 1 of the profile."""
    turning: TurningShares | None = None
    """Shares of the turns of its vehicles, at every intersection. Default: the shares of the demand."""
    profile: tuple[ProfilePoint, ...] = ()
    """Factors on its inflow over time. Default: the profile of the demand."""

    @field_validator("profile")
    @classmethod
    def _times_increase(cls, profile: tuple[ProfilePoint, ...]) -> tuple[ProfilePoint, ...]:
        return increasing(profile)

    @model_serializer(mode="wrap")
    def _without_unused(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields, without a profile where there is none, so that hashes stay as they were."""
        content: dict[str, Any] = write(self)
        if not content.get("profile", True):
            del content["profile"]
        return content


class PairFlow(ScenarioPart):
    """Vehicles from one place to another. A place is a road or a node."""

    origin: Text
    """Name of the road or node where the trips start."""
    destination: Text
    """Name of the road or node where the trips end."""
    flow_vph: Flow
    """Vehicles of this pair, at factor 1 of the profile."""


def checked_vehicles(vehicles: tuple[Vehicle, ...]) -> tuple[Vehicle, ...]:
    """The types of vehicles, if one of them has a share.

    Raises:
        PydanticCustomError: none has. A validator raises it further.
    """
    if not any(vehicle.share for vehicle in vehicles):
        raise refuse("every share is 0", "give one of them a share above 0")
    return vehicles


class RandomFlows(DemandPart):
    """The fields that all random demands have in common."""

    profile: tuple[ProfilePoint, ...] = ()
    """Factors on every inflow over time. Default: factor 1 throughout."""
    departures: Literal["poisson", "regular"] = "poisson"
    """Random departures (a Poisson process), or departures at regular intervals from a random start."""
    platoons: Platoons | None = None
    """Platoons of vehicles at the entries. Default: none."""
    vehicles: Annotated[tuple[Vehicle, ...], Field(min_length=1, max_length=256)] = (Vehicle(),)
    """Types of vehicles with their shares."""

    @field_validator("profile")
    @classmethod
    def _times_increase(cls, profile: tuple[ProfilePoint, ...]) -> tuple[ProfilePoint, ...]:
        return increasing(profile)

    @field_validator("vehicles")
    @classmethod
    def _some_vehicle(cls, vehicles: tuple[Vehicle, ...]) -> tuple[Vehicle, ...]:
        return checked_vehicles(vehicles)

    @model_serializer(mode="wrap")
    def _without_unused(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields, without those that came later and are not used, so that hashes stay as they were."""
        content: dict[str, Any] = write(self)
        if content.get("platoons", 0) is None:
            del content["platoons"]
        return content

    @abstractmethod
    def scaled(self, factor: float) -> "RandomFlows":
        """The same with all flows multiplied."""

    def build_scaled(self, network: Network, duration: int, factor: float) -> Demand:
        """The demand with all flows multiplied."""
        return self.scaled(factor).build(network, duration)

    def timetable(self, duration: int) -> Departures:
        """The departure times and the types of the vehicles."""
        return Departures(
            duration,
            _profile(self.profile),
            self.departures == "regular",
            tuple(vehicle.vehicle_type() for vehicle in self.vehicles),
            tuple(vehicle.share for vehicle in self.vehicles),
            None if self.platoons is None else self.platoons.gathered(),
        )


class TurningFlows(RandomFlows):
    """Vehicles that enter with given inflows and turn at random at each intersection until they leave at the rim."""

    kind: Literal["turning"] = "turning"
    """Kind of demand."""
    inflow_vph: Flow | None = None
    """Vehicles that enter on each road from the rim that is not among the entries. Default: no vehicles."""
    entries: tuple[Entry, ...] = ()
    """Roads with an inflow or with turning shares of their own."""
    turning: TurningShares = TurningShares()
    """Shares of the turns at every intersection."""
    local_turning: dict[str, TurningShares] | None = None
    """Shares of the turns of all vehicles at some intersections, or on some roads into one, by name. They come before
    the others, and those of a road before those of its intersection. Default: none."""
    most_intersections: Annotated[WholeNumber, Field(ge=1, le=1000)] = MOST_INTERSECTIONS
    """Number of intersections after which a vehicle takes the shortest way out."""

    @model_serializer(mode="wrap")
    def _without_unused_places(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields, without those that came later and are not used, so that hashes stay as they were."""
        content: dict[str, Any] = write(self)
        if content.get("local_turning", 0) is None:
            del content["local_turning"]
        if content.get("platoons", 0) is None:
            del content["platoons"]
        return content

    @field_validator("entries")
    @classmethod
    def _some_inflow(cls, entries: tuple[Entry, ...], others: ValidationInfo) -> tuple[Entry, ...]:
        names = [entry.road for entry in entries]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise refuse(f"{name!r} is given twice", "give each road once", f"[{index}].road")
        return entries

    def scaled(self, factor: float) -> "TurningFlows":
        """The same with all inflows multiplied."""
        entries = tuple(each.model_copy(update={"inflow_vph": factor * each.inflow_vph}) for each in self.entries)
        inflow = None if self.inflow_vph is None else factor * self.inflow_vph
        return self.model_copy(update={"inflow_vph": inflow, "entries": entries})

    def build(self, network: Network, duration: int) -> Demand:
        """The demand on a network."""
        rim = rim_entries(network) if self.inflow_vph is not None else ()
        inflow = dict.fromkeys(rim, (self.inflow_vph or 0.0) * VPH)
        inflow |= {entry.road: entry.inflow_vph * VPH for entry in self.entries}
        profiles = {entry.road: _profile(entry.profile) for entry in self.entries if entry.profile}
        own = tuple(profiles.get(road) for road in inflow) if profiles else ()
        return TurningDemand(
            network,
            inflow,
            replace(self.timetable(duration), own=own),
            turning=self.turning.turning(),
            turning_of={entry.road: entry.turning.turning() for entry in self.entries if entry.turning},
            most_intersections=self.most_intersections,
            local_turning={name: shares.turning() for name, shares in (self.local_turning or {}).items()},
        )

    def check_turns(self, network: Network, lacking: Iterable[tuple[str, str]]) -> None:
        """Checks the shares that hold on each road: those of the place, or else those of the demand and its entries."""
        all_shares: dict[str, TurningShares | None]
        all_shares = {f"entries[{place}].turning": entry.turning for place, entry in enumerate(self.entries)}
        if self.inflow_vph is not None or None in all_shares.values():
            all_shares["turning"] = self.turning
        local = self.local_turning or {}
        end = {road: node for _, node, road in network.graph.edges(keys=True)}
        for road, turn in lacking:
            place = next((name for name in (road, end[road]) if name in local), None)
            here = all_shares if place is None else {f"local_turning[{place}]": local[place]}
            for where, shares in here.items():
                if shares is not None and (share := shares.turning().of(turn)) > 0:
                    what = f"the share of {share:g} is lost, because no lane of {road} allows this turn"
                    raise DemandError(
                        f"{where}.{turn}", what, "give it a share of 0, or allow the turn in network.lanes"
                    )

    def place(self, where: str) -> str:
        """The field of the scenario that is at fault. The demand names the roads of the entries."""
        roads = [f"inflow.{entry.road}" for entry in self.entries]
        return super().place(f"entries[{roads.index(where)}].road" if where in roads else where)


def _profile(points: tuple[ProfilePoint, ...]) -> Profile:
    """The profile that points describe, factor 1 throughout if there are none."""
    return Profile(tuple((point.time_s, point.factor) for point in points)) if points else Profile()


class OriginDestinationFlows(RandomFlows):
    """Vehicles of each pair of places on the shortest route between them."""

    kind: Literal["origin_destination"] = "origin_destination"
    """Kind of demand."""
    pairs: Annotated[tuple[PairFlow, ...], Field(min_length=1)]
    """Origins, destinations and flows."""

    def scaled(self, factor: float) -> "OriginDestinationFlows":
        """The same with all flows multiplied."""
        pairs = tuple(pair.model_copy(update={"flow_vph": factor * pair.flow_vph}) for pair in self.pairs)
        return self.model_copy(update={"pairs": pairs})

    def build(self, network: Network, duration: int) -> Demand:
        """The demand on a network."""
        pairs = [Pair(pair.origin, pair.destination, pair.flow_vph * VPH) for pair in self.pairs]
        return OriginDestinationDemand(network, pairs, self.timetable(duration))
