"""Strategies for signals: one file each, no learning here."""

from traffic_marl.strategies.catalogue import (
    STRATEGIES,
    NamedStrategy,
    describe,
    parse,
    split_list,
)

__all__ = ["STRATEGIES", "NamedStrategy", "describe", "parse", "split_list"]
