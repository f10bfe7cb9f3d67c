"""Action spaces: the choices of an agent, the moments at which it has one, and the phases that they ask for."""

from traffic_marl.actions.choice import (
    ACTIONS,
    LONGEST_WAIT,
    OWN_MOMENTS,
    Actions,
    checked_actions,
    interval_for,
    make_actions,
)
from traffic_marl.actions.foreseeing import ensure_foresight, planned_change
from traffic_marl.actions.gap_out import LONGEST_GREEN
from traffic_marl.actions.masks import choosing, write_masks

__all__ = [
    "ACTIONS",
    "LONGEST_GREEN",
    "LONGEST_WAIT",
    "OWN_MOMENTS",
    "Actions",
    "checked_actions",
    "choosing",
    "ensure_foresight",
    "interval_for",
    "make_actions",
    "planned_change",
    "write_masks",
]
