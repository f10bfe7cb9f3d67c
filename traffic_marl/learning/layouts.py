"""Checks that an observation has the features that a learner needs."""

from traffic_marl.errors import UsageError
from traffic_marl.learning.discretise import DEMAND
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.observation import ObservationLayout
from traffic_marl.observation.features import NEAREST
from traffic_marl.observation.layout import SHOWN

PRESENT = "present"


def ensure_sufficient(layout: ObservationLayout, settings: TrainingSettings) -> None:
    """Checks the layout of an observation before training.

    Args:
        layout: of the observation.
        settings: name the algorithm and the network.

    Raises:
        UsageError: a feature is missing.
    """
    if settings.traits.has_tables:
        _check(layout, settings.algorithm, DEMAND, "use local, or another observation with its groups")
    elif settings.network == "phase":
        _check(layout, "the phase network", (PRESENT,), "add it, or use the network mlp")
    if settings.residual and NEAREST not in layout.phase_features:
        what = f"a residual policy needs the feature {NEAREST} of each phase"
        raise UsageError("observation", what, "add it, or give another observation")


def _check(layout: ObservationLayout, user: str, movement_features: tuple[str, ...], remedy: str) -> None:
    missing = [name for name in movement_features if name not in layout.movement_features]
    missing += [name for name in (SHOWN,) if name not in layout.phase_features]
    if missing:
        raise UsageError("observation", f"{user} needs the features {', '.join(missing)}", remedy)
