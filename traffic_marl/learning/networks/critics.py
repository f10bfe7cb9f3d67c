"""Critics: the return that each intersection can expect from here on."""

import torch
from torch import Tensor, nn

from traffic_marl.learning.networks.attention import NeighbourAttention
from traffic_marl.learning.networks.layers import single, tanh_layers
from traffic_marl.learning.networks.mlp import Scaled, mlp_critic
from traffic_marl.learning.networks.plan import ModulePlan
from traffic_marl.learning.networks.sharing import shared_as
from traffic_marl.observation import ObservationLayout


class CentralCritic(nn.Module):
    """Judges each intersection by its own observation and the pooled ones of all: (rows, N, F) -> (rows, N, 1).

    Source: the centralised value function of MAPPO, Yu et al. 2022, arXiv 2103.01955; mean and maximum over the
    intersections stand for the global state, so that its size does not grow with the network.

    Args:
        layout: of the observations.
        hidden: units in each layer.
    """

    def __init__(self, layout: ObservationLayout, hidden: tuple[int, ...]) -> None:
        super().__init__()
        self.encoder = nn.Sequential(Scaled(layout), *tanh_layers(single, (layout.size, hidden[0])))
        self.head = nn.Sequential(*tanh_layers(single, (3 * hidden[0], *hidden)), nn.Linear(hidden[-1], 1))

    def forward(self, observations: Tensor) -> Tensor:
        """Values."""
        own = self.encoder(observations)
        mean = own.mean(1, keepdim=True).expand_as(own)
        most = own.amax(1, keepdim=True).expand_as(own)
        return self.head(torch.cat((own, mean, most), -1))  # type: ignore[no-any-return]


class AttentiveCritic(nn.Module):
    """Judges each intersection by its own observation and what it attends to of its neighbours': -> (rows, N, 1).

    Args:
        plan: with neighbours.
    """

    def __init__(self, plan: ModulePlan) -> None:
        super().__init__()
        units = plan.hidden[0]
        self.encoder = nn.Sequential(Scaled(plan.layout), *tanh_layers(single, (plan.layout.size, units)))
        self.listener = NeighbourAttention(units, units, plan.neighbours)
        self.head = nn.Sequential(*tanh_layers(single, (2 * units, *plan.hidden[1:])), nn.Linear(plan.hidden[-1], 1))

    def forward(self, observations: Tensor) -> Tensor:
        """Values."""
        own = self.encoder(observations)
        return self.head(torch.cat((own, self.listener(own)), -1))  # type: ignore[no-any-return]


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


def build_critic(plan: ModulePlan) -> Critic:
    """A new critic after a plan, with random weights of torch's global generator."""
    if plan.critic == "central":
        return Critic(CentralCritic(plan.layout, plan.hidden))
    if plan.policy == "attention":
        return Critic(AttentiveCritic(plan))
    return Critic(shared_as(plan, lambda linear: mlp_critic(plan.layout, plan.hidden, linear)))
