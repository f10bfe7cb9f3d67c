"""Fuel and carbon dioxide beside the figures of SUMO's own tool for the same class of vehicles."""

import numpy as np
import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl.emissions import CO2, FUEL, FuelMeter, rate
from traffic_marl.rollout import run

MEASURED = (  # speed [m/s], acceleration [m/s2], carbon dioxide and fuel [mg/s] of emissionsDrivingCycle
    (0.0, 0.0, 2624.72, 837.222),
    (2.0, 2.0, 3439.29, 1097.02),
    (4.0, 2.0, 4316.66, 1376.84),
    (4.0, 0.0, 2231.32, 711.729),
    (3.5, -0.4, 0.0, 0.0),
    (2.0, -1.5, 0.0, 0.0),
    (0.0, -2.0, 2624.72, 837.222),
)


@pytest.mark.parametrize(("speed", "acceleration", "co2", "fuel"), MEASURED)
def test_rates_are_those_of_sumo(speed, acceleration, co2, fuel):
    v, a = np.array([speed]), np.array([acceleration])
    assert rate(CO2, v, a)[0] * 1000 == pytest.approx(co2, rel=1e-5)
    assert rate(FUEL, v, a)[0] * 1000 == pytest.approx(fuel, rel=1e-5)


def test_no_vehicle_takes_less_than_nothing():
    speed, acceleration = (grid.ravel() for grid in np.meshgrid(np.linspace(0, 40, 81), np.linspace(-6, 6, 49)))
    assert (rate(FUEL, speed, acceleration) >= 0).all()
    assert (rate(CO2, speed, acceleration) >= 0).all()


def test_a_run_drives_the_way_of_its_trips_and_takes_more_fuel_with_more_stops():
    meters = {name: FuelMeter() for name in ("fixed_time:green_s=60", "actuated")}
    runs = {
        name: run(scenario(duration_s=200, clearing_s=900), name, [0], each_second=meter)
        for name, meter in meters.items()
    }
    used = {name: meter.consumption for name, meter in meters.items()}
    slow, quick = used.values()
    assert slow.vehicles == quick.vehicles == runs["actuated"].measures.demanded[0]
    assert slow.distance == pytest.approx(quick.distance, rel=0.02)
    assert slow.fuel > 1.1 * quick.fuel
    assert quick.co2 / quick.fuel == pytest.approx(9449 / 3014 * 0.79, rel=0.01)


def test_distance_is_the_length_of_the_paths():
    meter = FuelMeter()
    rollout = run(scenario(duration_s=100, clearing_s=900), "actuated", [0], each_second=meter)
    trips, tables = rollout.scenario.build_demand().draw(0), rollout.simulation.network.tables
    lengths = [tables.length[trips.path[start : start + path_length(trips, start)]].sum() for start in trips.path_start]
    assert meter.consumption.distance == pytest.approx(sum(lengths[: meter.consumption.vehicles]) / 1000, rel=0.02)


def path_length(trips, start):
    return int((trips.path[start:] < 0).argmax())
