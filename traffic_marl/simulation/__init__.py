"""Simulation: the owner of the traffic's state, and what others see of it."""

from traffic_marl.simulation.positions import Positions
from traffic_marl.simulation.readings import Readings, Records
from traffic_marl.simulation.simulation import Simulation, Snapshot, kernels_are_cached, usable_cpus

__all__ = ["Positions", "Readings", "Records", "Simulation", "Snapshot", "kernels_are_cached", "usable_cpus"]
