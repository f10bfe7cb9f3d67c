"""PhaseNetwork: one encoder for all phases, and a logit for each phase in the context of the others."""

import torch
from torch import Tensor, nn

from traffic_marl.learning.layouts import PRESENT, SHOWN
from traffic_marl.learning.networks.former_names import accept_former_name
from traffic_marl.learning.networks.layers import Linear, movement_scale, small_init
from traffic_marl.observation import ObservationLayout


class PhaseNetwork(nn.Module):
    """Gives each phase a logit from its movements, in the context of all phases.

    One layer encodes every movement. Its input `present` takes the place of the bias, so that an empty slot adds
    nothing. The sum over the movements of a phase and the features of the phase make its code. The logit of a phase
    comes from its code, the mean code, the code of the phase shown and the state of the signal. All phases share all
    weights: if two phases are exchanged, their logits are exchanged. Therefore the network works for any number of
    phases and movements.

    Source: the idea of FRAP, Zheng et al. 2019, doi 10.1145/3357384.3357900. FRAP compares all pairs of phases. We
    compare each phase with the mean of all and with the phase shown, and encode more features than counts.

    Args:
        layout: of the observations.
        hidden: units for a movement (the first) and for a phase (the last).
        linear: makes a layer.
        neighbour_attention: extends the context (rows, N, `context_size`) by features of the neighbours' contexts.
        neighbour_features: number of features that it adds.
    """

    scale: Tensor

    def __init__(
        self,
        layout: ObservationLayout,
        hidden: tuple[int, ...],
        linear: Linear,
        neighbour_attention: nn.Module | None = None,
        neighbour_features: int = 0,
    ) -> None:
        super().__init__()
        units, code = hidden[0], hidden[-1]
        self.layout = layout
        self.present, self.shown = _column(layout.movement_features, PRESENT), _column(layout.phase_features, SHOWN)
        self.movement = linear(len(layout.movement_features), units, bias=False)
        self.together = linear(units, code, bias=False)
        self.phase = linear(len(layout.phase_features), code)
        self.own = linear(code, code, bias=False)
        self.context = linear(context_size(layout, hidden) + neighbour_features, code)
        self.score = small_init(linear(code, 1))
        self.neighbour_attention = neighbour_attention
        accept_former_name(self, "neighbour_attention", "listener")
        self.register_buffer("scale", movement_scale(layout), persistent=False)

    def forward(self, observations: Tensor) -> Tensor:
        """Logits (..., P) of observations (..., F)."""
        movements, phases, signal = self.layout.split(observations)
        encoded = torch.relu(self.movement(movements * self.scale)).sum(-2)
        codes = torch.tanh(self.together(encoded) + self.phase(phases))
        mean, shown = mean_code(codes, movements[..., self.present]), shown_code(codes, phases[..., self.shown])
        context = torch.cat((mean, shown, signal), -1)
        if self.neighbour_attention is not None:
            context = torch.cat((context, self.neighbour_attention(context)), -1)
        compared = torch.tanh(self.own(codes) + self.context(context).unsqueeze(-2))
        return self.score(compared).squeeze(-1)  # type: ignore[no-any-return]


def context_size(layout: ObservationLayout, hidden: tuple[int, ...]) -> int:
    """Number of features of the context of all phases."""
    return 2 * hidden[-1] + len(layout.signal_features)


def mean_code(codes: Tensor, present: Tensor) -> Tensor:
    """Mean code (..., code) of the phases (..., P, code) with a movement. `present` is (..., P, S, 1)."""
    filled = present.amax(-2)
    return (codes * filled).sum(-2) / filled.sum(-2).clamp(min=1.0)


def shown_code(codes: Tensor, shown: Tensor) -> Tensor:
    """Code (..., code) of the phase shown, or of the next one during an intergreen. `shown` is (..., P, 1)."""
    return (codes * shown).sum(-2)


def _column(features: tuple[str, ...], name: str) -> slice:
    """The place of a feature, as a slice that keeps its axis."""
    place = features.index(name)
    return slice(place, place + 1)
