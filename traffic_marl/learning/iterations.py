"""What training is made of, whatever the algorithm: iterations that a learner does one after the other."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from traffic_marl.learning.policy import Policy


@dataclass(frozen=True)
class Iteration:
    """What one iteration came to."""

    agent_steps: int  # decisions of single intersections that were sampled
    mean_return: float | None  # sum of an intersection's rewards over an episode; None: no episode ended
    training_delay: float | None  # [s/veh] mean delay of the episodes that ended, by the policy that still tries out
    scalars: dict[str, float]  # losses and the like, by name


class Learner(Protocol):
    """Whoever makes a policy better, iteration by iteration."""

    def iterate(self, share: float) -> Iteration:
        """Learns from new traffic; `share` of the budget is gone, 0 to 1."""
        ...

    def policy(self) -> Policy:
        """The policy as it is now, fit to be saved and used apart from training."""
        ...

    def save(self, folder: Path) -> None:
        """Writes all that going on exactly from here needs into an empty folder."""
        ...

    def restore(self, folder: Path) -> None:
        """Goes back to where `save` wrote into this folder."""
        ...

    def close(self) -> None:
        """Gives back processes and memory."""
        ...
