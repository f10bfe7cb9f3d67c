"""Departure time, type and path of every vehicle in one draw of a demand."""

from dataclasses import dataclass

from traffic_marl.arrays import Ints
from traffic_marl.errors import DemandError

MOST_VEHICLES = 5_000_000  # of one draw
VEHICLE_LIMITS = {  # least and most of each parameter of a VehicleType that a user may give, in its unit
    "length": (0.5, 100.0),
    "min_gap": (0.0, 100.0),
    "max_speed": (0.1, 100.0),
    "headway": (0.0, 60.0),
    "max_acceleration": (0.1, 50.0),
    "max_deceleration": (0.1, 50.0),
    "usual_acceleration": (0.1, 50.0),
    "usual_deceleration": (0.1, 50.0),
}


@dataclass(frozen=True)
class VehicleType:
    """Size and driving of one type of vehicle. The defaults are the passenger car of the CityFlow data sets."""

    name: str = "car"
    length: float = 5.0  # [m]
    min_gap: float = 2.5  # [m] kept to the vehicle ahead at standstill
    max_speed: float = 11.111  # [m/s]
    headway: float = 2.0  # [s] time gap when following
    max_acceleration: float = 2.0  # [m/s2]
    max_deceleration: float = 4.5  # [m/s2]
    usual_acceleration: float = 2.0  # [m/s2]
    usual_deceleration: float = 4.5  # [m/s2]


@dataclass(frozen=True, eq=False)
class Trips:
    """V vehicles in the order of their departures. Those of the same second stand in the order in which they enter."""

    types: tuple[VehicleType, ...]
    scheduled: Ints  # [s] (V,)
    type_row: Ints  # (V,) row of `types`
    path: Ints  # drivables of every distinct path one after the other, each path closed by NONE
    path_start: Ints  # (V,) index into `path` of the vehicle's first lane
    names: tuple[str, ...]  # (V,)

    def __len__(self) -> int:
        """Number of vehicles."""
        return len(self.scheduled)


def check_count(where: str, count: float, duration: int) -> None:
    """Checks that a demand has no more vehicles, within so many seconds, than a run can hold.

    Raises:
        DemandError: there are more. The error is placed at `where`.
    """
    if not count <= MOST_VEHICLES:
        what = f"asks for {count:,.0f} vehicles in {duration} s"
        raise DemandError(where, what, f"ask for at most {MOST_VEHICLES:,}")
