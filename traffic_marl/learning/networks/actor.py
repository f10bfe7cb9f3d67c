"""Actor: from observations of all intersections to a logit for each phase."""

import torch
from torch import Tensor, nn

from traffic_marl.learning.networks.architecture import Architecture
from traffic_marl.learning.networks.attention import NeighbourAttention
from traffic_marl.learning.networks.codes import context_size
from traffic_marl.learning.networks.layers import Linear, single
from traffic_marl.learning.networks.messages import Messages
from traffic_marl.learning.networks.mlp import mlp_actor
from traffic_marl.learning.networks.phase import PhaseNetwork
from traffic_marl.learning.networks.sharing import shared_as
from traffic_marl.observation import ObservationLayout
from traffic_marl.observation.features import NEAREST

MESSAGE_UNITS = 8  # of the layers that make a message, for a movement and for a phase
LEAST_NEAR = 1e-20  # of the feature NEAREST, below which phases are equally bad, and those that do not come
FARTHEST = 50.0  # from the best logit: the probability is less than 1e-21, and has no effect
FORBIDDEN = -1e9  # logit of a phase that is not allowed, finite because it is multiplied with a probability of 0


class Actor(nn.Module):
    """The policy of all intersections, without the critic.

    Built by `build_actor`. Its outputs are the logits of a stochastic policy, or the values of deep Q-learning. The
    phase with the greatest output is the greedy choice in both cases.

    Args:
        architecture: the structure that it was built from.
        network: logits (rows, N, P) of observations (rows, N, F), before the action mask. A residual actor adds them to
            those of the plan: minus the planned delay of each phase beyond the least one, in units of
            `EXCESSES[NEAREST]`.

    Raises:
        ValueError: a residual actor would see no plan.

    Source of residual policies: Silver et al. 2018, arXiv 1812.06298, and Johannink et al. 2019, arXiv 1812.03201.
    """

    def __init__(self, architecture: Architecture, network: nn.Module) -> None:
        super().__init__()
        if architecture.residual and NEAREST not in architecture.layout.phase_features:
            raise ValueError("observations without a plan")
        self.architecture = architecture
        self.network = network

    def forward(self, observations: Tensor) -> Tensor:
        """Logits (rows, N, P) of observations (rows, N, F). They are FORBIDDEN for phases that are not allowed."""
        layout = self.architecture.layout
        allowed = layout.allowed(observations) > 0.5
        logits: Tensor = self.network(observations)
        if self.architecture.residual:
            logits = within_reach(logits + planned_logits(layout, observations), allowed)
        return logits.masked_fill(~allowed, FORBIDDEN)


def planned_logits(layout: ObservationLayout, observations: Tensor) -> Tensor:
    """Logits (rows, N, P) of the plan in observations (rows, N, F)."""
    nearest: Tensor = layout.split(observations)[1][..., layout.phase_features.index(NEAREST)]
    return torch.log(nearest.clamp(min=LEAST_NEAR))


def within_reach(logits: Tensor, allowed: Tensor) -> Tensor:
    """Logits (rows, N, P) raised to FARTHEST below that of the best phase that is allowed.

    Two sources of logits can make a probability that is less than the smallest normal number. Processors take ten to a
    hundred times longer for such numbers, so that trainings would take four times as long.
    """
    best = logits.detach().masked_fill(~allowed, FORBIDDEN).amax(-1, keepdim=True)
    return torch.maximum(logits, best - FARTHEST)


def build_actor(architecture: Architecture) -> Actor:
    """A new actor, with random weights from torch's global generator."""
    if architecture.policy == "attention":
        return Actor(architecture, _attentive(architecture))
    if architecture.policy == "message":
        return Actor(architecture, _told(architecture))

    def network(linear: Linear) -> nn.Module:
        if architecture.network == "mlp":
            return mlp_actor(architecture.layout, architecture.hidden, linear)
        return PhaseNetwork(architecture.layout, architecture.hidden, linear)

    return Actor(architecture, shared_as(architecture, network))


def _attentive(architecture: Architecture) -> PhaseNetwork:
    """A phase network that attends to the neighbouring intersections."""
    layout, hidden = architecture.layout, architecture.hidden
    attention = NeighbourAttention(context_size(layout, hidden[-1]), hidden[-1], architecture.neighbours)
    return PhaseNetwork(layout, hidden, single, attention, neighbour_features=hidden[-1])


def _told(architecture: Architecture) -> PhaseNetwork:
    """A phase network that hears a number from the intersection upstream of each movement."""
    layout, hidden = architecture.layout, architecture.hidden
    messages = Messages(layout, MESSAGE_UNITS, hidden[0], architecture.sending, architecture.receiving)
    return PhaseNetwork(layout, hidden, single, messages=messages)
