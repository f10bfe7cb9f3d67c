"""Strategies for signals: the catalogue, and the parts for writing one."""

from traffic_marl.strategies.catalogue import STRATEGIES, describe, parse
from traffic_marl.strategies.classical.recall import RecallController
from traffic_marl.strategies.conversion import StrategyLike, named_strategy
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.notation import split_list
from traffic_marl.strategies.parameters import choice, count, number, one_of, seconds
from traffic_marl.strategies.strategy import BaseStrategy, Conditions, Controller, Strategy

__all__ = [
    "STRATEGIES",
    "BaseStrategy",
    "Conditions",
    "Controller",
    "NamedStrategy",
    "RecallController",
    "Strategy",
    "StrategyLike",
    "choice",
    "count",
    "describe",
    "named_strategy",
    "number",
    "one_of",
    "parse",
    "seconds",
    "split_list",
]
