"""Random phases, the floor that every other strategy has to clear."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.simulation import Readings
from traffic_marl.strategies.strategy import BaseStrategy, Conditions

STREAM = 0x5167  # keeps these draws apart from others made from the same seed
BLOCK = 256  # decisions drawn at a time


@dataclass(frozen=True)
class Random(BaseStrategy):
    """A phase drawn at random at each decision, all equally likely.

    Every copy draws from a random generator of its own, made from its seed. Its phases are therefore the same alone
    and in a batch.

    Senses:
        Nothing.

    Limits:
        It is the floor that every other strategy has to clear.

    Source:
        None.
    """

    name: ClassVar[str] = "random"

    def start(self, conditions: Conditions) -> "RandomController":
        """A controller at the start of its draws."""
        return RandomController(conditions.network.tables.phase_count, conditions.seeds)


class RandomController:
    """Gives phases from blocks that are drawn for each copy."""

    def __init__(self, phase_count: Ints, seeds: tuple[int, ...]) -> None:
        self.phase_count = phase_count
        self.generators = [np.random.default_rng((seed, STREAM)) for seed in seeds]
        self.block: Ints = np.zeros((len(seeds), 0, len(phase_count)), dtype=np.int32)
        self.used = 0  # decisions of the block

    def decide(self, readings: Readings) -> Ints:
        """Phases drawn for this decision, (B, N)."""
        if self.used == self.block.shape[1]:
            self.block, self.used = self._draw(), 0
        self.used += 1
        return self.block[:, self.used - 1].copy()

    def _draw(self) -> Ints:
        size = (BLOCK, len(self.phase_count))
        draws = [generator.integers(self.phase_count, size=size, dtype=np.int32) for generator in self.generators]
        return np.stack(draws)
