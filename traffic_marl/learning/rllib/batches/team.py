"""Team: everything about the intersections of a training that its batches depend on."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from traffic_marl.observation import ObservationLayout

GROUP = "group"  # column that no loss sees


@dataclass(frozen=True)
class Team:
    """The intersections of a training, and the meaning of their decisions."""

    layout: ObservationLayout
    interval: int  # [s] between decisions
    scenarios: Sequence[int]  # (N,) number of the scenario that an intersection belongs to, from 0
    policies: Sequence[int]  # (N,) equal for intersections that share a policy
    is_single: bool  # whether the policy and the critic see one intersection at a time, all of them alike

    @property
    def groups(self) -> Tensor:
        """(N,) numbers from 0, equal for intersections of one scenario that share a policy."""
        pairs = list(zip(self.scenarios, self.policies, strict=True))
        known = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
        return torch.tensor([known[pair] for pair in pairs])
