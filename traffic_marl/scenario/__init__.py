"""Scenario: the one description of an experiment, validated, with units in its fields and SI units inside."""

from traffic_marl.scenario.demands import (
    CityFlowTrips,
    Entry,
    OriginDestinationFlows,
    PairFlow,
    ProfilePoint,
    TurningFlows,
    TurningShares,
    Vehicle,
)
from traffic_marl.scenario.files import cityflow_scenario, load_scenario, scenario_names, scenario_summaries
from traffic_marl.scenario.networks import ArterialNetwork, CityFlowNetwork, GridNetwork
from traffic_marl.scenario.scenario import Scenario
from traffic_marl.scenario.seeds import test_seeds, training_seeds, validation_seeds
from traffic_marl.scenario.signals import Signals

__all__ = [
    "ArterialNetwork",
    "CityFlowNetwork",
    "CityFlowTrips",
    "Entry",
    "GridNetwork",
    "OriginDestinationFlows",
    "PairFlow",
    "ProfilePoint",
    "Scenario",
    "Signals",
    "TurningFlows",
    "TurningShares",
    "Vehicle",
    "cityflow_scenario",
    "load_scenario",
    "scenario_names",
    "scenario_summaries",
    "test_seeds",
    "training_seeds",
    "validation_seeds",
]
