"""The seeds of an explanation."""

from collections.abc import Sequence

from traffic_marl.checks import checked_seeds
from traffic_marl.errors import UsageError


def some_seeds(seeds: Sequence[int]) -> tuple[int, ...]:
    """The seeds, at least one, each once.

    Raises:
        UsageError: there is none, one is repeated, or they are no seeds.
    """
    checked = tuple(checked_seeds(seeds))
    if len(set(checked)) < len(checked):
        raise UsageError("seeds", "one is given twice", "give each seed once")
    return checked
