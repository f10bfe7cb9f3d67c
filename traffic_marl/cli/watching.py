"""The command `watch`: one or two runs in a window, or one run recorded without a window."""

import math
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.checks import checked_seed
from traffic_marl.cli import output
from traffic_marl.cli.arguments import (
    Interval,
    OneStrategy,
    Seed,
    SimulatorName,
    at_least_one,
    the_only,
)
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_plan_remarks, tell_remarks
from traffic_marl.errors import UsageError
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.scenario import Scenario
from traffic_marl.simulators import OWN, check_simulator
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.viewer.window.playback import SPEED

DEFAULT_STRATEGY = "max_pressure"
FASTEST = 1000.0  # [s/s]
NAME = "NAME[:KEY=VALUE,...]"


@with_scenario_flags
def watch_command(
    choice: Choice,
    strategy: OneStrategy = DEFAULT_STRATEGY,
    versus: Annotated[
        str | None, typer.Option(metavar=NAME, help="Second strategy, shown beside the first on the same traffic.")
    ] = None,
    seed: Seed = 0,
    speed: Annotated[
        float,
        typer.Option(metavar="X", help="Seconds of traffic per second, in the window at the start or in the film."),
    ] = SPEED,
    interval: Interval = None,
    simulator: SimulatorName = OWN,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Record the run to a file, without a window: .traffic for `replay`, a film (.gif, .mp4) or a .png.",
        ),
    ] = None,
) -> None:
    """Watch a strategy in a window. Look into intersections and take over their signals."""
    named = {"--strategy": strategy, "--versus": versus}
    strategies = [
        choose_strategy(the_only(name, flag), flag, trust=choice.trust)
        for flag, name in named.items()
        if name is not None
    ]
    draw = checked_seed(seed, "--seed")
    at_least_one("--interval", interval)
    _check_speed(speed)
    check_simulator(simulator, "--simulator")
    if record is None:
        if simulator != OWN:
            raise UsageError(
                "--simulator", f"{simulator} has no window here", "add --record FILE.traffic and replay it"
            )
        from traffic_marl.viewer.watch import watch  # fails before anything is built if pygame is missing

        chosen = choose_scenario(choice)
        tell_remarks(chosen, choice.strict)
        tell_plan_remarks(chosen, strategies, choice.strict)
        output.print_compilation_status()
        watch(chosen, strategies, draw, interval=interval, speed=speed)
        return
    if versus is not None:
        raise UsageError("--versus", "only one run can be recorded", "leave it out, or record each strategy by itself")
    chosen = choose_scenario(choice)
    tell_remarks(chosen, choice.strict)
    tell_plan_remarks(chosen, strategies, choice.strict)
    _record(chosen, strategies[0], draw, record, interval, speed, simulator)


def _record(
    scenario: Scenario,
    strategy: NamedStrategy,
    seed: int,
    path: Path,
    interval: int | None,
    speed: float,
    simulator: str,
) -> None:
    """Records a run without a window, with a progress bar on stderr."""
    from traffic_marl.viewer.recording import recorder

    recorder.ensure_recordable(path, "--record")
    output.print_compilation_status()
    with output.progress_bar() as progress:
        recorder.record(
            scenario,
            strategy,
            seed,
            path,
            interval=interval,
            simulator=simulator,
            speed=speed,
            flag="--record",
            progress=progress,
        )
    output.print_status(f"written: {path}")


def _check_speed(speed: float) -> None:
    if not (math.isfinite(speed) and 0.0 < speed <= FASTEST):
        raise UsageError("--speed", f"{speed:g} is not a speed", f"give a number above 0, at most {FASTEST:g}")
