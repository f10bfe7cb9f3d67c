"""Which way of coordinating traffic signals is best for a network and a demand, and how sure one can be."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {  # public names, imported when they are first asked for
    "Comparison": "traffic_marl.comparison",
    "DEFINITIONS": "traffic_marl.measures",
    "Measures": "traffic_marl.measures",
    "Network": "traffic_marl.network.network",
    "Readings": "traffic_marl.simulation",
    "Records": "traffic_marl.simulation",
    "Rollout": "traffic_marl.rollout",
    "RunRecord": "traffic_marl.rollout",
    "Scenario": "traffic_marl.scenario",
    "Simulation": "traffic_marl.simulation",
    "TrafficError": "traffic_marl.errors",
    "compare": "traffic_marl.comparison",
    "load_scenario": "traffic_marl.scenario",
    "run": "traffic_marl.rollout",
    "summarise": "traffic_marl.measures",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    """A public name, imported on first use so that `import traffic_marl` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """What `import traffic_marl` offers."""
    return sorted(__all__)
