"""Incidence matrices of lanes, movements and phases, scores of phases, and the phase of the best score.

Counts as in `kernels.tables`: B copies, N intersections, K lanes, M movements, P phases. A matrix from lanes or
movements to phases has a row n P + p for phase p of intersection n.
"""

from typing import Any

import numpy as np
from scipy import sparse

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.network import greens
from traffic_marl.network.network import Network

TIE = 9  # decimals to which scores are compared, so that rounding does not break ties


def available_phases(network: Network) -> Bools:
    """(N, P) phases that may be asked for."""
    return greens.available_phases(network.tables)


def needs_green(network: Network) -> Bools:
    """(M,) movements that some phases serve and others do not. For the others no choice of phase matters."""
    return greens.needs_green(network.tables)


def counted_movements(network: Network) -> Bools:
    """(M,) movements that pressures and queues count. They need a green and do not turn right."""
    return needs_green(network) & np.asarray([turn != "right" for turn in network.movement_turns], dtype=np.bool_)


def movement_lanes(network: Network) -> Any:
    """Sparse (M, K): 1 where a movement leaves from the lane."""
    tables = network.tables
    return _incidence(tables.movement_lane_start, tables.movement_lane, len(tables.lane_road))


def exit_lanes(network: Network) -> Any:
    """Sparse (M, K): 1 where the lane belongs to the road that a movement leads to."""
    tables = network.tables
    return _incidence(tables.movement_exit_start, tables.movement_exit, len(tables.lane_road))


def phase_movements(network: Network, counted: Bools) -> Any:
    """Sparse (N P, M): 1 where a phase serves a movement that is counted."""
    tables = network.tables
    phases = tables.served.shape[1]
    allowed = greens.serving_phases(tables) & counted[:, None]
    movement, phase = np.nonzero(allowed)
    row = tables.movement_intersection[movement].astype(np.int64) * phases + phase
    shape = (len(tables.phase_count) * phases, len(counted))
    return sparse.csr_array((np.ones(len(row)), (row, movement)), shape=shape)


def phase_lanes(network: Network, counted: Bools) -> Any:
    """Sparse (N P, K): 1 where a counted movement of the phase leaves from the lane, however many of them do."""
    return ((phase_movements(network, counted) @ movement_lanes(network)) > 0).astype(np.float64)


def rows_averaged(matrix: Any) -> Any:
    """The matrix with each row divided by its sum; empty rows stay empty."""
    total = np.asarray(matrix.sum(axis=1)).ravel()
    return sparse.diags_array(1.0 / np.where(total > 0.0, total, 1.0)) @ matrix


def lane_values_by(matrix: Any, values: Ints | Floats | Bools) -> Floats:
    """(B, rows): each row's weighted sum of values (B, columns)."""
    return np.asarray((matrix @ values.T.astype(np.float64)).T)


def phase_scores(matrix: Any, values: Ints | Floats | Bools, network: Network) -> Floats:
    """(B, N, P): weighted sum of values (B, columns) for each phase."""
    tables = network.tables
    return lane_values_by(matrix, values).reshape(len(values), len(tables.phase_count), tables.served.shape[1])


def served_now(network: Network, phase: Ints) -> Bools:
    """(B, M) movements that are green in the phases (B, N)."""
    tables = network.tables
    movement = np.arange(len(tables.movement_intersection))
    return np.asarray(tables.served[movement, phase[:, tables.movement_intersection]])


def best_phase(scores: Floats, available: Bools) -> Ints:
    """(B, N) phase of the greatest of the scores (B, N, P), the first of equals."""
    return np.asarray(np.where(available, np.round(scores, TIE), -np.inf).argmax(axis=2), dtype=np.int32)


def _incidence(start: Ints, column: Ints, columns: int) -> Any:
    shape = (len(start) - 1, columns)
    return sparse.csr_array((np.ones(len(column)), column.astype(np.int64), start.astype(np.int64)), shape=shape)
