"""Who shares weights with whom: all intersections, none, or those of a kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from traffic_marl.learning.networks.layers import Linear, StackedLinear, single, stacked
from traffic_marl.learning.networks.plan import ModulePlan

MakeNetwork = Callable[[Linear], nn.Module]


class Independent(nn.Module):
    """A network for each intersection, in one: (rows, N, F) -> (rows, N, outputs).

    Args:
        make: makes the network of linear layers.
        agents: N.
    """

    def __init__(self, make: MakeNetwork, agents: int) -> None:
        super().__init__()
        self.network = make(stacked(agents))

    def forward(self, observations: Tensor) -> Tensor:
        """What each intersection's own network makes of its own observations."""
        return self.network(observations.transpose(0, 1)).transpose(0, 1)  # type: ignore[no-any-return]


class ByKind(nn.Module):
    """A network for each kind of intersection: (rows, N, F) -> (rows, N, outputs).

    Args:
        make: makes a network of linear layers.
        count: how many kinds there are, here or elsewhere.
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
        """What the network of its kind makes of each intersection's observations."""
        pairs = zip(self.networks, self.members, strict=True)
        outputs = [network(observations[:, group]) for network, group in pairs if group]
        return torch.cat(outputs, 1)[:, self.place]


def shared_as(plan: ModulePlan, make: MakeNetwork) -> nn.Module:
    """The network, or as many as the plan's policy asks for: (rows, N, F) -> (rows, N, outputs)."""
    if plan.policy == "independent":
        return Independent(make, plan.agents)
    if plan.policy == "by-type":
        return ByKind(make, len(plan.kind_names), plan.kinds)
    return make(single)


@dataclass(frozen=True)
class Family:
    """Parameters that make one network's gradient, or a stack of networks that have one each."""

    parameters: tuple[nn.Parameter, ...]
    is_stack: bool  # the first axis is that of the networks
    agents: int  # intersections that one network of these serves


def families(module: nn.Module, agents: int) -> list[Family]:
    """The parameters of a module, split by the networks they belong to.

    Args:
        module: what `shared_as` made, or any other.
        agents: N.
    """
    if isinstance(module, ByKind):
        pairs = zip(module.networks, module.members, strict=True)
        return [Family(tuple(network.parameters()), False, len(group)) for network, group in pairs if group]
    is_stack = any(isinstance(layer, StackedLinear) for layer in module.modules())
    return [Family(tuple(module.parameters()), is_stack, 1 if is_stack else agents)]
