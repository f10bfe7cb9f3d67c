"""The vehicles of a scenario's demand and how their number changes over time."""

from typing import Annotated, Any

from pydantic import Field

from traffic_marl.demand.departures import Platoons as GatheredArrivals
from traffic_marl.demand.trips import VEHICLE_LIMITS, VehicleType
from traffic_marl.scenario.validation import Number, ScenarioPart, Text
from traffic_marl.units import KMH

Share = Annotated[Number, Field(ge=0, le=1_000_000)]


def _limits(parameter: str, unit: float = 1.0) -> Any:
    """The field of a vehicle's parameter that is given in this unit."""
    least, most = VEHICLE_LIMITS[parameter]
    return Field(ge=least / unit, le=most / unit)


class ProfilePoint(ScenarioPart):
    """The factor on every inflow at one time. The factor changes linearly from point to point."""

    time_s: Annotated[Number, Field(ge=0, le=86_400)]
    """Time since the start of the run."""
    factor: Annotated[Number, Field(ge=0, le=1000)]
    """Factor on every inflow at this time."""


class Platoons(ScenarioPart):
    """Vehicles of each entry or pair arrive in platoons, as behind a signal outside the network.

    Every entry has a random offset of its own. The inflows stay the same.
    """

    cycle_s: Annotated[Number, Field(ge=10, le=3600)] = 90.0
    """Time from the start of a platoon to the start of the next one."""
    cycle_share: Annotated[Number, Field(ge=0.01, le=1)] = 0.4
    """Share of the cycle within which all its vehicles arrive."""

    def gathered(self) -> GatheredArrivals:
        """The same as the demand takes it."""
        return GatheredArrivals(self.cycle_s, self.cycle_share)


class Vehicle(ScenarioPart):
    """A type of vehicle and its share of the traffic."""

    name: Text = "car"
    """Name of the type."""
    share: Share = 1.0
    """Share of the traffic, relative to the shares of the other types."""
    length_m: Annotated[Number, _limits("length")] = 5.0
    """Length of the vehicle."""
    min_gap_m: Annotated[Number, _limits("min_gap")] = 2.5
    """Gap to the vehicle ahead at standstill."""
    max_speed_kmh: Annotated[Number, _limits("max_speed", KMH)] = 50.0
    """Highest speed. A lower speed limit of the road comes before it."""
    headway_s: Annotated[Number, _limits("headway")] = 2.0
    """Time gap to the vehicle ahead."""
    max_acceleration_mps2: Annotated[Number, _limits("max_acceleration")] = 2.0
    """Highest acceleration."""
    max_deceleration_mps2: Annotated[Number, _limits("max_deceleration")] = 4.5
    """Highest deceleration."""
    usual_acceleration_mps2: Annotated[Number, _limits("usual_acceleration")] = 2.0
    """Acceleration in ordinary driving."""
    usual_deceleration_mps2: Annotated[Number, _limits("usual_deceleration")] = 4.5
    """Deceleration in ordinary driving."""

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
