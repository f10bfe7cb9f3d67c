"""Weights that version 0.1 saved under other names than those of today."""

from functools import partial
from typing import Any

from torch import nn


def accept_former_name(module: nn.Module, present: str, former: str) -> None:
    """Lets a module load weights in which one of its parts still has its former name.

    Args:
        module: whose part was renamed.
        present: name of the part today.
        former: its name in version 0.1.
    """
    module.register_load_state_dict_pre_hook(partial(_rename, present, former))  # type: ignore[no-untyped-call]


def _rename(present: str, former: str, module: nn.Module, state: dict[str, Any], prefix: str, *others: Any) -> None:
    """Renames the weights of a part in place. Torch calls it before it loads a state."""
    start = f"{prefix}{former}."
    for name in [name for name in state if name.startswith(start)]:
        state[f"{prefix}{present}.{name.removeprefix(start)}"] = state.pop(name)
