"""Flows of movements that fit counts: as many vehicles leave a road as turn into it, and no flow is negative.

Flows are those of least squares, each count with the weight of a Poisson number. Where nothing was counted, flows
follow shares of the turns. This is generalised least squares as for matrices of origins and destinations, on flows of
movements in place of pairs.

Source: Cascetta 1984, doi 10.1016/0191-2615(84)90012-2.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from traffic_marl.arrays import Bools, Floats, Ints

SHARES, ZERO = 1e-3, 1e-6  # weights beside that of a mean count: of the shares of turns, and of a flow of 0
SOFT = 1e-9  # of the diagonal that keeps the system regular where constraints depend on each other
NEGATIVE = 1e-7  # [veh] flows below this are negative
WHOLE = 1e-4  # [veh] flows that are closer to a whole number are whole
MOST_STEPS = 3.0  # [veh] from the nearest whole number, where an interval takes over what others have rounded


@dataclass(frozen=True, eq=False)
class RoadFlows:
    """The structure of a network that flows keep to."""

    leaves: Ints  # (M,) road that each movement leaves
    enters: Ints  # (M,) road that it enters
    roads: int
    between: Bools  # (R,) roads with a way in and a way out, on which nobody starts or ends
    share: Floats  # (M,) usual share of each movement among those of its road; 0 if it must not be used uncounted

    def balance(self) -> sparse.csr_array:
        """(roads between, M): vehicles that turn into a road less those that leave it."""
        count = len(self.leaves)
        movement = np.arange(count)
        shape = (self.roads, count)
        into = sparse.csr_array((np.ones(count), (self.enters, movement)), shape=shape)
        out = sparse.csr_array((np.ones(count), (self.leaves, movement)), shape=shape)
        return (into - out)[self.between]


def fitted_flows(network: RoadFlows, groups: sparse.csr_array, counted: Floats, inflow: float) -> Floats:
    """[veh] (M,) The flows of one interval.

    Args:
        network: the structure.
        groups: (G, M) 1 where a movement belongs to a group that is counted together.
        counted: [veh] (G,) nan where it was not counted.
        inflow: [veh] that enter on a road from the rim on which no turn was counted.
    """
    seen = ~np.isnan(counted)
    count = counted[seen]
    rows, weight = groups[seen], 1.0 / np.maximum(count, 1.0)
    usual = 1.0 / max(1.0, float(count.mean()) if len(count) else 1.0)
    free = np.asarray(groups[~seen].sum(axis=0)).ravel() > 0
    hessian = rows.T @ sparse.diags_array(weight) @ rows
    wanted = rows.T @ (weight * count)
    shares = _share_rows(network, free)
    hessian = hessian + SHARES * usual * (shares.T @ shares) + ZERO * usual * sparse.eye_array(len(network.leaves))
    entering = _entries_without_counts(network, free)
    if inflow > 0 and entering.shape[0]:
        hessian = hessian + usual * (entering.T @ entering)
        wanted = wanted + usual * inflow * np.asarray(entering.sum(axis=0)).ravel()
    allowed = ~free | (network.share > 0)
    return _nonnegative(sparse.csc_array(hessian), wanted, network.balance(), allowed)


def _share_rows(network: RoadFlows, free: Bools) -> sparse.csr_array:
    """(movements that were not counted, M): the flow of each less its share of all flow that leaves its road."""
    count = len(network.leaves)
    together = sparse.csr_array(
        (np.ones(count), (network.leaves, np.arange(count))), shape=(network.roads, count)
    )  # (R, M)
    all_of_road = together[network.leaves]
    return (sparse.eye_array(count) - sparse.diags_array(network.share) @ all_of_road).tocsr()[free]


def _entries_without_counts(network: RoadFlows, free: Bools) -> sparse.csr_array:
    """(roads from the rim, M): 1 for the movements of a road on which none was counted."""
    count = len(network.leaves)
    movement = np.arange(count)
    out = sparse.csr_array((np.ones(count), (network.leaves, movement)), shape=(network.roads, count))
    leaving = np.bincount(network.leaves, minlength=network.roads)
    uncounted = np.bincount(network.leaves, free, network.roads) == leaving
    return out[(leaving > 0) & ~network.between & uncounted]


def _nonnegative(hessian: sparse.csc_array, wanted: Floats, balance: sparse.csr_array, allowed: Bools) -> Floats:
    """The flows of least squares that are balanced and not negative, by an active set of flows at 0.

    Args:
        hessian: (M, M) positive definite.
        wanted: (M,) right-hand side.
        balance: (E, M) of which each row times the flows is 0.
        allowed: (M,) flows that need not be 0.
    """
    free = allowed.copy()
    for _ in range(10 * len(wanted)):
        flow, price = _solved(hessian, wanted, balance, free)
        below = flow < -NEGATIVE
        if below.any():
            free &= ~below
            continue
        slope = hessian @ flow - wanted + balance.T @ price
        gain = np.where(allowed & ~free, -slope, 0.0)
        if gain.max(initial=0.0) <= NEGATIVE:
            break
        free[gain.argmax()] = True
    return np.maximum(flow, 0.0)


def _solved(hessian: sparse.csc_array, wanted: Floats, balance: sparse.csr_array, free: Bools) -> tuple[Floats, Floats]:
    """Flows (M,) that are 0 where they are not free, and the multiplier (E,) of each balance."""
    own = np.flatnonzero(free)
    rows = balance[:, own]
    flow = np.zeros(len(wanted))
    if not len(own):
        return flow, np.zeros(rows.shape[0])
    corner = -SOFT * sparse.eye_array(rows.shape[0])
    system = sparse.block_array([[hessian[own][:, own], rows.T], [rows, corner]], format="csc")
    found = splu(system).solve(np.concatenate((wanted[own], np.zeros(rows.shape[0]))))
    flow[own] = found[: len(own)]
    return flow, found[len(own) :]


def whole_flows(network: RoadFlows, flow: Floats) -> Ints:
    """[veh] (M,) Whole flows that are balanced and close to the flow: each is one of the whole numbers beside it.

    Balanced flows are those of a network, for which a linear program with whole bounds has whole solutions. It takes
    the steps up or down from the nearest whole numbers whose squares of differences grow least.
    """
    from scipy.optimize import linprog  # imported here, because it is slow to import and seldom needed

    near = np.maximum(np.rint(flow), 0.0)
    rest = flow - near
    balance = network.balance()
    cost = np.concatenate((1.0 - 2.0 * rest, 1.0 + 2.0 * rest))
    for steps in (np.where(np.abs(rest) < WHOLE, 0.0, 1.0), np.full(len(flow), MOST_STEPS)):
        most = np.concatenate((steps, np.minimum(steps, near)))
        rows = sparse.hstack((balance, -balance))
        found = linprog(cost, A_eq=rows, b_eq=-(balance @ near), bounds=np.stack((0 * most, most), 1), method="highs")
        if found.success:
            break
    assert found.success, found.message
    up, down = np.split(found.x, 2)
    whole: Ints = np.rint(near + up - down).astype(np.int32)
    return whole
