"""Controller: a policy with its action space, from the counts of detectors to the phase to ask for."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from traffic_marl.kernels.tables import ALL_RED, BANDS, YELLOW
from traffic_marl.learning.exporting.rules import Memory, Signal, choices, detected, noted, one_of
from traffic_marl.learning.exporting.signature import counted
from traffic_marl.learning.networks import Actor
from traffic_marl.observation import ObservationLayout, feature
from traffic_marl.observation.features import MOVEMENT_FEATURES, MOVEMENT_GROUPS, PRESENT, names

MOVING = names(MOVEMENT_FEATURES, "bands")


class Controller(nn.Module):
    """A shared policy with the action space `gap_out`, as a controller of one intersection in each row.

    The inputs are those of `signature.inputs`, by name, and the outputs those of `signature.outputs`.

    Args:
        actor: of the policy, for intersections of the size that the inputs have.
        is_value_based: whether its outputs are values, of which the greatest has probability 1.
        longest_green: [s] after which a green ends if there is a call elsewhere.
    """

    def __init__(self, actor: Actor, is_value_based: bool, longest_green: int) -> None:
        super().__init__()
        self.actor = actor
        self.layout: ObservationLayout = actor.architecture.layout
        self.is_value_based = is_value_based
        self.longest_green = longest_green

    def forward(self, inputs: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """The phase to ask for, probabilities, phases that may be asked for, and the memory."""
        slots, signal = inputs["slots"], Signal(*(inputs[name] for name in Signal._fields))
        movements = inputs["queue"].shape[1]
        served = one_of(slots, movements).any(2)
        seen = detected(inputs)
        memory = noted(served, Memory(inputs["waited"], inputs["empty"]), signal, seen)
        allowed = choices(served, memory, signal, seen, self.longest_green)
        logits = self.actor(self.observation(inputs, signal, allowed).unsqueeze(1)).squeeze(1)
        greatest = logits.argmax(-1)
        certain = one_of(greatest, self.layout.phases).float()
        probabilities = certain if self.is_value_based else torch.softmax(logits, -1)
        return greatest, probabilities, allowed, memory.waited, memory.empty

    def observation(self, inputs: Mapping[str, Tensor], signal: Signal, allowed: Tensor) -> Tensor:
        """(R, F) the features of each intersection, as `observation.kernel` writes them."""
        by_movement = in_slots(self.movement_features(inputs, signal), inputs["slots"])
        shown = one_of(signal.phase, self.layout.phases).float()
        since = share(inputs["since_served"], "since_served")
        by_phase = torch.stack((shown, since, allowed.float()), -1)
        is_yellow, is_all_red = (signal.interval == each for each in (YELLOW, ALL_RED))
        of_signal = torch.stack((share(signal.age, "age"), is_yellow.float(), is_all_red.float()), -1)
        return torch.cat((by_movement.flatten(1), by_phase.flatten(1), of_signal), -1)

    def movement_features(self, inputs: Mapping[str, Tensor], signal: Signal) -> Tensor:
        """(R, M, features) of each movement."""
        columns = {PRESENT: torch.ones_like(inputs["queue"], dtype=torch.float32)}
        columns["queue"] = share(inputs["queue"], "queue")
        columns |= {MOVING[band]: share(inputs["moving"][:, :, band], MOVING[band]) for band in range(BANDS)}
        seconds = signal.span.clamp(min=1).unsqueeze(-1)
        for name in counted(self.layout.movement_features):
            columns[name] = share(inputs[name], name, seconds if name == "delay" else None)
        return torch.stack([columns[name] for name in self.layout.movement_features], -1)


def share(value: Tensor, name: str, seconds: Tensor | None = None) -> Tensor:
    """The value as a share of the value that is shown as 1, at most 1. A sum over seconds becomes their mean."""
    full = feature(name).full
    factor = 1.0 / full if seconds is None else 1.0 / (full * seconds.double())
    return (value.double() * factor).clamp(max=1.0).float()


def in_slots(features: Tensor, slots: Tensor) -> Tensor:
    """(R, P, S, features) of the movements in the slots, 0 in empty slots."""
    place = slots.clamp(min=0).flatten(1).unsqueeze(-1).expand(-1, -1, features.shape[-1])
    found = torch.gather(features, 1, place).reshape(*slots.shape, features.shape[-1])
    return torch.where((slots >= 0).unsqueeze(-1), found, 0.0)


def can_control(actor: Actor) -> bool:
    """Whether all features of a policy can be made of counts, and its intersections need no others.

    A plan is not made of counts of movements: it needs the vehicles of each lane.
    """
    layout = actor.architecture.layout
    known = set(names(MOVEMENT_FEATURES, PRESENT, *MOVEMENT_GROUPS))
    usual = ObservationLayout(layout.phases, layout.movements, layout.movement_features)
    return actor.architecture.policy == "shared" and set(layout.movement_features) <= known and layout == usual
