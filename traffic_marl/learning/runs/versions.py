"""Library versions recorded with a run."""

import importlib.metadata
import platform

from traffic_marl.version import __version__

LIBRARIES = ("numpy", "numba", "torch", "ray", "gymnasium", "pettingzoo")


def versions() -> dict[str, str]:
    """Versions of this package, of Python and of the libraries that can change a result."""
    found = {"traffic_marl": __version__, "python": platform.python_version(), "system": platform.platform()}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
