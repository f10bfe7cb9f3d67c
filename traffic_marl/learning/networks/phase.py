"""PhaseNetwork: one encoder for all phases, each scored beside the others."""

import torch
from torch import Tensor, nn

from traffic_marl.learning.networks.layers import Linear, cautious, movement_scale
from traffic_marl.observation import ObservationLayout


class PhaseNetwork(nn.Module):
    """Scores each phase from its movements, in the context of all phases.

    Every movement is encoded by one layer, in which `present` stands for the bias, so that an empty slot adds nothing.
    The movements of a phase add up, and with what is known of the phase itself they make its code. A phase's score
    comes from its code, the mean code, the code of the phase shown and the state of the signal. All phases share all
    weights: exchange two, and their scores are exchanged. So the network has no size of its own and works for any
    number of phases and movements.

    Source: the idea of FRAP, Zheng et al. 2019, doi 10.1145/3357384.3357900; we compare a phase with the mean of all
    and the one shown, where FRAP compares all pairs, and encode more than counts.

    Args:
        layout: of the observations.
        hidden: units for a movement (the first) and for a phase (the last).
        linear: makes a layer.
        listener: adds to the context (rows, N, `context_size`) what other intersections have in theirs.
        heard: features that the listener adds.
    """

    scale: Tensor

    def __init__(
        self,
        layout: ObservationLayout,
        hidden: tuple[int, ...],
        linear: Linear,
        listener: nn.Module | None = None,
        heard: int = 0,
    ) -> None:
        super().__init__()
        units, code = hidden[0], hidden[-1]
        self.layout = layout
        self.movement = linear(len(layout.movement_features), units, bias=False)
        self.together = linear(units, code, bias=False)
        self.phase = linear(len(layout.phase_features), code)
        self.own = linear(code, code, bias=False)
        self.context = linear(context_size(layout, hidden) + heard, code)
        self.score = cautious(linear(code, 1))
        self.listener = listener
        self.register_buffer("scale", movement_scale(layout), persistent=False)

    def forward(self, observations: Tensor) -> Tensor:
        """Scores (..., P) of observations (..., F)."""
        movements, phases, signal = self.layout.split(observations)
        encoded = torch.relu(self.movement(movements * self.scale)).sum(-2)
        codes = torch.tanh(self.together(encoded) + self.phase(phases))
        context = torch.cat((mean_code(codes, movements[..., :1]), shown_code(codes, phases), signal), -1)
        if self.listener is not None:
            context = torch.cat((context, self.listener(context)), -1)
        compared = torch.tanh(self.own(codes) + self.context(context).unsqueeze(-2))
        return self.score(compared).squeeze(-1)  # type: ignore[no-any-return]


def context_size(layout: ObservationLayout, hidden: tuple[int, ...]) -> int:
    """Features of the context in which phases are scored."""
    return 2 * hidden[-1] + len(layout.signal_features)


def mean_code(codes: Tensor, present: Tensor) -> Tensor:
    """Mean code (..., code) of the phases (..., P, code) that have a movement of their own."""
    filled = present.amax(-2)
    return (codes * filled).sum(-2) / filled.sum(-2).clamp(min=1.0)


def shown_code(codes: Tensor, phases: Tensor) -> Tensor:
    """Code (..., code) of the phase that is shown or about to be; `shown` is the first phase feature."""
    return (codes * phases[..., :1]).sum(-2)
