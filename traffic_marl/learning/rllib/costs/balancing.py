"""Copies of the traffic that move between runners while they train."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from traffic_marl.learning.costs.balance import Balance
from traffic_marl.learning.costs.costs import Costs
from traffic_marl.learning.settings import TrainingSettings


class Balancer:
    """Tells the runners of an algorithm how many copies they are to step.

    Args:
        settings: of the training.
    """

    def __init__(self, settings: TrainingSettings) -> None:
        self._balance = Balance(settings.copies * settings.runners) if settings.balance else None

    def move(self, algorithm: Any, costs: Costs) -> None:
        """Moves copies, if the costs of the last iteration say so.

        Args:
            algorithm: of RLlib, with our runners.
            costs: of the last iteration.
        """
        shares = None if self._balance is None else self._balance.after(costs.runners)
        if shares is not None:
            algorithm.env_runner_group.foreach_env_runner(partial(_ask, copies=shares), local_env_runner=False)


def _ask(runner: Any, copies: Mapping[int, int]) -> None:
    """Asks a runner to step these copies from its next episode on."""
    runner.copies = copies.get(runner.worker_index, runner.copies)
