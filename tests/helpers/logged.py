"""Runs with their logs of events."""

from traffic_marl.cli.simulated.logs import log_of
from traffic_marl.events import PresenceWatch
from traffic_marl.rollout import run


def logged_run(scenario, strategy, **options):
    """A run of one seed, and its log."""
    watch = PresenceWatch()
    rollout = run(scenario, strategy, [0], by_movement=True, each_second=watch, **options)
    return rollout, log_of(rollout, watch)
