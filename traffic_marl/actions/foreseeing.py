"""Moments of choice that come from plans: the observation tells which phase has least planned delay."""

import numpy as np

from traffic_marl.actions.choice import BY_PLAN
from traffic_marl.arrays import Bools, Singles
from traffic_marl.errors import UsageError
from traffic_marl.observation import ObservationLayout
from traffic_marl.observation.features import NEAREST, PLAN
from traffic_marl.observation.layout import SHOWN, tells_plan

BEST = 1.0  # of the feature NEAREST: no phase has less planned delay


def ensure_foresight(action: str, layout: ObservationLayout) -> None:
    """Checks that observations hold the plan that an action space needs.

    Args:
        action: name of the action space.
        layout: of the observations.

    Raises:
        UsageError: they do not.
    """
    if action == BY_PLAN and not tells_plan(layout):
        what = f"the action space {action} follows the feature {NEAREST} of each phase, which the observation lacks"
        raise UsageError("observation", what, f"give one with +{PLAN}, or use another action space")


def planned_change(layout: ObservationLayout, observations: Singles) -> Bools:
    """(B, N) whether a plan foresees less delay with another phase than with the one shown. Never without a plan.

    Args:
        layout: of the observations.
        observations: (B, N, F).
    """
    if not tells_plan(layout):
        return np.zeros(observations.shape[:-1], np.bool_)
    phases = layout.split(observations)[1]
    nearest, shown = (phases[..., layout.phase_features.index(name)] for name in (NEAREST, SHOWN))
    wanted: Bools = (nearest * shown).max(axis=-1) < BEST
    return wanted
