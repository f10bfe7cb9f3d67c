"""Explanations: which intersection's decisions gain or lose, what neighbours are worth, what could still be gained."""

from traffic_marl.explaining.explanation import Explanation, explain
from traffic_marl.explaining.handover import Handover, hand_over
from traffic_marl.explaining.neighbours import Worth, worth_of_neighbours

__all__ = ["Explanation", "Handover", "Worth", "explain", "hand_over", "worth_of_neighbours"]
