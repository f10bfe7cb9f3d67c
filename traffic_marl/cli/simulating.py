"""The command `simulate`: one strategy, one seed, all measures."""

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
from traffic_marl.cli.json_option import Json, ensure_json_writable, file_of, is_printed, write_json
from traffic_marl.cli.simulated.wanted import Wanted, checked_kind
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.rollout import run
from traffic_marl.simulators import OWN, check_simulator


@with_scenario_flags
def simulate_command(
    choice: Choice,
    strategy: OneStrategy,
    seed: Seed = 0,
    interval: Interval = None,
    simulator: SimulatorName = OWN,
    trips: Annotated[Path | None, typer.Option(metavar="FILE", help="File for CSV, one line a vehicle.")] = None,
    signals: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File for CSV, one line a change of a signal.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="PLACE",
            help="Print the measures of each intersection, approach or movement instead, with their level of service.",
        ),
    ] = None,
    places: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File for CSV, one line an intersection, approach or movement."),
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File for a log of signals and detectors as controllers write it (CSV, Indiana event codes). The "
            "detectors stand in a second file beside it. Slower.",
        ),
    ] = None,
    fuel: Annotated[
        bool, typer.Option("--fuel", help="Add fuel and carbon dioxide, by speed and acceleration. Slower.")
    ] = False,
    json: Json = None,
    audit: Annotated[
        bool, typer.Option("--audit", help="Count overlaps and disorder of vehicles on lanes each second. Slower.")
    ] = False,
) -> None:
    """Run one strategy on one seed. Print every measure with its definition."""
    named = choose_strategy(the_only(strategy), "--strategy", trust=choice.trust)
    draw = checked_seed(seed, "--seed")
    at_least_one("--interval", interval)
    wanted = Wanted(checked_kind(by), fuel, trips, signals, places, events, file_of(json))
    wanted.check()
    ensure_json_writable(json)
    check_simulator(simulator, "--simulator")
    chosen = choose_scenario(choice)
    tell_remarks(chosen, choice.strict)
    tell_plan_remarks(chosen, (named,), choice.strict)
    demand = chosen.build_demand()
    output.print_compilation_status()
    rollout = run(
        chosen,
        named,
        (draw,),
        interval=interval,
        simulator=simulator,
        audit=audit,
        log_signals=wanted.log_signals,
        by_movement=wanted.by_movement,
        each_second=wanted.observer,
    )
    log = wanted.write(rollout, demand.draw(draw))
    text = output.measures_as_json(rollout, wanted.as_json(rollout))
    write_json(json, text)
    if is_printed(json):
        output.print_json(text)
    else:
        wanted.print(rollout, log)
