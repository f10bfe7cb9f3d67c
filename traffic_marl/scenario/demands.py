"""The demand of a scenario: turning ratios, origins and destinations, or the flows of a CityFlow file."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from traffic_marl.demand.demand import Demand
from traffic_marl.demand.departures import Departures, Profile
from traffic_marl.demand.formats.cityflow import read_flow
from traffic_marl.demand.origin_destination import OriginDestinationDemand, Pair
from traffic_marl.demand.trips import VEHICLE_LIMITS, VehicleType
from traffic_marl.demand.turning import MOST_INTERSECTIONS, TurningDemand, rim_entries
from traffic_marl.demand.walks import Turning
from traffic_marl.errors import DemandError
from traffic_marl.network.network import Network
from traffic_marl.scenario.validation import ScenarioPart, Text, refuse

Flow = Annotated[float, Field(ge=0, le=100_000)]
Share = Annotated[float, Field(ge=0, le=1_000_000)]

VPH = 1 / 3600  # [veh/s]
KMH = 1 / 3.6  # [m/s]
SHORTEST_STEP = 0.001  # [s] between two points of a profile


def _limits(parameter: str, unit: float = 1.0) -> Any:
    """The field of a vehicle's parameter that is given in this unit."""
    least, most = VEHICLE_LIMITS[parameter]
    return Field(ge=least / unit, le=most / unit)


class ProfilePoint(ScenarioPart):
    """The factor on every inflow at one time; it changes linearly from point to point."""

    time_s: Annotated[float, Field(ge=0, le=86_400)]
    factor: Annotated[float, Field(ge=0, le=1000)]


class Vehicle(ScenarioPart):
    """A kind of vehicle and its share of the traffic; shares are relative to one another."""

    name: Text = "car"
    share: Share = 1.0
    length_m: Annotated[float, _limits("length")] = 5.0
    min_gap_m: Annotated[float, _limits("min_gap")] = 2.5
    max_speed_kmh: Annotated[float, _limits("max_speed", KMH)] = 50.0
    headway_s: Annotated[float, _limits("headway")] = 2.0
    max_acceleration_mps2: Annotated[float, _limits("max_acceleration")] = 2.0
    max_deceleration_mps2: Annotated[float, _limits("max_deceleration")] = 4.5
    usual_acceleration_mps2: Annotated[float, _limits("usual_acceleration")] = 2.0
    usual_deceleration_mps2: Annotated[float, _limits("usual_deceleration")] = 4.5

    def vehicle_type(self) -> VehicleType:
        """The same in SI units."""
        return VehicleType(
            name=self.name,
            length=self.length_m,
            min_gap=self.min_gap_m,
            max_speed=self.max_speed_kmh * KMH,
            headway=self.headway_s,
            max_acceleration=self.max_acceleration_mps2,
            max_deceleration=self.max_deceleration_mps2,
            usual_acceleration=self.usual_acceleration_mps2,
            usual_deceleration=self.usual_deceleration_mps2,
        )


class TurningShares(ScenarioPart):
    """Shares of the vehicles that turn left, go through and turn right; relative to one another."""

    left: Share = 0.1
    through: Share = 0.8
    right: Share = 0.1

    @field_validator("right")
    @classmethod
    def _some_turn(cls, right: float, others: ValidationInfo) -> float:
        if right == 0 and others.data.get("left") == 0 and others.data.get("through") == 0:
            raise refuse("every share is 0", "give one of left, through and right a share above 0")
        return right

    def turning(self) -> Turning:
        """The same for the demand."""
        return Turning(self.left, self.through, self.right)


class Entry(ScenarioPart):
    """A road on which vehicles come in."""

    road: Text
    inflow_vph: Flow
    turning: TurningShares | None = None  # of its vehicles, at every intersection; None: those of the demand


class PairFlow(ScenarioPart):
    """Vehicles that want to go from one place to another; a place is a road or a node, by name."""

    origin: Text
    destination: Text
    flow_vph: Flow


class RandomFlows(ScenarioPart):
    """What all demands that are drawn have in common."""

    part: ClassVar[str] = "demand"

    profile: tuple[ProfilePoint, ...] = ()  # empty: constant, factor 1
    departures: Literal["poisson", "regular"] = "poisson"
    vehicles: Annotated[tuple[Vehicle, ...], Field(min_length=1, max_length=256)] = (Vehicle(),)

    @field_validator("profile")
    @classmethod
    def _times_increase(cls, profile: tuple[ProfilePoint, ...]) -> tuple[ProfilePoint, ...]:
        for index in range(1, len(profile)):
            before, point = profile[index - 1], profile[index]
            least = before.time_s + SHORTEST_STEP
            if point.time_s < least:
                what = f"{point.time_s:g} comes too early after the point before"
                raise refuse(what, f"give at least {least:.10g}", f"[{index}].time_s")
        return profile

    @field_validator("vehicles")
    @classmethod
    def _some_vehicle(cls, vehicles: tuple[Vehicle, ...]) -> tuple[Vehicle, ...]:
        if not any(vehicle.share for vehicle in vehicles):
            raise refuse("every share is 0", "give one of them a share above 0")
        return vehicles

    def timetable(self, duration: int) -> Departures:
        """When vehicles come and what they are."""
        points = tuple((point.time_s, point.factor) for point in self.profile)
        return Departures(
            duration,
            Profile(points) if points else Profile(),
            self.departures == "regular",
            tuple(vehicle.vehicle_type() for vehicle in self.vehicles),
            tuple(vehicle.share for vehicle in self.vehicles),
        )


class TurningFlows(RandomFlows):
    """Vehicles that enter with given inflows and turn by chance at each intersection until they leave at the rim."""

    kind: Literal["turning"] = "turning"
    inflow_vph: Flow | None = None  # of each road that enters at the rim and is not among the entries; None: none
    entries: tuple[Entry, ...] = ()
    turning: TurningShares = TurningShares()
    most_intersections: Annotated[int, Field(ge=1, le=1000)] = MOST_INTERSECTIONS  # then the shortest way out

    @field_validator("entries")
    @classmethod
    def _some_inflow(cls, entries: tuple[Entry, ...], others: ValidationInfo) -> tuple[Entry, ...]:
        names = [entry.road for entry in entries]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise refuse(f"{name!r} is named before", "name each road once", f"[{index}].road")
        return entries

    def build(self, network: Network, duration: int) -> Demand:
        """The demand on a network."""
        rim = rim_entries(network) if self.inflow_vph is not None else ()
        inflow = dict.fromkeys(rim, (self.inflow_vph or 0.0) * VPH)
        inflow |= {entry.road: entry.inflow_vph * VPH for entry in self.entries}
        try:
            return TurningDemand(
                network,
                inflow,
                self.timetable(duration),
                turning=self.turning.turning(),
                turning_of={entry.road: entry.turning.turning() for entry in self.entries if entry.turning},
                most_intersections=self.most_intersections,
            )
        except DemandError as error:
            raise DemandError(self._place(error.where), error.what, error.remedy) from None

    def _place(self, where: str) -> str:
        """The field that the demand calls `where`."""
        roads = [f"inflow.{entry.road}" for entry in self.entries]
        return f"entries[{roads.index(where)}].road" if where in roads else where


class OriginDestinationFlows(RandomFlows):
    """Vehicles of each pair of places on the shortest route between them."""

    kind: Literal["origin_destination"] = "origin_destination"
    pairs: Annotated[tuple[PairFlow, ...], Field(min_length=1)]

    def build(self, network: Network, duration: int) -> Demand:
        """The demand on a network."""
        pairs = [Pair(pair.origin, pair.destination, pair.flow_vph * VPH) for pair in self.pairs]
        return OriginDestinationDemand(network, pairs, self.timetable(duration))


class CityFlowTrips(ScenarioPart):
    """The vehicles that CityFlow creates from a flow file within the duration."""

    part: ClassVar[str] = "demand"

    kind: Literal["cityflow"] = "cityflow"
    path: Text  # of flow.json

    def build(self, network: Network, duration: int) -> Demand:
        """The demand on a network."""
        return read_flow(self.path, network, duration)
