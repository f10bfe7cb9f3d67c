"""Which way of coordinating traffic signals is best for a network and a demand, and how sure one can be."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traffic_marl.version import __version__

if TYPE_CHECKING:
    from traffic_marl.environments.gymnasium import StartOthers, TrafficEnv
    from traffic_marl.environments.parallel import Renderer, TrafficParallelEnv
    from traffic_marl.environments.vector import VectorEnv
    from traffic_marl.network.network import Network
    from traffic_marl.scenario import Scenario
    from traffic_marl.strategies.conversion import StrategyLike

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
    "VectorEnv": "traffic_marl.environments",
    "compare": "traffic_marl.comparison",
    "load_scenario": "traffic_marl.scenario",
    "run": "traffic_marl.running",
    "summarise": "traffic_marl.measures",
    "train": "traffic_marl.learning.train",
}

__all__ = ["__version__", "aec_env", "env", "gymnasium_env", "parallel_env", "vector_env", *_HOMES]


def __getattr__(name: str) -> Any:
    """A public name, imported on first use so that `import traffic_marl` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """What `import traffic_marl` offers."""
    return sorted(__all__)


def vector_env(scenario: "Scenario | str | Path", copies: int, seeds: Any = None, **settings: Any) -> "VectorEnv":
    """The environment for learners: B copies at once, everything as arrays; see `env.VectorEnv`."""
    from traffic_marl.environments.vector import VectorEnv

    return VectorEnv(scenario, copies, seeds, **settings)


def parallel_env(
    scenario: "Scenario | str | Path", *, seed: int | None = None, render_mode: str | None = None, **settings: Any
) -> "TrafficParallelEnv":
    """PettingZoo's parallel form: each intersection is an agent, and all decide at once.

    Args:
        scenario: a scenario, the name of one that is shipped, or the path of a script or JSON file.
        seed: of the traffic of the first episode; later ones take the seeds after it. None: one for training.
        render_mode: "human", "rgb_array" or None.
        settings: `interval` [s], `observation`, `reward`, `neighbour_weight`, `shared_reward`, `action`, `threads`; see
            `env.VectorEnv`.

    Raises:
        TrafficError: a name is unknown, a number makes no sense, or a library is missing.
    """
    _needs("pettingzoo", "learning")
    from traffic_marl.environments.parallel import TrafficParallelEnv

    return TrafficParallelEnv(scenario, seed=seed, render_mode=render_mode, make_renderer=_renderer, **settings)


def aec_env(scenario: "Scenario | str | Path", **settings: Any) -> Any:
    """PettingZoo's form in which agents take turns (AEC), made from the parallel one."""
    environment = parallel_env(scenario, **settings)
    from traffic_marl.environments.parallel import aec_env as one_by_one

    return one_by_one(environment)


def env(scenario: "Scenario | str | Path", **settings: Any) -> Any:
    """The form in which agents take turns, under the name that PettingZoo gives it: the same as `aec_env`."""
    return aec_env(scenario, **settings)


def gymnasium_env(
    scenario: "Scenario | str | Path",
    *,
    form: str = "network",
    others: "StrategyLike" = "max_pressure",
    seed: int | None = None,
    render_mode: str | None = None,
    **settings: Any,
) -> "TrafficEnv":
    """Gymnasium's form, for libraries that know a single agent.

    Args:
        scenario: as of `parallel_env`.
        form: "network": all intersections as one agent, which has an action for each and gets the mean reward;
            "intersection": one of them.
        others: with "intersection", the strategy that decides for the others, as `compare` takes it.
        seed: as of `parallel_env`.
        render_mode: "human", "rgb_array" or None.
        settings: as of `parallel_env`; `intersection` names the agent's in a network of several.

    Raises:
        TrafficError: a name is unknown, a number makes no sense, or a library is missing.
    """
    _needs("gymnasium", "learning")
    from traffic_marl.environments.gymnasium import IntersectionEnv, NetworkEnv
    from traffic_marl.errors import UsageError

    drawn: dict[str, Any] = {"seed": seed, "render_mode": render_mode, "make_renderer": _renderer}
    if form == "network":
        return NetworkEnv(scenario, **drawn, **settings)
    if form == "intersection":
        return IntersectionEnv(scenario, start_others=_starter(others), **drawn, **settings)
    raise UsageError("form", f"{form!r} is not one", "there are network, intersection")


def _starter(others: "StrategyLike") -> "StartOthers":
    """Starts a strategy on an environment, to decide for the intersections that are not the agent's.

    Raises:
        TrafficError: the strategy is unknown, or insists on an interval of its own.
    """
    from traffic_marl.errors import UsageError
    from traffic_marl.learning.choosing import choose_strategy
    from traffic_marl.strategies.strategy import Conditions

    named = choose_strategy(others, "others")

    def start(vector: "VectorEnv") -> Any:
        own = named.own_interval
        if own not in (None, vector.interval):
            what = f"{named.label} decides every {own} s, the environment every {vector.interval} s"
            raise UsageError("others", what, f"add interval_s={vector.interval} to it, or use interval={own} here")
        timing, flow = vector.scenario.timing(), vector.scenario.flow()
        conditions = Conditions(vector.network, timing, vector.interval, flow, vector.episode_seeds)
        return named.start(conditions).decide

    return start


def _renderer(render_mode: str, network: "Network") -> "Renderer":
    """What draws an environment.

    Raises:
        UsageError: pygame is not installed.
    """
    _needs("pygame", "viewer")
    from traffic_marl.viewer.drawing.rendering import make_renderer

    return make_renderer(render_mode, network)


def _needs(library: str, extra: str) -> None:
    """Holds that an optional library is installed.

    Raises:
        UsageError: it is not.
    """
    from importlib.util import find_spec

    from traffic_marl.errors import UsageError

    if find_spec(library) is None:
        raise UsageError(library, "is not installed", f'pip install "traffic-marl[{extra}]"')
