"""Each intersection is an agent: the environment for whole batches, and its PettingZoo and Gymnasium forms.

`parallel` needs pettingzoo and `gym` gymnasium; the vectorised environment needs neither. As in PettingZoo's own
environments `env(...)` makes the form in which agents take turns: the package can be called for it.
"""

import sys
from types import ModuleType
from typing import Any

from traffic_marl.env.actions import ACTIONS
from traffic_marl.env.joint import JointEnv
from traffic_marl.env.vector import VectorEnv

__all__ = ["ACTIONS", "JointEnv", "VectorEnv"]


class _Callable(ModuleType):
    """A package that bears the name of the function which PettingZoo's users expect, and is one."""

    def __call__(self, *arguments: Any, **settings: Any) -> Any:
        """As `traffic_marl.aec_env`."""
        from traffic_marl import aec_env

        return aec_env(*arguments, **settings)


sys.modules[__name__].__class__ = _Callable
