"""PhaseNetwork: one encoder for all phases, and a logit for each phase in the context of the others."""

import torch
from torch import Tensor, nn

from traffic_marl.learning.networks.codes import PhaseCodes, context_size
from traffic_marl.learning.networks.former_names import accept_former_name
from traffic_marl.learning.networks.layers import Linear, movement_scale, small_init
from traffic_marl.observation import ObservationLayout


class PhaseNetwork(PhaseCodes):
    """Gives each phase a logit from its movements, in the context of all phases.

    The logit of a phase comes from its code, the mean code, the code of the phase shown and the state of the signal.
    All phases share all weights: if two phases are exchanged, their logits are exchanged. Therefore the network works
    for any number of phases and movements.

    Source: the idea of FRAP, Zheng et al. 2019, doi 10.1145/3357384.3357900. FRAP compares all pairs of phases. We
    compare each phase with the mean of all and with the phase shown, and encode more features than counts.

    Args:
        layout: of the observations.
        hidden: units for a movement (the first) and for a phase (the last).
        linear: makes a layer.
        neighbour_attention: extends the context (rows, N, `context_size`) by features of the neighbours' contexts.
        neighbour_features: number of features that it adds.
        messages: adds one more feature to each movement (rows, N, P, S, units), from the intersection upstream.
    """

    scale: Tensor

    def __init__(
        self,
        layout: ObservationLayout,
        hidden: tuple[int, ...],
        linear: Linear,
        neighbour_attention: nn.Module | None = None,
        neighbour_features: int = 0,
        messages: nn.Module | None = None,
    ) -> None:
        units, code = hidden[0], hidden[-1]
        super().__init__(layout, units, code, linear)
        self.layout = layout
        self.own = linear(code, code, bias=False)
        self.context = linear(context_size(layout, code) + neighbour_features, code)
        self.score = small_init(linear(code, 1))
        self.neighbour_attention = neighbour_attention
        self.messages = messages
        accept_former_name(self, "neighbour_attention", "listener")
        self.register_buffer("scale", movement_scale(layout), persistent=False)

    def forward(self, observations: Tensor) -> Tensor:
        """Logits (..., P) of observations (..., F)."""
        movements, phases, signal = self.layout.split(observations)
        scaled = movements * self.scale
        heard = None if self.messages is None else self.messages(*self._said(observations))
        codes = self.codes(self.encoded(scaled, heard), phases)
        context = self.context_of(codes, movements, phases, signal)
        if self.neighbour_attention is not None:
            told = self._told_context(observations) if self.layout.told else None
            context = torch.cat((context, self.neighbour_attention(context, told)), -1)
        compared = torch.tanh(self.own(codes) + self.context(context).unsqueeze(-2))
        return self.score(compared).squeeze(-1)  # type: ignore[no-any-return]

    def _said(self, observations: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What the neighbours know of the movements (scaled), phases and signal of each intersection."""
        movements, phases, signal = self.layout.split(self.layout.known(observations))
        return movements * self.scale, phases, signal

    def _told_context(self, observations: Tensor) -> Tensor:
        """The contexts (rows, N, `context_size`) of all intersections, as their neighbours know them."""
        movements, phases, signal = self.layout.split(self.layout.known(observations))
        codes = self.codes(self.encoded(movements * self.scale), phases)
        return self.context_of(codes, movements, phases, signal)
