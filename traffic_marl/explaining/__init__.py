"""Explanations: which intersection's decisions gain or lose, what neighbours are worth, what could still be gained."""

from traffic_marl.explaining.explanation import Explanation, explain

__all__ = ["Explanation", "explain"]
