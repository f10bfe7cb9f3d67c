"""The version of this package, written here alone, and those of the libraries that can change a result."""

import importlib.metadata
import platform

__version__ = "0.2.0"

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
