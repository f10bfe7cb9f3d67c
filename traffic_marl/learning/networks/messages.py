"""Messages over the road graph: a learnt number from each movement to the intersection downstream."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from traffic_marl.learning.networks.codes import PhaseCodes, context_size
from traffic_marl.learning.networks.layers import single
from traffic_marl.observation import ObservationLayout


class Messages(PhaseCodes):
    """For each movement, the sum of the numbers that the intersection upstream sends along the movement's road.

    An intersection sends a number for each of its movements: what it says about the vehicles that will come from
    there. The number comes from the movement's features, and from the codes of the sender's phases and of the phase
    shown, in which the sender's next choice lies. If several phases serve a movement, it is the mean of their numbers.
    The sum over the movements that lead to a road is one more feature of the movements that leave from it. The
    gradient of the receiver's loss reaches the sender, so that nobody has to say what the numbers mean.

    Source: CommNet, Sukhbaatar et al. 2016, arXiv 1605.07736, and DIAL, Foerster et al. 2016, arXiv 1605.06676:
    continuous messages between agents, learnt by their gradients. CommNet sends the mean of all agents' hidden states
    to all, in several rounds. DIAL sends what was computed at the step before, with noise. We send one number a
    movement along the roads, in one round, within the same decision and without noise.

    Args:
        layout: of the observations.
        units: for a movement and for a phase of the sender. Few are enough for a number.
        outputs: units for a movement of the receiver.
        sending: (L, J, I) places of the slots of each movement that leads to each road between two intersections,
            among all slots (N P S), below 0 where there is none.
        receiving: (N, P S) road of the movement in each slot, below 0 where it comes from no intersection.
    """

    sent: Tensor
    share: Tensor
    road: Tensor

    def __init__(
        self,
        layout: ObservationLayout,
        units: int,
        outputs: int,
        sending: Sequence[Sequence[Sequence[int]]],
        receiving: Sequence[Sequence[int]],
    ) -> None:
        super().__init__(layout, units, units, single)
        self.own = single(units, units, bias=False)
        self.context = single(context_size(layout, units), units)
        self.heard = single(1, outputs, bias=False)
        with torch.no_grad():  # as for one feature beside the others
            self.heard.weight.div_(math.sqrt(len(layout.movement_features) + 1))  # type: ignore[operator]
        places, roads = torch.tensor(sending), torch.tensor(receiving)
        some = (places >= 0).float()
        share = some / some.sum(-1, keepdim=True).clamp(min=1.0)
        self.register_buffer("sent", places.clamp(min=0).flatten(), persistent=False)  # weights fit any network
        self.register_buffer("share", share.flatten(1), persistent=False)
        self.register_buffer("road", roads.flatten().clamp(min=-1) + 1, persistent=False)  # 0: from nowhere

    def forward(self, movements: Tensor, phases: Tensor, signal: Tensor) -> Tensor:
        """The part (rows, N, P, S, outputs) that the number it receives has in the encoding of each movement.

        Args:
            movements: (rows, N, P, S, features) scaled.
            phases: (rows, N, P, features).
            signal: (rows, N, features).
        """
        received = self.received(self.numbers(movements, phases, signal))
        return self.heard(received.unsqueeze(-1))  # type: ignore[no-any-return]

    def received(self, numbers: Tensor) -> Tensor:
        """The number that each movement receives of the numbers that all movements send, both (rows, N, P, S)."""
        said = numbers.flatten(1).index_select(1, self.sent).view(-1, *self.share.shape)
        by_road = (said * self.share).sum(-1)
        return torch.nn.functional.pad(by_road, (1, 0)).index_select(1, self.road).view(numbers.shape)

    def numbers(self, movements: Tensor, phases: Tensor, signal: Tensor) -> Tensor:
        """The number (rows, N, P, S) that each movement sends."""
        encoded = self.encoded(movements)
        codes = self.codes(encoded, phases)
        context = self.context(self.context_of(codes, movements, phases, signal))
        plan = torch.tanh(self.own(codes) + context.unsqueeze(-2))
        return (encoded * plan.unsqueeze(-2)).sum(-1)
