"""Each intersection is an agent: the environment for whole batches, and its PettingZoo and Gymnasium forms.

`parallel` needs pettingzoo and `gymnasium` the library of that name; the vectorised environment needs neither.
"""

from traffic_marl.environments.actions import ACTIONS
from traffic_marl.environments.joint import JointEnv
from traffic_marl.environments.vector import VectorEnv

__all__ = ["ACTIONS", "JointEnv", "VectorEnv"]
