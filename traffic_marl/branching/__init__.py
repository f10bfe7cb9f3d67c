"""Branches of a run: its state at a moment is copied, and goes on in several ways under the same trips."""

from traffic_marl.branching.branches import Branch, Futures
from traffic_marl.branching.trunk import Trunk
from traffic_marl.branching.widening import copied

__all__ = ["Branch", "Futures", "Trunk", "copied"]
