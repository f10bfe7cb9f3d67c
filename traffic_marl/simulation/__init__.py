"""The simulation, which owns the state of the traffic, and the frozen copies of it that others see."""

from traffic_marl.simulation.detectors import Faults
from traffic_marl.simulation.disturbances import Closure, Disturbances, Fallback
from traffic_marl.simulation.machine import kernels_are_cached, usable_cpus
from traffic_marl.simulation.places.visits import Visits
from traffic_marl.simulation.positions import Positions, closed_lanes
from traffic_marl.simulation.readings import Readings, Records
from traffic_marl.simulation.simulation import Simulation, Snapshot
from traffic_marl.simulation.simulator import Simulator

__all__ = [
    "Closure",
    "Disturbances",
    "Fallback",
    "Faults",
    "Positions",
    "Readings",
    "Records",
    "Simulation",
    "Simulator",
    "Snapshot",
    "Visits",
    "closed_lanes",
    "kernels_are_cached",
    "usable_cpus",
]
