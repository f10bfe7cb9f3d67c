"""The choices of a training that depend on its runners."""

from typing import Any

from traffic_marl.errors import UsageError
from traffic_marl.learning.algorithms import PULL, Algorithm

FEWEST_TO_BALANCE = 2  # runners


def check_runners(settings: Any, algorithm: Algorithm) -> None:
    """Checks that weights and copies of the traffic can move as the settings say.

    Args:
        settings: a `TrainingSettings` whose values are each within their range.
        algorithm: the properties of its algorithm.

    Raises:
        UsageError: they cannot.
    """
    if settings.weights == PULL:
        _check_pulled(settings, algorithm)
    if settings.balance:
        _check_balanced(settings, algorithm)


def _check_pulled(settings: Any, algorithm: Algorithm) -> None:
    """Refuses to pull weights where each runner gets them after each update, or where there is no runner."""
    if not algorithm.is_asynchronous:
        what = f"{algorithm.name} waits until each runner has the weights of the last update"
        raise UsageError("weights", what, "leave it at push, or use an asynchronous algorithm such as appo")
    if not settings.runners:
        what = "the main process samples with the weights that it learns"
        raise UsageError("weights", what, "leave it at push, or give runners")


def _check_balanced(settings: Any, algorithm: Algorithm) -> None:
    """Refuses to move copies between runners where nobody waits for the slowest, or where there are not two."""
    if algorithm.is_asynchronous:
        what = f"{algorithm.name} waits for no runner, so that a slow one delays nobody"
        raise UsageError("balance", what, "leave it out, or use a synchronous algorithm such as ppo")
    if settings.stock:
        raise UsageError("balance", "RLlib's own runners keep their copies", "leave it out, or leave out stock")
    if settings.runners < FEWEST_TO_BALANCE:
        what = f"copies move between runners, and there are {settings.runners}"
        raise UsageError("balance", what, f"leave it out, or give at least {FEWEST_TO_BALANCE} runners")
