"""ReturnScale: mean and deviation of the returns of each scenario, by which values are scaled."""

import torch
from torch import Tensor, nn

from traffic_marl.learning.rllib.batches.rows import SMALLEST_DEVIATION, moments

SLOWNESS = 20.0  # updates over which mean and deviation are averaged


class ReturnScale(nn.Module):
    """The mean and the deviation of the returns of K scenarios. A critic learns returns in these units.

    Heavy traffic has returns a hundred times those of light traffic. Without a scale of its own for each scenario the
    heaviest one would rule the loss.

    Source: the idea of PopArt, van Hasselt et al. 2016, arXiv 1602.07714. We keep the output layer as it is when the
    scale moves, because it is shared by all scenarios.

    Args:
        scenarios: K.
    """

    mean: Tensor
    deviation: Tensor
    updates: Tensor

    def __init__(self, scenarios: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(scenarios))
        self.register_buffer("deviation", torch.ones(scenarios))
        self.register_buffer("updates", torch.zeros(scenarios))

    def returns(self, values: Tensor, scenarios: Tensor) -> Tensor:
        """Returns of scaled values. Both and the number of the scenario have one shape, or shapes that fit."""
        return values * self.deviation[scenarios] + self.mean[scenarios]

    def scaled(self, returns: Tensor, scenarios: Tensor) -> Tensor:
        """Scaled values of returns."""
        return (returns - self.mean[scenarios]) / self.deviation[scenarios]

    def update(self, returns: Tensor, scenarios: Tensor) -> None:
        """Moves towards the moments of new returns (rows,). The first ones of a scenario are taken as they are."""
        number = torch.bincount(scenarios, minlength=len(self.mean))
        mean, deviation = moments(returns, scenarios, len(self.mean))
        weight = torch.where(number > 1, 1.0 / (self.updates + 1.0).clamp(max=SLOWNESS), 0.0)
        self.mean += weight * (mean - self.mean)
        self.deviation += weight * (deviation.clamp(min=SMALLEST_DEVIATION) - self.deviation)
        self.updates += number > 1

    def forget(self) -> None:
        """Takes the next returns as they are, because all scenarios are new ones."""
        self.updates.zero_()
