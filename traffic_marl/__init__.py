"""Compares traffic signal strategies on a road network, and states how certain the result is."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from traffic_marl.version import __version__

if TYPE_CHECKING:
    from traffic_marl.comparison import Comparison, compare
    from traffic_marl.environments import JointEnv, RandomEnv, VectorEnv
    from traffic_marl.errors import TrafficError
    from traffic_marl.learning.federated.federation import Federation
    from traffic_marl.learning.placing.placement import Placement
    from traffic_marl.learning.runs.budget import Validation
    from traffic_marl.learning.runs.progress import Report
    from traffic_marl.learning.settings import TrainingSettings
    from traffic_marl.learning.train import train
    from traffic_marl.make import aec_env, env, gymnasium_env, parallel_env, vector_env
    from traffic_marl.measures import DEFINITIONS, Measures, summarise
    from traffic_marl.network.network import Network
    from traffic_marl.observation import (
        OBSERVATIONS,
        Encoder,
        FeatureEncoder,
        ObservationLayout,
        allowed_phases,
        make_encoder,
    )
    from traffic_marl.reward import REWARDS, make_reward
    from traffic_marl.rollout import Rollout, RunRecord
    from traffic_marl.running import run
    from traffic_marl.scenario import Scenario, load_scenario
    from traffic_marl.simulation import Readings, Records, Simulation
    from traffic_marl.strategies import STRATEGIES, Conditions, Controller, NamedStrategy, Strategy, named_strategy

__all__ = [
    "DEFINITIONS",
    "OBSERVATIONS",
    "REWARDS",
    "STRATEGIES",
    "Comparison",
    "Conditions",
    "Controller",
    "Encoder",
    "FeatureEncoder",
    "Federation",
    "JointEnv",
    "Measures",
    "NamedStrategy",
    "Network",
    "ObservationLayout",
    "Placement",
    "RandomEnv",
    "Readings",
    "Records",
    "Report",
    "Rollout",
    "RunRecord",
    "Scenario",
    "Simulation",
    "Strategy",
    "TrafficError",
    "TrainingSettings",
    "Validation",
    "VectorEnv",
    "__version__",
    "aec_env",
    "allowed_phases",
    "compare",
    "env",
    "gymnasium_env",
    "load_scenario",
    "make_encoder",
    "make_reward",
    "named_strategy",
    "parallel_env",
    "run",
    "summarise",
    "train",
    "vector_env",
]

_MODULES = {  # of the public names, which are imported when they are first asked for
    "comparison": ("Comparison", "compare"),
    "environments": ("JointEnv", "RandomEnv", "VectorEnv"),
    "errors": ("TrafficError",),
    "learning.federated.federation": ("Federation",),
    "learning.placing.placement": ("Placement",),
    "learning.runs.budget": ("Validation",),
    "learning.runs.progress": ("Report",),
    "learning.settings": ("TrainingSettings",),
    "learning.train": ("train",),
    "make": ("aec_env", "env", "gymnasium_env", "parallel_env", "vector_env"),
    "measures": ("DEFINITIONS", "Measures", "summarise"),
    "network.network": ("Network",),
    "observation": ("OBSERVATIONS", "Encoder", "FeatureEncoder", "ObservationLayout", "allowed_phases", "make_encoder"),
    "reward": ("REWARDS", "make_reward"),
    "rollout": ("Rollout", "RunRecord"),
    "running": ("run",),
    "scenario": ("Scenario", "load_scenario"),
    "simulation": ("Readings", "Records", "Simulation"),
    "strategies": ("STRATEGIES", "Conditions", "Controller", "NamedStrategy", "Strategy", "named_strategy"),
}
_HOMES = {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """A public name, imported on first use so that `import traffic_marl` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
