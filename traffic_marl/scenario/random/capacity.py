"""Load of intersections: an estimate of the share of its capacity that a demand takes."""

import numpy as np

from traffic_marl.arrays import Bools, Floats
from traffic_marl.network.network import Network

SATURATION_FLOW = 0.5  # [veh/s] of a lane
YIELDING = 2.0  # vehicles for which a left turn counts that yields to the opposite traffic
CYCLE = 100.0  # [s] of the plan for which the capacity is estimated
STARTUP_LOST = 2.0  # [s] of each green, besides the intergreen


def loads(network: Network, flow: Floats, intergreen: float) -> Floats:
    """(N,) load of each intersection: 1 where a plan of CYCLE seconds is just sufficient for the flow.

    Critical flow ratios of the phases, of least sum, are compared with the share of green in the cycle. The flow of a
    movement is divided equally among its lanes. Left turns that yield count YIELDING times.

    Source: the method of critical lane groups, Webster 1958 (Road Research Technical Paper 39).

    Args:
        network: with signals.
        flow: [veh/s] (M,) of each movement.
        intergreen: [s] between two greens.
    """
    tables = network.tables
    ratios = movement_ratios(network, flow)
    found = np.zeros(len(network.intersections))
    for n, phases in enumerate(tables.phase_count.tolist()):
        here = np.flatnonzero(tables.movement_intersection == n)
        served = tables.served[here, :phases]
        needs_green = ~served.all(axis=1)
        greens = least_greens(served[needs_green], ratios[here][needs_green])
        lost = np.count_nonzero(greens) * (intergreen + STARTUP_LOST)
        found[n] = greens.sum() / max(1.0 - lost / CYCLE, 0.1)
    return found


def movement_ratios(network: Network, flow: Floats) -> Floats:
    """(M,) flow over saturation flow on the fullest lane of each movement."""
    tables = network.tables
    owner = np.repeat(np.arange(len(flow)), np.diff(tables.movement_lane_start))
    counted = flow * np.where(yields(network), YIELDING, 1.0) / np.diff(tables.movement_lane_start)
    on_lane = np.bincount(tables.movement_lane, counted[owner], len(network.lane_names))
    return np.asarray(np.maximum.reduceat(on_lane[tables.movement_lane], tables.movement_lane_start[:-1])) / (
        SATURATION_FLOW
    )


def yields(network: Network) -> Bools:
    """(M,) left turns that are green with opposite through traffic in every phase of theirs.

    In a phase that serves through movements of two approaches, a left turn has to yield.
    """
    tables = network.tables
    through = np.array([turn == "through" for turn in network.movement_turns])
    left = np.array([turn == "left" for turn in network.movement_turns])
    approach = [road for road, _ in network.movement_roads]
    found = np.zeros(len(left), np.bool_)
    for movement in np.flatnonzero(left).tolist():
        others = through & (tables.movement_intersection == tables.movement_intersection[movement])
        others &= np.array([road != approach[movement] for road in approach])
        phases = tables.served[movement]
        found[movement] = tables.served[others][:, phases].any(axis=0).all() if others.any() else False
    return found


def least_greens(served: Bools, ratios: Floats) -> Floats:
    """(phases,) share of green of each phase, of least sum, with which every movement is served.

    Args:
        served: (movements, phases)
        ratios: (movements,) flow over saturation flow.
    """
    if not len(ratios):
        return np.zeros(served.shape[1])
    if (served.sum(axis=1) == 1).all():
        return np.asarray(np.where(served, ratios[:, None], 0.0).max(axis=0))
    from scipy.optimize import linprog  # imported here, because it is slow to import and seldom needed

    found = linprog(np.ones(served.shape[1]), A_ub=-served.astype(np.float64), b_ub=-ratios, method="highs")
    assert found.success, found.message
    return np.where(found.x > 1e-9, found.x, 0.0)
