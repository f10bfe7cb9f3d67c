"""Fuel and carbon dioxide of vehicles by their speed and acceleration, second by second."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.simulation import Simulator

# Coefficients of 1, v a, v a a, v, v v and v v v, which give g/h at v in m/s and a in m/s2.
CO2 = (9449.0, 938.4, 0.0, -467.1, 28.26, 0.0)
FUEL = (3014.0, 299.3, 0.0, -149.0, 9.014, 0.0)
MILLI_PER_HOUR = 1.0 / 3600.0  # [g/s] of a gram per hour
DENSITY = 790.0  # [g/l] of fuel
ZERO_SPEED = 0.1  # [m/s] below it the engine idles, also while the vehicle brakes


def rate(coefficients: tuple[float, ...], speed: Floats, acceleration: Floats) -> Floats:
    """[g/s] what a passenger car with a petrol engine of the norm Euro 4 takes or gives off.

    Source: the continuous form of the Handbook of Emission Factors 3.1, class PC_G_EU4, that SUMO's models have
    (Krajzewicz et al. 2015, doi 10.1007/978-3-319-15024-6_7). It is 0 while the vehicle brakes. SUMO itself lets
    vehicles coast with up to about 0.3 m/s2 before that.

    Args:
        coefficients: `CO2` or `FUEL`.
        speed: [m/s] (n,)
        acceleration: [m/s2] (n,)
    """
    c = coefficients
    total = c[0] + speed * (c[3] + speed * (c[4] + speed * c[5]) + acceleration * (c[1] + acceleration * c[2]))
    runs = (acceleration >= 0.0) | (speed < ZERO_SPEED)
    return np.where(runs, np.maximum(total, 0.0), 0.0) * MILLI_PER_HOUR


@dataclass(frozen=True)
class Consumption:
    """What the vehicles of one copy have taken and given off, while they were on the network."""

    fuel: float  # [l]
    co2: float  # [kg]
    distance: float  # [km] driven
    vehicles: int  # that entered


class FuelMeter:
    """Observes a run second by second and adds up fuel and carbon dioxide of its first copy.

    Each vehicle counts as a passenger car, whatever its type. A second counts with the speed at its end.
    """

    def __init__(self) -> None:
        self._speed: dict[int, float] = {}
        self._seen: set[int] = set()
        self._fuel = self._co2 = self._distance = 0.0

    def __call__(self, simulator: Simulator) -> None:
        """Takes over the second that has just passed."""
        now = simulator.positions(0)
        vehicles = now.vehicle.tolist()
        before = np.array([self._speed.get(v, 0.0) for v in vehicles])  # a vehicle enters at rest
        self._speed = dict(zip(vehicles, now.speed.tolist(), strict=True))
        self._seen.update(vehicles)
        acceleration = now.speed - before
        self._fuel += float(rate(FUEL, now.speed, acceleration).sum())
        self._co2 += float(rate(CO2, now.speed, acceleration).sum())
        self._distance += float((now.speed + before).sum()) / 2.0

    @property
    def consumption(self) -> Consumption:
        """The sums so far."""
        return Consumption(self._fuel / DENSITY, self._co2 / 1000.0, self._distance / 1000.0, len(self._seen))
