"""Strategies as a user writes them, in a file of their own."""

from pathlib import Path

SOURCE = '''
from dataclasses import dataclass

import numpy as np

from traffic_marl.strategies import BaseStrategy, number


@dataclass(frozen=True)
class Greedy(BaseStrategy):
    """The phase with most vehicles on the lanes that it serves."""

    greed: float = number(1.0, "", "a factor", "what a vehicle counts")

    def start(self, conditions):
        served = conditions.network.tables.served

        def decide(readings):
            return np.zeros_like(readings.phase) if self.greed < 1.0 else readings.phase

        return decide


@dataclass(frozen=True)
class Plain:
    """Needs nothing of the package."""

    first: int
    last: int = 1
    hurry: bool = False
    interval: int = 10

    def start(self, conditions):
        return self

    def decide(self, readings):
        return [[self.last if readings.time > self.first else 0] * readings.phase.shape[1]] * len(readings.phase)


def alternating(conditions, every=20):
    return lambda readings: np.full(readings.phase.shape, readings.time // every % 2)


class Remembering:
    """A controller that is made from conditions."""

    def __init__(self, conditions):
        self.turn = 0

    def decide(self, readings):
        self.turn = 1 - self.turn
        return np.full(readings.phase.shape, self.turn)


def unknown_phase(conditions):
    return lambda readings: np.full(readings.phase.shape, 9)


def too_few(conditions):
    return lambda readings: np.zeros(len(readings.phase), int)


def fractions(conditions):
    return lambda readings: readings.phase * 0.5


def nothing(conditions):
    return lambda readings: None


def ragged(conditions):
    return lambda readings: [[0], [0, 1]]


def undecided(conditions):
    return 3


def failing(conditions):
    def decide(readings):
        return readings.phase // 0 if readings.time < 0 else readings.nosuch

    return decide


made = Plain(first=0)
number_of_phases = 4
'''


def write(folder: Path, source: str = SOURCE, name: str = "mine.py") -> Path:
    """Writes the file of a user and gives its path."""
    path = folder / name
    path.write_text(source, encoding="utf-8")
    return path
