"""The spaces of actions, and the options of `reset`, as the forms of the environment check them."""

import warnings
from typing import Any

import numpy as np
from gymnasium.spaces import Discrete, MultiDiscrete

from traffic_marl.checks import shown
from traffic_marl.errors import UsageError


class Choices(Discrete[np.int64]):
    """Discrete actions. A whole number of any size can be asked for: gymnasium raises an error beyond 64 bits."""

    def contains(self, x: Any) -> bool:
        """Whether it is one of the actions."""
        try:
            return bool(super().contains(x))
        except (OverflowError, TypeError, ValueError):
            return False


class ManyChoices(MultiDiscrete):
    """An action for each intersection. Anything can be asked for."""

    def contains(self, x: Any) -> bool:
        """Whether it is an action for each."""
        try:
            return bool(super().contains(x))
        except (OverflowError, TypeError, ValueError):
            return False


def refuse_options(options: Any) -> None:
    """Checks that `reset` was given no options, because it reads none.

    Raises:
        UsageError: it was given some.
    """
    if options is not None and options != {}:
        raise UsageError("options", f"reset takes none, but was given {shown(options)}", "leave them out")


def warn_of_options(options: Any) -> None:
    """Warns that options of `reset` are not read. PettingZoo asks that any options are accepted.

    Raises:
        UsageError: they are no dictionary.
    """
    if options is not None and not isinstance(options, dict):
        raise UsageError("options", f"{shown(options)} is no dictionary", "leave them out")
    if options:
        warnings.warn(f"reset reads no options, so {shown(options)} changes nothing", UserWarning, stacklevel=3)
