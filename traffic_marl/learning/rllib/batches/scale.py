"""Scales of returns: a code in which a critic learns them, and the deviation by which rewards are divided."""

import torch
from torch import Tensor, nn

from traffic_marl.learning.rllib.batches.rows import SMALLEST_DEVIATION, moments

SLOWNESS = 20.0  # updates over which moments are averaged
SMALL = 0.1  # returns below this are coded linearly
LARGEST = 15.0  # logarithm that is decoded, so that an odd code makes no infinite return


class ReturnCode(nn.Module):
    """The code in which a critic learns returns: their logarithm, standardised.

    Heavy traffic has returns a hundred times those of light traffic. In their logarithm an error counts by its share of
    the return, so that no traffic rules the loss, and one observation has one meaning in all scenarios.

    Source: the idea of Pohlen et al. 2018, arXiv 1805.11593, who compress values by a square root. The moments follow
    PopArt, van Hasselt et al. 2016, arXiv 1602.07714, but for the output layer, which we keep as it is.
    """

    mean: Tensor
    deviation: Tensor
    updates: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(1))
        self.register_buffer("deviation", torch.ones(1))
        self.register_buffer("updates", torch.zeros(1))

    def encode(self, returns: Tensor) -> Tensor:
        """Codes of returns."""
        return (compressed(returns) - self.mean) / self.deviation

    def decode(self, codes: Tensor) -> Tensor:
        """Returns of codes."""
        logarithm = codes * self.deviation + self.mean
        return logarithm.sign() * SMALL * torch.expm1(logarithm.abs().clamp(max=LARGEST))

    def update(self, returns: Tensor) -> None:
        """Moves towards the moments of new returns. The first ones are taken as they are."""
        codes = compressed(returns)
        weight = 1.0 / (self.updates + 1.0).clamp(max=SLOWNESS)
        self.mean += weight * (codes.mean() - self.mean)
        self.deviation += weight * (codes.std(unbiased=False).clamp(min=SMALLEST_DEVIATION) - self.deviation)
        self.updates += 1.0


class ReturnScale(nn.Module):
    """The scales of a training's returns.

    Args:
        scenarios: K.
    """

    deviation: Tensor
    updates: Tensor

    def __init__(self, scenarios: int) -> None:
        super().__init__()
        self.code = ReturnCode()
        self.register_buffer("deviation", torch.ones(scenarios))  # of the returns of each scenario
        self.register_buffer("updates", torch.zeros(scenarios))

    def update(self, returns: Tensor, scenarios: Tensor) -> None:
        """Moves the deviations towards those of new returns (rows,). The first of a scenario are taken as they are.

        Args:
            returns: of any rows.
            scenarios: (rows,) number of the scenario of each.
        """
        number = torch.bincount(scenarios, minlength=len(self.deviation))
        _, deviation = moments(returns, scenarios, len(self.deviation))
        weight = torch.where(number > 1, 1.0 / (self.updates + 1.0).clamp(max=SLOWNESS), 0.0)
        self.deviation += weight * (deviation.clamp(min=SMALLEST_DEVIATION) - self.deviation)
        self.updates += number > 1


def compressed(returns: Tensor) -> Tensor:
    """The logarithm of returns on both sides of 0, linear for small ones."""
    return returns.sign() * torch.log1p(returns.abs() / SMALL)
