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
    ensure_different,
    the_only,
)
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_plan_remarks, tell_remarks
from traffic_marl.cli.json_option import FLAG, Json, ensure_json_writable, file_of, is_printed, write_json
from traffic_marl.cli.recordings import signals_csv, trips_csv
from traffic_marl.files import ensure_writable, replace_text
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
    json: Json = None,
    audit: Annotated[
        bool, typer.Option("--audit", help="Count overlaps and disorder of vehicles on lanes each second. Slower.")
    ] = False,
) -> None:
    """Run one strategy on one seed. Print every measure with its definition."""
    named = choose_strategy(the_only(strategy), "--strategy", trust=choice.trust)
    draw = checked_seed(seed, "--seed")
    at_least_one("--interval", interval)
    ensure_different({"--trips": trips, "--signals": signals, FLAG: file_of(json)})
    for flag, path in (("--trips", trips), ("--signals", signals)):
        if path is not None:
            ensure_writable(path, flag)
    ensure_json_writable(json)
    check_simulator(simulator, "--simulator")
    chosen = choose_scenario(choice)
    tell_remarks(chosen, choice.strict)
    tell_plan_remarks(chosen, (named,), choice.strict)
    demand = chosen.build_demand()
    output.print_compilation_status()
    rollout = run(
        chosen, named, (draw,), interval=interval, simulator=simulator, audit=audit, log_signals=signals is not None
    )
    if trips is not None:
        replace_text(trips, "--trips", trips_csv(rollout, demand.draw(draw).names))
    if signals is not None:
        replace_text(signals, "--signals", signals_csv(rollout))
    write_json(json, output.measures_as_json(rollout))
    if is_printed(json):
        output.print_json(output.measures_as_json(rollout))
    else:
        output.print_measures(rollout)
