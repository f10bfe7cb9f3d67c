"""Tuning: which parameters of each classical strategy have the lowest mean delay on a scenario's validation seeds."""

from collections.abc import Callable
from math import inf
from typing import TypeAlias

from traffic_marl.errors import TrafficError
from traffic_marl.measures import mean_over_known
from traffic_marl.rollout import run
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.catalogue import COMPARED, parse
from traffic_marl.tasks import Tasks

CLASSICAL = tuple(name for name in COMPARED if name != "random")
WITHIN = 1.75  # times the lowest delay with defaults. No strategy that we know gains as much by tuning.

SETTINGS: dict[str, tuple[str, ...]] = {  # tried beside the defaults
    "fixed_time": ("green_s=20", "green_s=45"),
    "webster": ("longest_cycle_s=90",),
    "green_wave": ("longest_cycle_s=90",),
    "actuated": ("longest_green_s=30", "longest_green_s=45", "longest_green_s=120"),
    "actuated_longest_queue": ("longest_green_s=30", "longest_green_s=60"),
    "rolling_horizon": ("horizon_s=60", "horizon_s=120", "startup_lost_s=2", "sight=positions,room=foreseen"),
    "sotl": ("threshold_veh_s=50", "threshold_veh_s=100"),
    "max_pressure": ("exit=mean", "exit=mean,interval_s=20", "interval_s=20"),
    "efficient_max_pressure": ("interval_s=20", "interval_s=30"),
    "longest_queue": ("reach_m=60", "reach_m=60,hold=2,interval_s=5", "reach_m=60,hold=2,interval_s=20"),
}

Measured: TypeAlias = tuple[str, float]  # a strategy as `compare` takes it, and its mean delay [s/veh] over the seeds
Tell: TypeAlias = Callable[[str], None]


def tuned(
    scenario: Scenario,
    seeds: tuple[int, ...],
    tell: Tell,
    names: tuple[str, ...] = CLASSICAL,
    tasks: Tasks | None = None,
) -> tuple[Measured, ...]:
    """Classical strategies, each with the best of its settings and its mean delay [s/veh], lowest first.

    All are measured with their defaults first. A strategy keeps its defaults if its delay is then more than `WITHIN`
    times the lowest, because tuning gains less than that. Each setting is run on all seeds at once. Strategies and
    settings that cannot keep the rules of the scenario are left out.

    Args:
        scenario: traffic and rules. It gives the interval of strategies without one of their own.
        seeds: of the traffic.
        tell: called with each strategy and its parameters before it runs, or with `tasks` after it.
        names: of the strategies.
        tasks: run the settings elsewhere, with the same results.
    """
    defaults = mean_delays(scenario, names, seeds, tell, tasks)
    limit = WITHIN * min((delay for _, delay in defaults), default=inf)
    slow = [label for label, delay in defaults if delay > limit]
    further = tuple(setting for name in names if name not in slow for setting in settings_of(name))
    all_of = [*defaults, *mean_delays(scenario, further, seeds, tell, tasks)]
    trials = {name: [each for each in all_of if each[0].partition(":")[0] == name] for name in names}
    best = [min(found, key=delay_of) for found in trials.values() if found]
    return tuple(sorted(best, key=delay_of))


def settings_of(name: str) -> tuple[str, ...]:
    """A classical strategy with each of its settings beside the defaults, as `compare` takes it."""
    return tuple(f"{name}:{setting}" for setting in SETTINGS[name])


def mean_delays(
    scenario: Scenario, labels: tuple[str, ...], seeds: tuple[int, ...], tell: Tell, tasks: Tasks | None = None
) -> list[Measured]:
    """The strategies that can keep the rules of the scenario, each with its mean delay [s/veh] over the seeds."""
    delays: dict[str, float | None] = {}
    if tasks is None:
        for label in labels:
            tell(label)
            delays[label] = mean_delay(scenario, label, seeds, None)
    else:
        calls = [(scenario, label, seeds, tasks.threads) for label in labels]
        for place, delay in tasks.results(mean_delay, calls):
            delays[labels[place]] = delay
            tell(labels[place])
    found = ((label, delays[label]) for label in labels)
    return [(label, delay) for label, delay in found if delay is not None]


def mean_delay(scenario: Scenario, label: str, seeds: tuple[int, ...], threads: int | None) -> float | None:
    """Mean delay [s/veh] of a strategy over the seeds that have vehicles.

    None if there is none, or if the strategy cannot keep the rules of the scenario.
    """
    strategy = parse(label)
    try:
        return mean_over_known(run(scenario, strategy, seeds, threads=threads).measures.mean_delay)
    except TrafficError:  # such as a plan with a red longer than the scenario's max red
        return None


def delay_of(strategy: Measured) -> float:
    """[s/veh] the mean delay."""
    return strategy[1]
