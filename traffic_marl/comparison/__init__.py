"""Strategies on the same traffic, with statistics, tables and plots."""

from traffic_marl.comparison.comparison import Comparison, Progress, Row, compare

__all__ = ["Comparison", "Progress", "Row", "compare"]
