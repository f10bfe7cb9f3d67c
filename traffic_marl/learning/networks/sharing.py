"""Sharing of weights: among all intersections, among those of a kind, or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from traffic_marl.learning.networks.architecture import Architecture
from traffic_marl.learning.networks.layers import Linear, StackedLinear, single, stacked

MakeNetwork = Callable[[Linear], nn.Module]


class Independent(nn.Module):
    """A network for each intersection, computed at once: (rows, N, F) -> (rows, N, outputs).

    Args:
        make: makes the network from a maker of linear layers.
        agents: N.
    """

    def __init__(self, make: MakeNetwork, agents: int) -> None:
        super().__init__()
        self.network = make(stacked(agents))

    def forward(self, observations: Tensor) -> Tensor:
        """The output of each intersection's network for its observations."""
        return self.network(observations.transpose(0, 1)).transpose(0, 1)  # type: ignore[no-any-return]


class ByKind(nn.Module):
    """A network for each kind of intersection: (rows, N, F) -> (rows, N, outputs).

    Args:
        make: makes a network from a maker of linear layers.
        count: number of kinds, those included that this road network lacks.
        kinds: (N,) kind of each intersection.
    """

    place: Tensor

    def __init__(self, make: MakeNetwork, count: int, kinds: Sequence[int]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(make(single) for _ in range(count))
        self.members = [[n for n, kind in enumerate(kinds) if kind == each] for each in range(count)]
        order = torch.tensor([n for group in self.members for n in group])
        self.register_buffer("place", torch.argsort(order), persistent=False)

    def forward(self, observations: Tensor) -> Tensor:
        """For each intersection, the output of the network of its kind."""
        pairs = zip(self.networks, self.members, strict=True)
        outputs = [network(observations[:, group]) for network, group in pairs if group]
        return torch.cat(outputs, 1)[:, self.place]


def shared_as(architecture: Architecture, make: MakeNetwork) -> nn.Module:
    """One network, or as many as the policy needs: (rows, N, F) -> (rows, N, outputs)."""
    if architecture.policy == "independent":
        return Independent(make, architecture.agents)
    if architecture.policy == "by-type":
        return ByKind(make, len(architecture.kind_names), architecture.kinds)
    return make(single)


@dataclass(frozen=True)
class ParameterGroup:
    """Parameters of one network, or of a stack of networks, whose gradient is clipped together."""

    parameters: tuple[nn.Parameter, ...]
    is_stack: bool  # whether the first axis numbers networks, each with a gradient of its own
    agents: int  # intersections served by one of these networks


def parameter_groups(module: nn.Module, agents: int) -> list[ParameterGroup]:
    """The parameters of a module, grouped by network.

    Args:
        module: made by `shared_as`, or any other module.
        agents: N.
    """
    if isinstance(module, ByKind):
        pairs = zip(module.networks, module.members, strict=True)
        return [ParameterGroup(tuple(network.parameters()), False, len(group)) for network, group in pairs if group]
    is_stack = any(isinstance(layer, StackedLinear) for layer in module.modules())
    return [ParameterGroup(tuple(module.parameters()), is_stack, 1 if is_stack else agents)]
