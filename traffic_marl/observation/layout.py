"""ObservationLayout: the places of the features in an observation."""

from dataclasses import asdict, dataclass
from typing import Any

from traffic_marl.checks import at_least_one, shown, whole_number
from traffic_marl.errors import UsageError
from traffic_marl.observation.features import NEAREST, PHASE, PHASE_FEATURES, SIGNAL_FEATURES, names

MASK = "allowed"  # phase feature that is the action mask
SHOWN = "shown"  # phase feature that is 1 for the phase shown


@dataclass(frozen=True)
class ObservationLayout:
    """The places of the features in an observation of F numbers.

    First come the features of movements, by phase and slot, then those of phases, by phase, and last those of the
    signal. An encoder of your own that does not see by movement has 0 slots, and all its features among the signal's.
    The phase feature `allowed` is the action mask. Every observation needs it. Where neighbours hear of each other by
    messages that may fail, the same features stand there once more, as the neighbours know them.

    Raises:
        UsageError: a field has a wrong type.
    """

    phases: int  # P
    movements: int  # S slots in each phase
    movement_features: tuple[str, ...]
    phase_features: tuple[str, ...] = names(PHASE_FEATURES, PHASE)
    signal_features: tuple[str, ...] = names(SIGNAL_FEATURES)
    low: float = 0.0  # least value of a number
    high: float = 1.0  # greatest value
    told: bool = False  # the same features follow once more, as the neighbours know them

    def __post_init__(self) -> None:
        at_least_one("phases", self.phases)
        whole_number("movements", self.movements, 0)
        for field in ("movement_features", "phase_features", "signal_features"):
            given = getattr(self, field)
            if not isinstance(given, tuple) or not all(isinstance(name, str) for name in given):
                remedy = 'give a tuple of names, such as ("queue", "wait")'
                raise UsageError(field, f"{shown(given)} is not a tuple of names", remedy)

    @property
    def size(self) -> int:
        """F."""
        return self.own_size * (2 if self.told else 1)

    @property
    def own_size(self) -> int:
        """Numbers that an intersection sees of itself."""
        each_phase = self.movements * len(self.movement_features) + len(self.phase_features)
        return self.phases * each_phase + len(self.signal_features)

    def own(self, observation: Any) -> Any:
        """The part of an observation (..., F) that an intersection sees of itself."""
        return observation[..., : self.own_size] if self.told else observation

    def known(self, observation: Any) -> Any:
        """The part of an observation (..., F) that its neighbours know of an intersection."""
        return observation[..., self.own_size :] if self.told else observation

    def split(self, observation: Any) -> tuple[Any, Any, Any]:
        """Parts of an observation (..., F): by movement (..., P, S, features), by phase (..., P, features), signal.

        That of the signal is (..., features). Takes numpy arrays and torch tensors. The parts are views where the
        library makes them.
        """
        lead = tuple(observation.shape[:-1])
        by_movement = self.phases * self.movements * len(self.movement_features)
        by_phase = by_movement + self.phases * len(self.phase_features)
        return (
            observation[..., :by_movement].reshape(*lead, self.phases, self.movements, len(self.movement_features)),
            observation[..., by_movement:by_phase].reshape(*lead, self.phases, len(self.phase_features)),
            observation[..., by_phase : self.own_size],
        )

    def allowed(self, observation: Any) -> Any:
        """The action mask in an observation (..., F): (..., P), 1 where a phase may be asked for."""
        return self.split(observation)[1][..., self.phase_features.index(MASK)]


def tells_plan(layout: ObservationLayout) -> bool:
    """Whether observations tell what a plan foresees with each phase, and which phase is shown."""
    return {NEAREST, SHOWN} <= set(layout.phase_features)


def plain_layout(layout: ObservationLayout) -> dict[str, Any]:
    """The fields of a layout. `told` is left out if it is false, so that files are what they were before it came."""
    fields = asdict(layout)
    if not layout.told:
        del fields["told"]
    return fields
