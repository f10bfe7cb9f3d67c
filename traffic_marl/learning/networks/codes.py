"""PhaseCodes: movements and phases as codes of a network, in which all phases are treated alike."""

import torch
from torch import Tensor, nn

from traffic_marl.learning.layouts import PRESENT
from traffic_marl.learning.networks.layers import Linear
from traffic_marl.observation import ObservationLayout
from traffic_marl.observation.layout import SHOWN


class PhaseCodes(nn.Module):
    """Encodes every movement by one layer, and makes a code of each phase.

    The movement feature `present` takes the place of the bias, so that an empty slot adds nothing. The sum over the
    movements of a phase and the features of the phase make its code.

    Args:
        layout: of the observations.
        units: for a movement.
        code: units for a phase.
        linear: makes a layer.
    """

    def __init__(self, layout: ObservationLayout, units: int, code: int, linear: Linear) -> None:
        super().__init__()
        self.present, self.shown = _column(layout.movement_features, PRESENT), _column(layout.phase_features, SHOWN)
        self.movement = linear(len(layout.movement_features), units, bias=False)
        self.together = linear(units, code, bias=False)
        self.phase = linear(len(layout.phase_features), code)

    def encoded(self, movements: Tensor, heard: Tensor | None = None) -> Tensor:
        """Movements (..., P, S, units) of their scaled features (..., P, S, features).

        Args:
            movements: the scaled features.
            heard: (..., P, S, units) sum that one more feature of each movement adds before the rectifier.
        """
        sums = self.movement(movements)
        return torch.relu(sums if heard is None else sums.add_(heard))

    def codes(self, encoded: Tensor, phases: Tensor) -> Tensor:
        """Codes (..., P, code) of encoded movements (..., P, S, units) and features of phases (..., P, features)."""
        return torch.tanh(self.together(encoded.sum(-2)) + self.phase(phases))

    def context_of(self, codes: Tensor, movements: Tensor, phases: Tensor, signal: Tensor) -> Tensor:
        """The mean code, the code of the phase shown, and the state of the signal: (..., `context_size`)."""
        mean, shown = mean_code(codes, movements[..., self.present]), shown_code(codes, phases[..., self.shown])
        return torch.cat((mean, shown, signal), -1)


def context_size(layout: ObservationLayout, code: int) -> int:
    """Number of features of the context of all phases."""
    return 2 * code + len(layout.signal_features)


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
