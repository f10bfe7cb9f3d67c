"""Reward: a number for the traffic of each intersection since the last decision, made from readings alone.

All rewards are per intersection and decision, negative where less is better, and divided by a stated scale so that
values of whole episodes stay within some tens. Reading one twice gives the same number.
"""

from traffic_marl.reward.choice import check_reward, make_reward, name_of
from traffic_marl.reward.functions import REWARDS, MakeReward, NamedReward, Reward, entering_sums

__all__ = ["REWARDS", "MakeReward", "NamedReward", "Reward", "check_reward", "entering_sums", "make_reward", "name_of"]
