"""Library versions recorded with a run."""

import importlib.metadata
import platform
from collections.abc import Mapping

from traffic_marl.version import __version__

LIBRARIES = ("numpy", "numba", "torch", "ray", "gymnasium", "pettingzoo")
DECISIVE = ("traffic_marl", "ray", "torch", "numpy")  # those whose version can change a training


def versions() -> dict[str, str]:
    """Versions of this package, of Python and of the libraries that can change a result."""
    found = {"traffic_marl": __version__, "python": platform.python_version(), "system": platform.platform()}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


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
