"""The weights of a team of policies, taken apart into those of each policy and put together again."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import torch
from torch import Tensor

from traffic_marl.learning.networks.architecture import Architecture

Weights: TypeAlias = Mapping[str, Tensor]  # by name
ONE, KINDS, STACK = "network.", "network.networks.", "network.network."  # prefixes of names, by the way of sharing


def policies_of(architecture: Architecture) -> tuple[str, ...]:
    """Names of the policies: kinds or intersections, or one name for all."""
    if architecture.policy == "independent":
        return architecture.intersections
    return architecture.kind_names if architecture.policy == "by-type" else ("all",)


def apart(architecture: Architecture, weights: Weights, *, is_pooled: bool = False) -> list[dict[str, Tensor]]:
    """The weights of each policy, with the names and shapes that they have in a policy alone.

    Args:
        architecture: of the team.
        weights: of its actor or critic.
        is_pooled: whether it is one network for all intersections, whatever the policies are, as a central critic is.
    """
    if architecture.policy == "by-type" and not is_pooled:
        count = len(architecture.kind_names)
        return [_beginning(f"{KINDS}{kind}.", weights) for kind in range(count)]
    if architecture.policy != "independent" or is_pooled:
        return [_beginning(ONE, weights)]
    stacked = _beginning(STACK, weights)
    return [{name: _unstacked(name, value[n]) for name, value in stacked.items()} for n in range(architecture.agents)]


def together(architecture: Architecture, policies: Sequence[Weights], *, is_pooled: bool = False) -> dict[str, Tensor]:
    """The weights of a team, from those of each policy. The inverse of `apart`."""
    if architecture.policy == "by-type" and not is_pooled:
        pairs = enumerate(policies)
        return {f"{KINDS}{kind}.{name}": value for kind, weights in pairs for name, value in weights.items()}
    if architecture.policy != "independent" or is_pooled:
        return {f"{ONE}{name}": value for name, value in policies[0].items()}
    return {
        f"{STACK}{name}": torch.stack([_to_be_stacked(name, weights[name]) for weights in policies])
        for name in policies[0]
    }


def _beginning(prefix: str, weights: Weights) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def _unstacked(name: str, value: Tensor) -> Tensor:
    """A weight (inputs, outputs) or a bias (1, outputs) of a stack, as a linear layer alone has it."""
    return value.T if name.endswith("weight") else value[0]


def _to_be_stacked(name: str, value: Tensor) -> Tensor:
    """The inverse of `_unstacked`."""
    return value.T if name.endswith("weight") else value[None]
