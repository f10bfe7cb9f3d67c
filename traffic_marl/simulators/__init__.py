"""Other simulators that move the traffic of a scenario: SUMO and CityFlow, each copy in a process of its own."""

from traffic_marl.simulators.choice import (
    BOTH,
    CITYFLOW,
    OWN,
    SIMULATORS,
    SUMO,
    check_simulator,
    chosen_simulators,
    runs_in,
    start_simulator,
)

__all__ = [
    "BOTH",
    "CITYFLOW",
    "OWN",
    "SIMULATORS",
    "SUMO",
    "check_simulator",
    "chosen_simulators",
    "runs_in",
    "start_simulator",
]
