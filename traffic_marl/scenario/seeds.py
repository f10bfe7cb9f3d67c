"""Seeds for training, validation and tests, from ranges that do not overlap.

A strategy must not be judged on the traffic that it was made on. Learning draws from the training seeds, the choice of
checkpoints and settings uses the validation seeds, and a reported comparison uses the test seeds.
"""

from traffic_marl.checks import whole_number
from traffic_marl.errors import UsageError

TEST = range(0, 10_000)
VALIDATION = range(10_000, 20_000)
TRAINING = range(100_000, 100_000_000)


def test_seeds(count: int) -> tuple[int, ...]:
    """The first seeds for a comparison that is reported."""
    return _first(TEST, count)


def validation_seeds(count: int) -> tuple[int, ...]:
    """The first seeds for choosing among checkpoints and settings."""
    return _first(VALIDATION, count)


def training_seeds(count: int) -> tuple[int, ...]:
    """The first seeds to learn on."""
    return _first(TRAINING, count)


def _first(seeds: range, count: int) -> tuple[int, ...]:
    count = whole_number("seeds", count)
    if not 1 <= count <= len(seeds):
        raise UsageError("seeds", f"{count} is not a number of seeds", f"give 1 to {len(seeds)}")
    return tuple(seeds[:count])
