"""The interface of every learner: it improves a policy, one iteration at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from traffic_marl.learning.costs.costs import Costs
from traffic_marl.learning.policy import Policy

Arrays: TypeAlias = Mapping[str, Any]  # numbers of a policy or a critic, by name


class LostProcessError(Exception):
    """A process of the training has died. The text says which."""


@dataclass(frozen=True)
class Iteration:
    """The results of one iteration."""

    agent_steps: int  # decisions of single intersections that were sampled. 0: no runner was left to sample
    mean_return: float | None  # sum of an intersection's rewards over an episode, None if no episode ended
    training_delay: float | None  # [s/veh] mean delay of finished training episodes, with exploration
    scalars: dict[str, float]  # losses and other figures, by name
    costs: Costs | None = None  # time, bytes and ages. None if they are not measured.
    faults: tuple[str, ...] = ()  # what has happened to processes meanwhile, in sentences


class Learner(Protocol):
    """Improves a policy, one iteration at a time."""

    def take(self, policy: Arrays, critic: Arrays | None = None) -> None:
        """Begins with the numbers of a policy, and with those of a critic if they are given.

        Raises:
            ValueError: they do not fit.
        """
        ...

    def iterate(self, share: float, *, critic_alone: bool = False) -> Iteration:
        """Learns from new traffic. `share` (0 to 1) of the budget is used. The policy stays if `critic_alone`.

        Raises:
            LostProcessError: a process of the training has died.
            TrafficError: a function of the user's own has failed in another process.
        """
        ...

    def policy(self) -> Policy:
        """The present policy, ready to be saved and used apart from training."""
        ...

    def save(self, folder: Path) -> None:
        """Writes the complete state of the training into an empty folder."""
        ...

    def restore(self, folder: Path, *, is_trusted: bool = False) -> None:
        """Restores the state that `save` wrote into this folder.

        Files that can execute something, which former versions wrote, are read if `is_trusted` alone.
        """
        ...

    def close(self) -> None:
        """Releases processes and memory."""
        ...
