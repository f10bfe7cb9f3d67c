"""Layers that all networks are made of, for one policy or for a stack of policies in one."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor, nn

from traffic_marl.observation import ObservationLayout

SCALE = 4.0  # of movement features, which are mostly below 0.3: as if counted in tens of vehicles
CAUTIOUS = 0.01  # gain of the last layer of an actor: all phases are about equally likely at first


class Linear(Protocol):
    """Makes a linear layer."""

    def __call__(self, inputs: int, outputs: int, *, bias: bool = True) -> nn.Module:
        """A layer with so many features in and out."""
        ...


class StackedLinear(nn.Module):
    """A linear layer for each of several policies, in one: (stack, ..., inputs) -> (stack, ..., outputs).

    Args:
        stack: how many policies; the first axis of what comes in.
        inputs: features in.
        outputs: features out.
        bias: whether something is added to the products.
    """

    def __init__(self, stack: int, inputs: int, outputs: int, *, bias: bool = True) -> None:
        super().__init__()
        bound = 1.0 / math.sqrt(inputs)  # as nn.Linear draws them
        self.weight = nn.Parameter(torch.empty(stack, inputs, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(stack, 1, outputs).uniform_(-bound, bound)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """Each policy's own linear map of its own features."""
        rows = x.reshape(x.shape[0], -1, x.shape[-1])
        product = rows @ self.weight if self.bias is None else torch.baddbmm(self.bias, rows, self.weight)
        return product.reshape(*x.shape[:-1], self.weight.shape[-1])


def stacked(stack: int) -> Linear:
    """Makes linear layers for a stack of so many policies."""

    def make(inputs: int, outputs: int, *, bias: bool = True) -> nn.Module:
        return StackedLinear(stack, inputs, outputs, bias=bias)

    return make


def single(inputs: int, outputs: int, *, bias: bool = True) -> nn.Module:
    """A linear layer for one policy."""
    return nn.Linear(inputs, outputs, bias)


def cautious(layer: nn.Module) -> nn.Module:
    """The last layer of an actor with its weights made small and its biases zero."""
    with torch.no_grad():
        layer.weight.mul_(CAUTIOUS)  # type: ignore[operator]
        layer.bias.zero_()  # type: ignore[operator]
    return layer


def tanh_layers(linear: Linear, sizes: Sequence[int]) -> list[nn.Module]:
    """Linear layers between these sizes, a tanh after each."""
    return [layer for inputs, outputs in pairwise(sizes) for layer in (linear(inputs, outputs), nn.Tanh())]


def movement_scale(layout: ObservationLayout) -> Tensor:
    """What the features of a movement are multiplied by before a network sees them: SCALE, but 1 for `present`."""
    return torch.tensor([1.0 if name == "present" else SCALE for name in layout.movement_features])
