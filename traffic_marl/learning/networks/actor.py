"""Actor: from observations of all intersections to a logit for each phase."""

from torch import Tensor, nn

from traffic_marl.learning.networks.architecture import Architecture
from traffic_marl.learning.networks.attention import NeighbourAttention
from traffic_marl.learning.networks.codes import context_size
from traffic_marl.learning.networks.layers import Linear, single
from traffic_marl.learning.networks.messages import Messages
from traffic_marl.learning.networks.mlp import mlp_actor
from traffic_marl.learning.networks.phase import PhaseNetwork
from traffic_marl.learning.networks.sharing import shared_as

MESSAGE_UNITS = 8  # of the layers that make a message, for a movement and for a phase
FORBIDDEN = -1e9  # logit of a phase that is not allowed, finite because it is multiplied with a probability of 0


class Actor(nn.Module):
    """The policy of all intersections, without the critic.

    Built by `build_actor`. Its outputs are the logits of a stochastic policy, or the values of deep Q-learning. The
    phase with the greatest output is the greedy choice in both cases.

    Args:
        architecture: the structure that it was built from.
        network: logits (rows, N, P) of observations (rows, N, F), before the action mask.
    """

    def __init__(self, architecture: Architecture, network: nn.Module) -> None:
        super().__init__()
        self.architecture = architecture
        self.network = network

    def forward(self, observations: Tensor) -> Tensor:
        """Logits (rows, N, P) of observations (rows, N, F). They are FORBIDDEN for phases that are not allowed."""
        allowed = self.architecture.layout.allowed(observations) > 0.5
        return self.network(observations).masked_fill(~allowed, FORBIDDEN)  # type: ignore[no-any-return]


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
