"""Discretisation: from the observation of an intersection to one of a few states, for tables."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints, Singles
from traffic_marl.observation import ObservationLayout, feature

LEVELS = (1, 3, 6, 11, 21)  # [veh] least demand of each further level of a phase
DEMAND = ("queue", "moving_0_60", "moving_60_120", "backlog")  # features of a movement whose sum is its demand


@dataclass(frozen=True, eq=False)
class State:
    """The discrete states of all intersections at one moment."""

    numbers: Ints  # (B, N) 0 .. state_count - 1
    choices: Bools  # (B, N, P) phases to choose from
    demands: Floats  # [veh] (B, N, P) queued, near or waiting outside, over the movements of each phase


def state_count(phases: int) -> int:
    """Number of states that `discretise` tells apart."""
    return 2 * (phases * (len(LEVELS) + 1)) ** 2


def discretise(layout: ObservationLayout, observations: Singles) -> State:
    """The states of observations (B, N, F).

    A state holds the phase shown and its level of demand, the other phase with most demand and its level, and whether
    a change would be granted now. These two phases can be chosen if they are allowed. If neither is, all allowed phases
    can be chosen.
    """
    phases, levels = layout.phases, len(LEVELS) + 1
    demands = _demands(layout, observations)
    shown = layout.split(observations)[1][..., layout.phase_features.index("shown")].argmax(axis=2)
    allowed = layout.allowed(observations) > 0.0
    is_shown = np.arange(phases) == shown[:, :, None]
    other = np.where(is_shown, -1.0, demands).argmax(axis=2)
    level = np.digitize(np.round(demands), LEVELS)
    here, there = (np.take_along_axis(level, phase[:, :, None], axis=2)[:, :, 0] for phase in (shown, other))
    may_change = (allowed & ~is_shown).any(axis=2)
    place = ((shown * phases + other) * levels + here) * levels + there
    pair = allowed & (is_shown | (np.arange(phases) == other[:, :, None]))
    choices = np.where(pair.any(axis=2, keepdims=True), pair, allowed)
    return State(np.asarray(2 * place + may_change, dtype=np.int32), choices, demands)


def _demands(layout: ObservationLayout, observations: Singles) -> Floats:
    columns = [layout.movement_features.index(name) for name in DEMAND]
    movements = layout.split(observations)[0]
    return np.asarray(
        feature("queue").full * sum(movements[..., column].sum(axis=3) for column in columns), dtype=np.float64
    )
