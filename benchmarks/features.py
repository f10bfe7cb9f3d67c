"""What single features of an observation bring: the same training of `gap_out` without one or with one more.

Each class is an observation for `train --observation benchmarks/features.py:NAME`. Two scenarios are trained on at the
same time. Each number is the least mean delay on validation seeds of both, for each training seed.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import ClassVar

import numpy as np

from traffic_marl import FeatureEncoder, Network, ObservationLayout, Readings, Validation, train
from traffic_marl.arrays import Floats, Ints, Singles
from traffic_marl.kernels.tables import Timing
from traffic_marl.observation.features import OBSERVATIONS
from traffic_marl.observation.slots import observed_roads

ROOT = Path(__file__).parent.parent
SCENARIOS = ("grid_4x4_rush_hour", str(ROOT / "scenarios" / "training" / "grid_4x4_800m.py"))
ALL = (*OBSERVATIONS["arrivals"].groups, "room")
EMPTY, AGE, SINCE = 20.0, 60.0, 240.0  # [s] that are shown as 1
EVERY = 8  # iterations between two validations


class Known:
    """The groups of features of the shipped policies, and further features of each movement.

    Args:
        network: where the readings come from.
        timing: the rules of its signals.
        interval: [s] until the next decision.
    """

    groups: ClassVar[tuple[str, ...]] = ALL
    further: ClassVar[tuple[str, ...]] = ()  # names of further features

    def __init__(self, network: Network, timing: Timing, interval: int) -> None:
        self._known = FeatureEncoder(network, timing, interval, self.groups)
        self.roads = observed_roads(network)
        self.layout: ObservationLayout = replace(
            self._known.layout, movement_features=(*self._known.layout.movement_features, *self.further)
        )

    def __call__(self, readings: Readings) -> Singles:
        """Observations (B, N, F)."""
        known = self._known(readings)
        if not self.further:
            return known
        movements, phases, signals = self._known.layout.split(known)
        slots = self.roads.movement
        more = np.where(slots[None, ..., None] >= 0, self.more(readings)[:, np.maximum(slots, 0)], 0.0)
        lead = known.shape[:2]
        parts = (np.concatenate((movements, more), axis=-1), phases, signals)
        return np.concatenate([part.reshape(*lead, -1) for part in parts], axis=-1).astype(np.float32)

    def more(self, readings: Readings) -> Floats:
        """The further features (B, M, features)."""
        raise NotImplementedError

    def by_movement(self, lanes: Ints) -> Ints:
        """Sums (B, M) of values of lanes (B, K)."""
        return np.asarray(np.add.reduceat(lanes[:, self.roads.lane], self.roads.lane_start[:-1], axis=1))


class WithoutArrival(Known):
    """Without the time until the next vehicle arrives."""

    groups = tuple(group for group in ALL if group != "arrival")


class ArrivalForBands(Known):
    """The time until the next vehicle arrives stands in place of the vehicles by distance."""

    groups = tuple(group for group in ALL if group != "bands")


class Turns(Known):
    """And which turns the intersection upstream lets go."""

    groups = (*ALL, "turns")


class Gap(Known):
    """And the time since a vehicle stood before the stop line or was within 60 m of it."""

    further = ("zone_empty",)

    def __init__(self, network: Network, timing: Timing, interval: int) -> None:
        super().__init__(network, timing, interval)
        self._time = 0
        self._empty = np.zeros((0, 0))

    def more(self, readings: Readings) -> Floats:
        """Time [s] that the zone of each movement has been empty."""
        here = self.by_movement(readings.queue + readings.moving[:, :, 0])
        if self._empty.shape != here.shape or readings.time < self._time:
            self._empty, self._time = np.zeros(here.shape), readings.time
        self._empty = np.where(here > 0, 0.0, self._empty + readings.time - self._time)
        self._time = readings.time
        return np.minimum(self._empty / EMPTY, 1.0)[..., None]


class Plan(Known):
    """And what the signals upstream and downstream show, for how long, and how long ago they served a movement."""

    further = ("green_above", "age_above", "red_above", "green_below", "age_below", "red_below")

    def __init__(self, network: Network, timing: Timing, interval: int) -> None:
        super().__init__(network, timing, interval)
        roads = self.roads
        count = len(roads.served)
        above = np.zeros((count, count))
        for m in range(count):
            above[m, roads.sender[roads.sender_start[m] : roads.sender_start[m + 1]]] = 1.0
        self._neighbours = [each / np.maximum(each.sum(axis=1, keepdims=True), 1.0) for each in (above, above.T)]

    def more(self, readings: Readings) -> Floats:
        """Means over the movements that lead to a movement's road, and over those that it leads to."""
        roads = self.roads
        at = roads.intersection
        green = roads.served[np.arange(len(at)), readings.phase[:, at]]
        age = np.minimum(readings.age[:, at] / AGE, 1.0) * green
        since = np.where(roads.served, readings.since_served[:, at], SINCE).min(axis=2)
        own = (green, age, np.minimum(since / SINCE, 1.0))
        return np.stack([values @ means.T for means in self._neighbours for values in own], axis=-1)


TRIED: tuple[type[Known], ...] = (Known, WithoutArrival, ArrivalForBands, Gap, Plan, Turns)


def delays(observation: type[Known], seeds: Sequence[int], agent_steps: int, folder: Path) -> list[float]:
    """Least mean delay [s/veh] of each training."""
    first, *others = SCENARIOS
    found = []
    for seed in seeds:
        report = train(
            first,
            folder / f"{observation.__name__}_{seed}",
            also=tuple(others),
            action="gap_out",
            observation=f"{Path(__file__)}:{observation.__name__}",
            copies=8,
            seed=seed,
            agent_steps=agent_steps,
            validation=Validation(EVERY, 5, False),
        )
        assert report.best_delay is not None, "a run ends with a validation"
        found.append(report.best_delay)
    return found


def main() -> None:
    """Trains and prints a row for each observation."""
    from timing import print_table  # not above: a trained run keeps this file alone

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--agent-steps", type=int, default=6_000_000, help="of each training")
    parser.add_argument("--training-seeds", type=int, nargs="+", default=[0, 1, 2])
    given = parser.parse_args()
    rows = []
    with TemporaryDirectory() as folder:
        for observation in TRIED:
            found = delays(observation, given.training_seeds, given.agent_steps, Path(folder))
            rows.append([observation.__name__, *(f"{each:.1f}" for each in found), f"{mean(found):.1f}"])
            print(" ".join(rows[-1]), file=sys.stderr, flush=True)  # in case that the rest takes too long
    print_table(["observation", *(f"seed {seed}" for seed in given.training_seeds), "mean [s/veh]"], rows)


if __name__ == "__main__":
    main()
