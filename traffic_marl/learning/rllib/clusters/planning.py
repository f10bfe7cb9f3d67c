"""Planning of a training on the ray that it would use, by a measurement of some seconds."""

from dataclasses import replace

from traffic_marl.learning.placing.demand import most_runners
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.placing.plan import Plan, planned, planned_best
from traffic_marl.learning.rllib.cluster import start_ray
from traffic_marl.learning.rllib.clusters.nodes import demand_of, ensure_room, nodes_in_use
from traffic_marl.learning.rllib.clusters.probe import measure
from traffic_marl.learning.rllib.learner import losses_told
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import usable_cpus

SECONDS = 10.0  # [s] of measurement
BESIDE = 1  # CPU that a ray of our own has for the main process, and that no plan shall promise to others
MOST_RUNNERS = 256  # that are thought of
MOST_PROBES = 4  # runners that are measured, if more are asked for


def plan_training(
    scenario: Scenario, settings: TrainingSettings, placement: Placement, *, chooses: bool, seconds: float | None = None
) -> Plan:
    """Where the processes of a training would work, and the pace to expect there.

    Args:
        scenario: the traffic to learn on.
        settings: of the training.
        placement: of the training.
        chooses: whether the number of runners is chosen, in place of that of the settings.
        seconds: [s] of measurement. None takes SECONDS.

    Raises:
        UsageError: the demand finds no room.
        LostProcessError: a process has died meanwhile.
    """
    seconds = SECONDS if seconds is None else seconds
    with losses_told():
        if chooses:
            return _best(scenario, settings, placement, seconds)
        take_room(settings, placement)
        nodes, demand = nodes_in_use(), demand_of(settings, placement)
        measured = measure(scenario, settings, placement, min(settings.runners, MOST_PROBES), seconds)
    return planned(demand, nodes, settings.copies, measured)


def take_room(settings: TrainingSettings, placement: Placement) -> None:
    """Starts ray with room for the processes of a training and no more, or joins the cluster and checks its room.

    Raises:
        UsageError: there is no such cluster, or the demand finds no room.
        LostProcessError: ray does not start.
    """
    start_ray(settings.runners * placement.cpus_per_runner + settings.learners - BESIDE, placement)
    ensure_room(settings, placement)


def _best(scenario: Scenario, settings: TrainingSettings, placement: Placement, seconds: float) -> Plan:
    """The plan for the best number of runners. On this machine they are at most as many as its CPUs."""
    most = usable_cpus() // placement.cpus_per_runner if placement.is_local else MOST_RUNNERS
    start_ray(most * placement.cpus_per_runner + settings.learners - BESIDE, placement)
    ensure_room(replace(settings, runners=0), placement)
    nodes, demand = nodes_in_use(), replace(demand_of(settings, placement), runners=0)
    alone = measure(scenario, settings, placement, 0, seconds / 2)
    probes = min(most, most_runners(demand, nodes), max(1, len(nodes)), MOST_PROBES)
    with_runners = measure(scenario, settings, placement, probes, seconds / 2) if probes else None
    return planned_best(demand, nodes, settings.copies, with_runners, alone, most)
