"""Action spaces: the choices of an agent, the moments at which it has one, and the phases that they ask for."""

from traffic_marl.actions.choice import ACTIONS, LONGEST_WAIT, Actions, checked_actions, interval_for, make_actions
from traffic_marl.actions.gap_out import LONGEST_GREEN
from traffic_marl.actions.masks import choosing, write_masks

__all__ = [
    "ACTIONS",
    "LONGEST_GREEN",
    "LONGEST_WAIT",
    "Actions",
    "checked_actions",
    "choosing",
    "interval_for",
    "make_actions",
    "write_masks",
]
