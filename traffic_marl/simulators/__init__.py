"""Other simulators that move the traffic of a scenario: SUMO, each copy in a process of its own."""

from traffic_marl.simulators.choice import OWN, SIMULATORS, check_simulator, start_simulator

__all__ = ["OWN", "SIMULATORS", "check_simulator", "start_simulator"]
