"""Critics: they estimate the return of each intersection from its observation."""

import torch
from torch import Tensor, nn

from traffic_marl.learning.checking.exclusions import NEIGHBOURLY
from traffic_marl.learning.networks.architecture import Architecture
from traffic_marl.learning.networks.attention import NeighbourAttention
from traffic_marl.learning.networks.former_names import accept_former_name
from traffic_marl.learning.networks.layers import single, tanh_layers
from traffic_marl.learning.networks.mlp import Scaled, mlp_critic
from traffic_marl.learning.networks.sharing import shared_as
from traffic_marl.observation import ObservationLayout


class CentralCritic(nn.Module):
    """Values each intersection by its own observation and the pooled ones of all: (rows, N, F) -> (rows, N, 1).

    Source: the centralised value function of MAPPO, Yu et al. 2022, arXiv 2103.01955. Mean and maximum over the
    intersections stand for the global state, so that its size does not grow with the network.

    Args:
        layout: of the observations.
        hidden: units in each layer.
    """

    def __init__(self, layout: ObservationLayout, hidden: tuple[int, ...]) -> None:
        super().__init__()
        self.layout = layout
        self.encoder = nn.Sequential(Scaled(layout), *tanh_layers(single, (layout.own_size, hidden[0])))
        self.head = nn.Sequential(*tanh_layers(single, (3 * hidden[0], *hidden)), nn.Linear(hidden[-1], 1))

    def forward(self, observations: Tensor) -> Tensor:
        """Values."""
        own = self.encoder(self.layout.own(observations))
        mean = own.mean(1, keepdim=True).expand_as(own)
        most = own.amax(1, keepdim=True).expand_as(own)
        return self.head(torch.cat((own, mean, most), -1))  # type: ignore[no-any-return]


class AttentiveCritic(nn.Module):
    """Values each intersection by its own observation and those of its neighbours: (rows, N, F) -> (rows, N, 1).

    Args:
        architecture: with neighbours.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        layout, hidden = architecture.layout, architecture.hidden
        self.layout = layout
        self.encoder = nn.Sequential(Scaled(layout), *tanh_layers(single, (layout.own_size, hidden[0])))
        self.neighbour_attention = NeighbourAttention(hidden[0], hidden[0], architecture.neighbours)
        self.head = nn.Sequential(*tanh_layers(single, (2 * hidden[0], *hidden[1:])), nn.Linear(hidden[-1], 1))
        accept_former_name(self, "neighbour_attention", "listener")

    def forward(self, observations: Tensor) -> Tensor:
        """Values."""
        own = self.encoder(self.layout.own(observations))
        return self.head(torch.cat((own, self.neighbour_attention(own)), -1))  # type: ignore[no-any-return]


class Critic(nn.Module):
    """Values (rows, N) of observations (rows, N, F).

    Args:
        network: values (rows, N, 1).
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, observations: Tensor) -> Tensor:
        """Values."""
        return self.network(observations).squeeze(-1)  # type: ignore[no-any-return]


def build_critic(architecture: Architecture) -> Critic:
    """A new critic, with random weights from torch's global generator."""
    layout, hidden = architecture.layout, architecture.hidden
    if architecture.critic == "central":
        return Critic(CentralCritic(layout, hidden))
    if architecture.policy in NEIGHBOURLY:
        return Critic(AttentiveCritic(architecture))
    return Critic(shared_as(architecture, lambda linear: mlp_critic(layout, hidden, linear)))
