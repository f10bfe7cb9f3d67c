"""The demand of a scenario that turning counts describe."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from traffic_marl.demand.counts.demand import CountedDemand, Usual, counted_demand
from traffic_marl.demand.departures import Departures
from traffic_marl.network.network import Network
from traffic_marl.scenario.demands import DemandPart, Flow, TurningShares, checked_vehicles
from traffic_marl.scenario.validation import Text, WholeNumber
from traffic_marl.scenario.vehicles import Vehicle
from traffic_marl.units import VPH


class CountedFlows(DemandPart):
    """Trips that meet turning counts of a CSV file in each interval.

    The file has the columns intersection, approach, left, through, right and start. The earliest interval begins at
    second 0 of the demand, and a vehicle counts in the interval in which it departs.
    """

    kind: Literal["counts"] = "counts"
    """Kind of demand."""
    path: Text
    """Path of the file."""
    interval_s: Annotated[WholeNumber, Field(ge=60, le=86_400)] | None = None
    """Time that each line of the file counts. Default: the time between two starts."""
    turning: TurningShares = TurningShares()
    """Shares of the turns where nothing was counted."""
    inflow_vph: Flow = 0.0
    """Vehicles that enter on each road from the rim on which nothing was counted."""
    departures: Literal["poisson", "regular"] = "poisson"
    """Departures at random times within an interval, or at regular intervals from a random start."""
    vehicles: Annotated[tuple[Vehicle, ...], Field(min_length=1, max_length=256)] = (Vehicle(),)
    """Types of vehicles with their shares."""

    @field_validator("vehicles")
    @classmethod
    def _some_vehicle(cls, vehicles: tuple[Vehicle, ...]) -> tuple[Vehicle, ...]:
        return checked_vehicles(vehicles)

    def build(self, network: Network, duration: int) -> CountedDemand:
        """The demand on a network."""
        departures = Departures(
            duration,
            regular=self.departures == "regular",
            types=tuple(vehicle.vehicle_type() for vehicle in self.vehicles),
            shares=tuple(vehicle.share for vehicle in self.vehicles),
        )
        usual = Usual(self.turning.turning(), self.inflow_vph * VPH)
        return counted_demand(self.path, network, departures, self.interval_s, usual)
