"""The constructors of environments. They hand in the viewer and the strategies, which environments do not know."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from traffic_marl.checks import check_name, ensure_installed
from traffic_marl.environments.options import EnvironmentOptions
from traffic_marl.environments.screen import Renderer
from traffic_marl.environments.vector import VectorEnv
from traffic_marl.errors import UsageError
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.network.network import Network
from traffic_marl.scenario import Scenario
from traffic_marl.strategies import StrategyLike
from traffic_marl.strategies.conditions import conditions_of

if TYPE_CHECKING:
    from traffic_marl.environments.gymnasium import Decide, StartOthers, TrafficEnv
    from traffic_marl.environments.parallel import TrafficAECEnv, TrafficParallelEnv

FORMS = ("network", "intersection")  # of Gymnasium's environment


def vector_env(
    scenario: Scenario | str | Path,
    copies: int,
    seeds: Any = None,
    *,
    autoreset: bool = True,
    **options: Unpack[EnvironmentOptions],
) -> VectorEnv:
    """The environment for learners: B copies at once, with arrays for all agents.

    Args:
        scenario: a scenario, the name of one that is shipped, or the path of a script or JSON file.
        copies: B.
        seeds: a sequence of the seeds of the traffic. None takes those for training.
        autoreset: the step that ends an episode begins the next one.
        options: `interval` [s], `observation`, `reward`, `neighbour_weight`, `shared_reward`, `action`
            and `threads`, as for `VectorEnv`.

    Raises:
        TrafficError: an argument is wrong, or the scenario cannot be used.
    """
    return VectorEnv(scenario, copies, seeds, autoreset=autoreset, **options)


def parallel_env(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    render_mode: str | None = None,
    **options: Unpack[EnvironmentOptions],
) -> "TrafficParallelEnv":
    """PettingZoo's parallel form: each intersection is an agent, and all decide at once.

    Args:
        scenario: a scenario, the name of one that is shipped, or the path of a script or JSON file.
        seed: of the traffic of the first episode. Later episodes take the seeds after it. None takes one for training.
        render_mode: "human", "rgb_array" or None.
        options: as for `vector_env`.

    Raises:
        TrafficError: an argument is wrong, a library is missing, or the scenario cannot be used.
    """
    ensure_installed("parallel_env", "pettingzoo")
    from traffic_marl.environments.parallel import TrafficParallelEnv

    return TrafficParallelEnv(scenario, seed=seed, render_mode=render_mode, make_renderer=_renderer, **options)


def aec_env(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    render_mode: str | None = None,
    **options: Unpack[EnvironmentOptions],
) -> "TrafficAECEnv":
    """PettingZoo's form in which agents take turns (AEC), made from the parallel one.

    Args:
        scenario: as for `parallel_env`.
        seed: as for `parallel_env`.
        render_mode: as for `parallel_env`.
        options: as for `parallel_env`.

    Raises:
        TrafficError: as for `parallel_env`.
    """
    parallel = parallel_env(scenario, seed=seed, render_mode=render_mode, **options)
    from traffic_marl.environments.parallel import aec_env as in_turns

    return in_turns(parallel)


env = aec_env  # the name that PettingZoo gives to the form in which agents take turns


def gymnasium_env(
    scenario: Scenario | str | Path,
    *,
    form: str = "network",
    intersection: str | None = None,
    others: StrategyLike = "max_pressure",
    seed: int | None = None,
    render_mode: str | None = None,
    **options: Unpack[EnvironmentOptions],
) -> "TrafficEnv":
    """Gymnasium's form, for libraries that know a single agent.

    Args:
        scenario: as for `parallel_env`.
        form: "network" makes all intersections one agent, which has an action for each and gets the mean reward.
            "intersection" makes one of them the agent.
        intersection: with "intersection", the name of the agent's. None takes the only one.
        others: with "intersection", the strategy of the others: anything that `compare` takes as a strategy.
        seed: as for `parallel_env`.
        render_mode: "human", "rgb_array" or None.
        options: as for `parallel_env`.

    Raises:
        TrafficError: an argument is wrong, a library is missing, or the scenario cannot be used.
    """
    ensure_installed("gymnasium_env", "gymnasium")
    from traffic_marl.environments.gymnasium import IntersectionEnv, NetworkEnv

    check_name("form", form, FORMS)
    drawn: dict[str, Any] = {"seed": seed, "render_mode": render_mode, "make_renderer": _renderer}
    start = _starter(others)
    if form == "intersection":
        return IntersectionEnv(scenario, intersection=intersection, start_others=start, **drawn, **options)
    if intersection is not None:
        what = f"{intersection} cannot be the agent, because in the form network all intersections are"
        raise UsageError("intersection", what, 'give form="intersection", or leave it out')
    return NetworkEnv(scenario, **drawn, **options)


def _starter(others: StrategyLike) -> "StartOthers":
    """Starts a strategy on an environment, to decide for the intersections that are not the agent's.

    Raises:
        TrafficError: the strategy is unknown, or has another decision interval than the environment.
    """
    named = choose_strategy(others, "others")

    def start(vector: VectorEnv) -> "Decide":
        own = named.own_interval
        if own not in (None, vector.interval):
            what = f"{named.label} decides every {own} s, the environment every {vector.interval} s"
            raise UsageError("others", what, f"add interval_s={vector.interval} to it, or use interval={own} here")
        return named.start(conditions_of(vector.scenario, vector.interval, vector.episode_seeds)).decide

    return start


def _renderer(render_mode: str, network: Network) -> Renderer:
    """The renderer of an environment.

    Raises:
        UsageError: pygame is not installed.
    """
    ensure_installed("render_mode", "pygame", extra="viewer")
    from traffic_marl.viewer.drawing.rendering import make_renderer

    return make_renderer(render_mode, network)
