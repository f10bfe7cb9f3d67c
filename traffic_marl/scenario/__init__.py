"""The description of an experiment, validated, with units in the names of its fields and SI units inside."""

from traffic_marl.scenario.cityflow import cityflow_scenario
from traffic_marl.scenario.custom import CustomDemand, CustomNetwork
from traffic_marl.scenario.data_sets.counted import CountedFlows
from traffic_marl.scenario.demands import Entry, OriginDestinationFlows, PairFlow, TurningFlows, TurningShares
from traffic_marl.scenario.disturbances.controllers import Controllers
from traffic_marl.scenario.disturbances.incidents import Incident
from traffic_marl.scenario.disturbances.messages import Messages
from traffic_marl.scenario.disturbances.sensors import Sensors
from traffic_marl.scenario.files import load_scenario, scenario_names, scenario_summaries
from traffic_marl.scenario.formats import DemandFile, NetworkFile
from traffic_marl.scenario.networks import ArterialNetwork, GridNetwork, RandomNetwork
from traffic_marl.scenario.openstreetmap.scenario import osm_scenario
from traffic_marl.scenario.random import Ranges, random_scenario, ranges_of
from traffic_marl.scenario.scenario import Scenario
from traffic_marl.scenario.seeds import test_seeds, training_seeds, validation_seeds
from traffic_marl.scenario.signals import Signals
from traffic_marl.scenario.sumo import sumo_scenario
from traffic_marl.scenario.vehicles import Platoons, ProfilePoint, Vehicle

__all__ = [
    "ArterialNetwork",
    "Controllers",
    "CountedFlows",
    "CustomDemand",
    "CustomNetwork",
    "DemandFile",
    "Entry",
    "GridNetwork",
    "Incident",
    "Messages",
    "NetworkFile",
    "OriginDestinationFlows",
    "PairFlow",
    "Platoons",
    "ProfilePoint",
    "RandomNetwork",
    "Ranges",
    "Scenario",
    "Sensors",
    "Signals",
    "TurningFlows",
    "TurningShares",
    "Vehicle",
    "cityflow_scenario",
    "load_scenario",
    "osm_scenario",
    "random_scenario",
    "ranges_of",
    "scenario_names",
    "scenario_summaries",
    "sumo_scenario",
    "test_seeds",
    "training_seeds",
    "validation_seeds",
]
