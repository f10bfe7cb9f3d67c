"""Critical flow ratios: how heavily each phase of an intersection is loaded under the expected flows."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Bools, Floats
from traffic_marl.strategies.classical.incidence import movement_lanes, needs_green, rows_averaged
from traffic_marl.strategies.strategy import Conditions

NEGLIGIBLE = 1e-9  # flow ratios below this are rounding


@dataclass(frozen=True)
class CriticalFlows:
    """The phases in the cycle of one intersection, and the load of each."""

    phases: tuple[int, ...]  # in the order of the phase table
    ratios: tuple[float, ...]  # critical flow ratio y of each: flow over saturation flow of its fullest lane


def critical_flows(conditions: Conditions, saturation_flow: float) -> list[CriticalFlows]:
    """The critical flows of each intersection."""
    tables = conditions.network.tables
    ratios = movement_ratios(conditions, saturation_flow)
    protected = needs_green(conditions.network)
    found = []
    for intersection, phases in enumerate(tables.phase_count):
        movements = np.flatnonzero(protected & (tables.movement_intersection == intersection))
        found.append(critical_phases(tables.served[movements, :phases], ratios[movements]))
    return found


def movement_ratios(conditions: Conditions, saturation_flow: float) -> Floats:
    """(M,) flow over saturation flow on the fullest lane of each movement."""
    lanes = movement_lanes(conditions.network)
    lane_flow = rows_averaged(lanes).T @ conditions.flow  # [veh/s] (K,)
    fullest = np.maximum.reduceat(lane_flow[lanes.indices], lanes.indptr[:-1])
    return np.asarray(fullest / saturation_flow)


def critical_phases(served: Bools, ratios: Floats) -> CriticalFlows:
    """Phases and critical ratios of least sum that serve the flow of every movement.

    Args:
        served: (movements, phases) of one intersection.
        ratios: (movements,) flow ratio of each.
    """
    if not len(ratios):
        return CriticalFlows((0,), (0.0,))
    if (served.sum(axis=1) == 1).all():
        load = np.where(served, ratios[:, None], 0.0).max(axis=0)
    else:
        load = least_load(served, ratios)
    phases = np.flatnonzero(_kept(served, load))
    return CriticalFlows(tuple(int(phase) for phase in phases), tuple(float(load[phase]) for phase in phases))


def least_load(served: Bools, ratios: Floats) -> Floats:
    """(phases,) flow ratios of least sum such that the phases of each movement add up to its own ratio.

    Of equal solutions the one with the earlier phases is taken.
    """
    from scipy.optimize import linprog  # imported here, because it is slow to import and seldom needed

    phases = served.shape[1]
    cost = 1.0 + 1e-6 * np.arange(phases)
    found = linprog(cost, A_ub=-served.astype(np.float64), b_ub=-ratios, bounds=(0.0, None), method="highs")
    assert found.success, found.message
    return np.where(found.x > NEGLIGIBLE, found.x, 0.0)


def _kept(served: Bools, load: Floats) -> Bools:
    """(phases,) whether a phase has a load, or is the first one of a movement that no loaded phase serves."""
    kept: Bools = load > 0.0
    for phases in served:
        if not (phases & kept).any():
            kept[phases.argmax()] = True
    return kept
