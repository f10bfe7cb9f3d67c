"""The detectors of a simulation: which of them fail, drawn by seed, and what they report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats, Ints, StructuredArray
from traffic_marl.checks import checked_seeds
from traffic_marl.errors import UsageError
from traffic_marl.kernels.detecting import BLIND, STUCK, WORKS
from traffic_marl.kernels.tables import NO_ARRIVAL, NONE, Roads
from traffic_marl.kernels.traffic import FRAME, REPORTED, Detectors, Traffic

STREAM = 0xDE7EC7  # keeps these draws apart from others made from the same seed


@dataclass(frozen=True)
class Faults:
    """Ways in which the detectors of a network fail."""

    missed: float = 0.0  # share of the vehicles that a lane's detectors miss, each for as long as it is on the lane
    twice: float = 0.0  # share of the vehicles that they count twice
    blind: float = 0.0  # share of the lanes whose detectors see nobody
    stuck: float = 0.0  # share of the lanes whose detectors always report one vehicle that stands
    delay: int = 0  # [s] age of the readings
    known: bool = False  # the controller knows which lanes are blind or stuck

    @property
    def any(self) -> bool:
        """Whether detectors fail at all."""
        return self.missed > 0.0 or self.twice > 0.0 or self.delay > 0 or self.breaks

    @property
    def breaks(self) -> bool:
        """Whether lanes are blind or stuck."""
        return self.blind > 0.0 or self.stuck > 0.0

    @property
    def unnoticed(self) -> bool:
        """Whether lanes are blind or stuck and nobody tells the controller."""
        return self.breaks and not self.known


def pack_detectors(faults: Faults | None, seeds: Sequence[int], roads: Roads, copies: int) -> Detectors:
    """The detectors of all copies for the kernels.

    Args:
        faults: of all copies. None stands for none.
        seeds: (B,) of the copies. They alone decide which detectors fail, whatever the traffic does.
        roads: the roads.
        copies: B.

    Raises:
        UsageError: there are faults, and not one seed for each copy.
    """
    if faults is None or not faults.any:
        return Detectors(0.0, 0.0, np.zeros(copies, np.uint64), np.zeros((copies, 0), np.int32))
    if len(checked_seeds(seeds)) != copies:
        raise UsageError("seeds", f"{len(seeds)} for {copies} copies", "give one for each copy")
    generators = [np.random.default_rng((seed, STREAM)) for seed in seeds]
    salt = np.array([generator.integers(2**64, dtype=np.uint64) for generator in generators], np.uint64)
    broken = np.stack([broken_lanes(faults, generator, roads) for generator in generators])
    return Detectors(float(faults.missed), float(faults.twice), salt, broken)


def broken_lanes(faults: Faults, generator: np.random.Generator, roads: Roads) -> Ints:
    """(K,) WORKS, BLIND or STUCK, drawn among the lanes that end at a signal and, apart, among the others.

    The numbers of blind and stuck lanes are their shares of the lanes, rounded up or down at random. A larger share
    leaves the lanes blind that a smaller one makes blind.
    """
    broken = np.full(len(roads.lane_road), WORKS, np.int32)
    for chosen in (roads.lane_intersection != NONE, roads.lane_intersection == NONE):
        lanes = generator.permutation(np.flatnonzero(chosen))
        rounding = generator.random(2)
        blind = int(len(lanes) * faults.blind + rounding[0])
        stuck = min(int(len(lanes) * faults.stuck + rounding[1]), len(lanes) - blind)
        broken[lanes[:blind]] = BLIND
        broken[lanes[len(lanes) - stuck :]] = STUCK
    return broken


def empty_frames(detectors: Detectors, delay: int, limit: Floats) -> StructuredArray:
    """FRAME (B, H, K) of a network without vehicles, (B, 0, 0) if no detector fails.

    Args:
        detectors: of all copies.
        delay: [s] age of the readings.
        limit: [m/s] (K,) of the lanes.
    """
    copies, lanes = detectors.broken.shape
    if lanes == 0:
        return np.zeros((copies, 0, 0), FRAME)
    frames = np.zeros((copies, delay + 1, lanes), FRAME)
    stuck = (detectors.broken == STUCK)[:, None, :]
    frames["next_arrival"] = NO_ARRIVAL
    frames["mean_speed"] = np.where(stuck, 0.0, limit)
    for name in ("vehicles", "queue", "delay"):
        frames[name] = stuck
    return frames


def empty_reported(detectors: Detectors) -> StructuredArray:
    """REPORTED (B, K), (B, 0) if no detector fails."""
    return np.zeros(detectors.broken.shape, REPORTED)


def reported_lanes(detectors: Detectors, faults: Faults | None, traffic: Traffic, now: int) -> dict[str, Any]:
    """What the detectors report of each lane at `now`, under the names of readings."""
    oldest = traffic.frames[:, (now + 1) % traffic.frames.shape[1]]
    held = ("vehicles", "queue", "moving", "moving_fine", "mean_speed", "next_arrival", "longest_wait", "backlog")
    fields: dict[str, Any] = {name: np.ascontiguousarray(oldest[name]) for name in held}
    for name in REPORTED.names or ():
        fields[name] = np.ascontiguousarray(traffic.reported[name])
    known = faults is not None and faults.known
    fields["blind"] = (detectors.broken != WORKS) & known
    return fields
