"""Strategies on the same traffic, with statistics, tables and plots."""

from traffic_marl.comparison.comparison import Comparison, Row, compare
from traffic_marl.comparison.gathering import Progress

__all__ = ["Comparison", "Progress", "Row", "compare"]
