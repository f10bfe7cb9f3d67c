"""Multi-layer perceptrons: networks that take an observation as a plain list of numbers."""

import torch
from torch import Tensor, nn

from traffic_marl.learning.networks.layers import Linear, movement_scale, small_init, tanh_layers
from traffic_marl.observation import ObservationLayout


class Scaled(nn.Module):
    """Observations (..., F) with the movement features scaled."""

    factor: Tensor

    def __init__(self, layout: ObservationLayout) -> None:
        super().__init__()
        movements = movement_scale(layout).repeat(layout.phases * layout.movements)
        factor = torch.cat((movements, torch.ones(layout.own_size - len(movements))))
        self.register_buffer("factor", factor, persistent=False)

    def forward(self, observations: Tensor) -> Tensor:
        """The scaled observations."""
        return observations * self.factor


def mlp_actor(layout: ObservationLayout, hidden: tuple[int, ...], linear: Linear) -> nn.Module:
    """Logits (..., P) of observations (..., F)."""
    layers = tanh_layers(linear, (layout.size, *hidden))
    return nn.Sequential(Scaled(layout), *layers, small_init(linear(hidden[-1], layout.phases)))


def mlp_critic(layout: ObservationLayout, hidden: tuple[int, ...], linear: Linear) -> nn.Module:
    """Values (..., 1) of observations (..., F)."""
    layers = tanh_layers(linear, (layout.size, *hidden))
    return nn.Sequential(Scaled(layout), *layers, linear(hidden[-1], 1))
