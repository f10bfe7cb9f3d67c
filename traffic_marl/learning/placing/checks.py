"""Checks of a placement against the settings of a training."""

from importlib.util import find_spec
from typing import Any

from traffic_marl.checks import shown
from traffic_marl.errors import UsageError
from traffic_marl.learning.placing.placement import HERE, Placement
from traffic_marl.learning.settings import TrainingSettings

OF_DASHBOARD = ("aiohttp", "aiohttp_cors", "opencensus", "prometheus_client")  # libraries that it needs


def checked_placement(placement: Any, settings: TrainingSettings, *, has_districts: bool = False) -> Placement:
    """The placement of a training. None is this machine.

    Args:
        placement: to check.
        settings: of the training.
        has_districts: whether it trains in districts, which work on the cluster even without runners.

    Raises:
        UsageError: it is no placement, or nothing of the training would make use of it.
    """
    if placement is None:
        return HERE
    if not isinstance(placement, Placement):
        raise UsageError("placement", f"{shown(placement)} is not a Placement", "give one, or leave it out")
    _check_use(placement, settings, has_districts)
    if placement.dashboard and not all(map(find_spec, OF_DASHBOARD)):
        raise UsageError("dashboard", "ray's dashboard is not installed", 'run: pip install "ray[default]"')
    return placement


def _check_use(placement: Placement, settings: TrainingSettings, has_districts: bool) -> None:
    """Refuses demands that no process of the training makes."""
    if placement != HERE and settings.traits.has_tables:
        where = "dashboard" if placement.dashboard else "address"
        raise UsageError(where, f"{settings.algorithm} runs in the main process alone, without ray", "leave it out")
    if not placement.is_local and not settings.runners + settings.learners and not has_districts:
        what = "nothing of the training would run on the cluster, because the main process samples and learns"
        raise UsageError("address", what, "give runners or learners, too")
    if placement.cpus_per_runner > 1 and not settings.runners:
        what = "the main process samples with all CPUs of this machine"
        raise UsageError("cpus_per_runner", what, "give runners, too, or leave it out")
    if placement.gpus_per_learner and not settings.learners:
        what = "the main process learns, and ray gives GPUs to learning processes alone"
        raise UsageError("gpus_per_learner", what, "give learners=1, too, or leave it out")
