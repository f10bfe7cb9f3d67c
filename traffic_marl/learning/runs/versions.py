"""Versions that have changed since an earlier part of a run."""

from collections.abc import Mapping

from traffic_marl.version import versions

DECISIVE = ("traffic_marl", "ray", "torch", "numpy")  # those whose version can change a training


def changed_versions(former: Mapping[str, str]) -> list[str]:
    """One line for each library of another version than before.

    Args:
        former: the versions of an earlier training, as `versions` gave them.
    """
    present = versions()
    return [
        f"{name} was {former[name]} and is {present[name]} now, so the run may go on with other numbers"
        for name in DECISIVE
        if name in former and former[name] != present[name]
    ]
