"""Runs watched live in the window."""

from collections.abc import Iterable

from traffic_marl.errors import UsageError
from traffic_marl.learning.choosing import choose_strategies
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.conversion import StrategyLike
from traffic_marl.viewer.live import LiveRun
from traffic_marl.viewer.scene.street_map import street_map
from traffic_marl.viewer.window.playback import SPEED
from traffic_marl.viewer.window.window import Window


def watch(
    scenario: Scenario,
    strategies: str | Iterable[StrategyLike],
    seed: int,
    *,
    interval: int | None = None,
    until: int | None = None,
    speed: float = SPEED,
) -> None:
    """Shows a run of one strategy, or of two side by side on the same trips, until the window is closed.

    Args:
        scenario: network, demand and rules.
        strategies: one or two, in any form that `traffic_marl.compare` takes.
        seed: the draw of the demand.
        interval: [s] between decisions. None means the scenario's interval.
        until: [s] end demand and run at this second.
        speed: [s/s] seconds of the run in a second, at the start.

    Raises:
        UsageError: there is no display to open a window on, or the number of strategies is wrong.
        TrafficError: the scenario or a strategy cannot be used.
    """
    chosen = choose_strategies(strategies)
    if not 1 <= len(chosen) <= 2:
        raise UsageError("strategies", f"{len(chosen)} do not fit side by side", "give one or two")
    streets = street_map(scenario.build_network())
    runs = [LiveRun(scenario, each, seed, interval=interval, until=until, streets=streets) for each in chosen]
    Window(runs, title=f"{scenario.name}, seed {seed}", speed=speed).show()
