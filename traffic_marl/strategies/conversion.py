"""Conversion of all forms in which a strategy can be handed in into a `NamedStrategy`."""

from pathlib import Path
from typing import TypeAlias

from traffic_marl.imported import is_reference
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.objects import Start, label_of, strategy_from
from traffic_marl.strategies.references import from_reference
from traffic_marl.strategies.strategy import Strategy

StrategyLike: TypeAlias = str | Path | NamedStrategy | Strategy | type[Strategy] | Start


def named_strategy(given: StrategyLike, where: str = "strategy") -> NamedStrategy:
    """The strategy that a user hands in. Trained policies are left to `learning.choosing`.

    Args:
        given: text such as `max_pressure`, `fixed_time:green_s=20` or `my.py:Mine:greed=2`; an object or class with
            `start(conditions)`; a function of `Conditions` that gives a controller or a function of readings.
        where: the argument or flag, for messages.

    Raises:
        UsageError: it is none of these, or its file cannot be loaded.
        StrategyError: a name, a parameter or a value is wrong.
    """
    if isinstance(given, NamedStrategy):
        return given
    if isinstance(given, str | Path):
        text = str(given).strip()
        return from_reference(text, where) if is_reference(text) else parse(text, where)
    strategy = strategy_from(given, where, getattr(given, "__name__", type(given).__name__))
    return NamedStrategy(label_of(given, strategy), strategy)
