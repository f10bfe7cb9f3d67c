"""Layers of all networks, for one policy or for a stack of policies that is computed at once."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor, nn

from traffic_marl.observation import ObservationLayout

SCALE = 4.0  # factor for movement features, which are mostly below 0.3: afterwards they count tens of vehicles
SMALL_GAIN = 0.01  # gain of an actor's last layer, so that all phases are about equally likely at first


class Linear(Protocol):
    """Makes a linear layer."""

    def __call__(self, inputs: int, outputs: int, *, bias: bool = True) -> nn.Module:
        """A layer with this number of features in and out."""
        ...


class StackedLinear(nn.Module):
    """A linear layer for each of several policies, in one: (stack, ..., inputs) -> (stack, ..., outputs).

    Args:
        stack: number of policies, the length of the first axis of the input.
        inputs: features in.
        outputs: features out.
        bias: whether the layer has a bias.
    """

    def __init__(self, stack: int, inputs: int, outputs: int, *, bias: bool = True) -> None:
        super().__init__()
        bound = 1.0 / math.sqrt(inputs)  # as nn.Linear draws them
        self.weight = nn.Parameter(torch.empty(stack, inputs, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(stack, 1, outputs).uniform_(-bound, bound)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """The linear map of each policy, applied to its own features."""
        rows = x.reshape(x.shape[0], -1, x.shape[-1])
        product = rows @ self.weight if self.bias is None else torch.baddbmm(self.bias, rows, self.weight)
        return product.reshape(*x.shape[:-1], self.weight.shape[-1])


def stacked(stack: int) -> Linear:
    """Gives a function that makes linear layers for a stack of policies."""

    def make(inputs: int, outputs: int, *, bias: bool = True) -> nn.Module:
        return StackedLinear(stack, inputs, outputs, bias=bias)

    return make


def single(inputs: int, outputs: int, *, bias: bool = True) -> nn.Module:
    """A linear layer for one policy."""
    return nn.Linear(inputs, outputs, bias)


def small_init(layer: nn.Module) -> nn.Module:
    """Makes the weights of an actor's last layer small and its biases zero. Gives the layer back."""
    with torch.no_grad():
        layer.weight.mul_(SMALL_GAIN)  # type: ignore[operator]
        layer.bias.zero_()  # type: ignore[operator]
    return layer


def tanh_layers(linear: Linear, sizes: Sequence[int]) -> list[nn.Module]:
    """Linear layers between these sizes, each followed by a tanh."""
    return [layer for inputs, outputs in pairwise(sizes) for layer in (linear(inputs, outputs), nn.Tanh())]


def movement_scale(layout: ObservationLayout) -> Tensor:
    """Factors of the features of a movement at the input of a network: SCALE, but 1 for `present`."""
    return torch.tensor([1.0 if name == "present" else SCALE for name in layout.movement_features])
