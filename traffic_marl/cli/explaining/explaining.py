"""The command `explain`: what each intersection's decisions are worth to the whole network."""

from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import Interval, OneStrategy, at_least_one, check_seeds, ensure_different, the_only
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_plan_remarks, tell_remarks
from traffic_marl.cli.json_option import FLAG, Json, ensure_json_writable, file_of, is_printed, write_json
from traffic_marl.explaining.explanation import AHEAD, MOMENTS, explain
from traffic_marl.explaining.export import to_csv, to_json
from traffic_marl.explaining.table import render
from traffic_marl.files import ensure_writable, replace_text
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.scenario import test_seeds

DEFAULT_SEEDS = 3


@with_scenario_flags
def explain_command(
    choice: Choice,
    strategy: OneStrategy,
    seeds: Annotated[
        int, typer.Option(metavar="N", help="Number of test seeds. Each draws other traffic.")
    ] = DEFAULT_SEEDS,
    moments: Annotated[
        int, typer.Option(metavar="N", help="Number of moments of each seed at which the decisions are examined.")
    ] = MOMENTS,
    ahead: Annotated[
        int, typer.Option(metavar="S", help="Seconds for which the branches of a moment are followed.")
    ] = AHEAD,
    interval: Interval = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File for CSV, one line for each intersection at each moment.")
    ] = None,
    json: Json = None,
    threads: Annotated[int | None, typer.Option(metavar="N", help="Most threads. [default: all CPUs]")] = None,
) -> None:
    """Explain a strategy. Print what each intersection's decisions save the network and what others would have."""
    named = choose_strategy(the_only(strategy), "--strategy", trust=choice.trust)
    check_seeds(seeds)
    for flag, value in (("--moments", moments), ("--ahead", ahead), ("--interval", interval), ("--threads", threads)):
        at_least_one(flag, value)
    ensure_different({"--csv": csv, FLAG: file_of(json)})
    if csv is not None:
        ensure_writable(csv, "--csv")
    ensure_json_writable(json)
    chosen = choose_scenario(choice)
    tell_remarks(chosen, choice.strict)
    tell_plan_remarks(chosen, (named,), choice.strict)
    draws = test_seeds(seeds if chosen.build_demand().is_random else 1)
    output.print_compilation_status()
    with output.progress_bar() as progress:
        found = explain(
            chosen,
            named,
            draws,
            moments=moments,
            ahead=ahead,
            interval=interval,
            threads=threads,
            progress=progress,
        )
    if csv is not None:
        replace_text(csv, "--csv", to_csv(found))
    write_json(json, to_json(found))
    if is_printed(json):
        output.print_json(to_json(found))
    else:
        output.print_table(render(found))
