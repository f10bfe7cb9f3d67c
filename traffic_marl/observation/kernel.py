"""The kernel of observations: writes the features of every movement, phase and signal, scaled to 0 .. 1.

Names, scales and order are those of `features`. They are constants when numba compiles the kernel.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.kernels.compiling import SOURCES, digest, entry, kernel
from traffic_marl.kernels.tables import ALL_RED, GREEN, NONE, YELLOW, Timing
from traffic_marl.observation.features import feature, offset
from traffic_marl.observation.movement_kernel import share, write_movement
from traffic_marl.observation.tables import Columns, ObservedRoads, View

SHOWN, SINCE_SERVED, ALLOWED = offset("shown"), offset("since_served"), offset("allowed")
SIGNAL_AGE, SIGNAL_YELLOW, SIGNAL_ALL_RED = offset("age"), offset("yellow"), offset("all_red")

FULL_SINCE_SERVED, FULL_AGE = feature("since_served").full, feature("age").full


@kernel
def seconds_to_change(interval: int, age: int, timing: Timing) -> int:
    """[s] until a request for another phase could be granted, limits left aside."""
    if interval == GREEN:
        return max(timing.min_green - age, 0)
    if interval == ALL_RED:
        return timing.all_red - age + timing.min_green
    return timing.yellow - age + timing.all_red + timing.min_green


@kernel
def is_allowed(shown: bool, exists: bool, wait: int, within: int) -> bool:
    """Whether a phase would be granted if it were asked for now: the action mask.

    A change has to begin before the next decision, which is `within` [s] away.
    """
    return bool(shown or (exists and wait < within))


@kernel
def write_signal(
    roads: ObservedRoads,
    view: View,
    timing: Timing,
    within: int,
    columns: Columns,
    b: int,
    n: int,
    out: Singles,
    at: int,
) -> None:
    """Writes the features of an intersection's phases, then those of its signal. Those of a plan are left out."""
    wait = seconds_to_change(view.interval[b, n], view.age[b, n], timing)
    phases = roads.served.shape[1]
    for p in range(phases):
        shown = view.phase[b, n] == p
        exists = p < roads.phase_count[n]
        out[np.uintp(at + SHOWN)] = 1.0 if shown else 0.0
        out[np.uintp(at + SINCE_SERVED)] = share(view.since_served[b, n, p], FULL_SINCE_SERVED) if exists else 0.0
        out[np.uintp(at + ALLOWED)] = 1.0 if is_allowed(shown, exists, wait, within) else 0.0
        at += columns.phase
    out[np.uintp(at + SIGNAL_AGE)] = share(view.age[b, n], FULL_AGE)
    out[np.uintp(at + SIGNAL_YELLOW)] = 1.0 if view.interval[b, n] == YELLOW else 0.0
    out[np.uintp(at + SIGNAL_ALL_RED)] = 1.0 if view.interval[b, n] == ALL_RED else 0.0


def _compiled(sources: str) -> tuple[Callable[..., None], Callable[..., None]]:
    """The entries, bound to the digest of the sources they are made from."""

    @entry
    def observe(roads: ObservedRoads, view: View, timing: Timing, within: int, columns: Columns, out: Singles) -> None:
        """Writes the features of every intersection of every copy into `out` (B, N, F).

        First come the features of movements, by phase and slot, then those of phases, by phase, and last those of the
        signal. A phase is allowed if its change can begin `within` [s]. The features of a plan are left as they are.
        """
        sources  # noqa: B018 - closed over: see compiling.entry
        width = columns.movement
        copies, intersections = view.phase.shape
        phases, slots = roads.movement.shape[1:]
        for b in range(copies):
            for n in range(intersections):
                row = out[b, n]
                for p in range(phases):
                    for s in range(slots):
                        at = (p * slots + s) * width
                        m = roads.movement[n, p, s]
                        if m == NONE:
                            row[at : at + width] = 0.0
                        else:
                            write_movement(roads, view, columns.start, b, m, row, at)
                write_signal(roads, view, timing, within, columns, b, n, row, phases * slots * width)

    @entry
    def write_mask(
        phase_count: Ints, phase: Ints, age: Ints, interval: Ints, timing: Timing, within: int, out: Bools
    ) -> None:
        """Writes which phases of every intersection of every copy are allowed into `out` (B, N, P)."""
        sources  # noqa: B018 - closed over: see compiling.entry
        for b in range(out.shape[0]):
            for n in range(out.shape[1]):
                wait = seconds_to_change(interval[b, n], age[b, n], timing)
                for p in range(out.shape[2]):
                    out[b, n, p] = is_allowed(phase[b, n] == p, p < phase_count[n], wait, within)

    return observe, write_mask


observe, write_mask = _compiled(SOURCES + digest(Path(__file__).parent))
