"""Actor: observations of all intersections in, a score for each phase out; torch alone."""

from torch import Tensor, nn

from traffic_marl.learning.networks.attention import NeighbourAttention
from traffic_marl.learning.networks.layers import Linear, single
from traffic_marl.learning.networks.mlp import mlp_actor
from traffic_marl.learning.networks.phase import PhaseNetwork, context_size
from traffic_marl.learning.networks.plan import ModulePlan
from traffic_marl.learning.networks.sharing import shared_as

FORBIDDEN = -1e9  # score of a phase that may not be asked for: finite, for it enters products with a probability of 0


class Actor(nn.Module):
    """The policy of all intersections: what decides, without what judges.

    Built by `build_actor`. Its scores are the logits of a stochastic policy, or the values of deep Q-learning: either
    way the phase with the greatest is the greedy choice.

    Args:
        plan: what it was built after.
        network: scores (rows, N, P) of observations (rows, N, F), whether allowed or not.
    """

    def __init__(self, plan: ModulePlan, network: nn.Module) -> None:
        super().__init__()
        self.plan = plan
        self.network = network

    def forward(self, observations: Tensor) -> Tensor:
        """Scores (rows, N, P) of observations (rows, N, F); FORBIDDEN where a phase may not be asked for."""
        allowed = self.plan.layout.allowed(observations) > 0.5
        return self.network(observations).masked_fill(~allowed, FORBIDDEN)  # type: ignore[no-any-return]


def build_actor(plan: ModulePlan) -> Actor:
    """A new actor after a plan, with random weights of torch's global generator."""
    if plan.policy == "attention":
        return Actor(plan, _attentive(plan))

    def network(linear: Linear) -> nn.Module:
        if plan.network == "mlp":
            return mlp_actor(plan.layout, plan.hidden, linear)
        return PhaseNetwork(plan.layout, plan.hidden, linear)

    return Actor(plan, shared_as(plan, network))


def _attentive(plan: ModulePlan) -> PhaseNetwork:
    """A phase network that hears of the neighbours."""
    heard = plan.hidden[-1]
    listener = NeighbourAttention(context_size(plan.layout, plan.hidden), heard, plan.neighbours)
    return PhaseNetwork(plan.layout, plan.hidden, single, listener, heard)
