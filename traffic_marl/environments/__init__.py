"""Each intersection is an agent: the environment for whole batches, and its PettingZoo and Gymnasium forms.

`parallel` needs the library pettingzoo, and `gymnasium` the library of that name. The vectorised environment needs
neither.
"""

from traffic_marl.actions import ACTIONS
from traffic_marl.environments.joint import JointEnv
from traffic_marl.environments.random import RandomEnv
from traffic_marl.environments.vector import VectorEnv

__all__ = ["ACTIONS", "JointEnv", "RandomEnv", "VectorEnv"]
