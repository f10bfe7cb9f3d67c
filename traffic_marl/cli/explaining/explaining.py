"""The command `explain`: what each intersection's decisions are worth to the whole network."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import Interval, OneStrategy, at_least_one, check_seeds, ensure_different, the_only
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_plan_remarks, tell_remarks
from traffic_marl.cli.json_option import FLAG, Json, ensure_json_writable, file_of, is_printed, write_json
from traffic_marl.comparison.plots import ensure_plottable
from traffic_marl.errors import UsageError
from traffic_marl.explaining.explanation import AHEAD, MOMENTS, RIVALS, Explanation, explain
from traffic_marl.explaining.export import to_csv, to_json
from traffic_marl.explaining.handover import Handover, hand_over
from traffic_marl.explaining.map import draw_map
from traffic_marl.explaining.neighbours import Worth, worth_of_neighbours
from traffic_marl.explaining.table import render
from traffic_marl.explaining.whole_runs import render_handover, render_worth
from traffic_marl.files import ensure_writable, replace_text
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.scenario import test_seeds

DEFAULT_SEEDS = 3
DECISIONS_SHARE = 0.6  # of the time, as the bar shows it


@dataclass(frozen=True)
class Files:
    """Files for an explanation, None for those that are not asked for."""

    csv: Path | None
    json: Path | None  # PRINTED stands for stdout
    map: Path | None

    def check(self) -> None:
        """Checks before a run that each file can be written.

        Raises:
            TrafficError: one cannot.
        """
        ensure_different({"--csv": self.csv, FLAG: file_of(self.json), "--map": self.map})
        if self.csv is not None:
            ensure_writable(self.csv, "--csv")
        ensure_json_writable(self.json)
        if self.map is not None:
            ensure_plottable(self.map, "--map")

    def write(self, found: Explanation, worth: Worth, handed: Handover | None) -> None:
        """Writes the files that are asked for.

        Raises:
            FileError: one cannot be written.
        """
        if self.csv is not None:
            replace_text(self.csv, "--csv", to_csv(found))
        write_json(self.json, to_json(found, worth, handed))
        if self.map is not None:
            draw_map(found, handed, self.map, "--map")


@with_scenario_flags
def explain_command(
    choice: Choice,
    strategy: OneStrategy,
    versus: Annotated[
        str | None,
        typer.Option(
            "--versus",
            metavar="NAME[:KEY=VALUE,...]",
            help="Another strategy, to which each intersection is handed over for a whole run, one at a time.",
        ),
    ] = None,
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
    picture: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="File for a map of the intersections: .png, .svg or .pdf."),
    ] = None,
    threads: Annotated[int | None, typer.Option(metavar="N", help="Most threads. [default: all CPUs]")] = None,
) -> None:
    """Explain a strategy. Print what decisions save and lose, what neighbours are worth, what could be gained."""
    named = choose_strategy(the_only(strategy), "--strategy", trust=choice.trust)
    other = None if versus is None else choose_strategy(the_only(versus, "--versus"), "--versus", trust=choice.trust)
    if other is not None and other.label == named.label:
        raise UsageError("--versus", f"{other.label} is the strategy itself", "name another one")
    check_seeds(seeds)
    for flag, value in (("--moments", moments), ("--ahead", ahead), ("--interval", interval), ("--threads", threads)):
        at_least_one(flag, value)
    files = Files(csv, json, picture)
    files.check()
    chosen = choose_scenario(choice)
    pair = (named,) if other is None else (named, other)
    tell_remarks(chosen, choice.strict)
    tell_plan_remarks(chosen, pair, choice.strict)
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
            rivals=(*RIVALS, *pair[1:]),
            threads=threads,
            progress=lambda label, share: progress(label, DECISIONS_SHARE * share),
        )
        progress("neighbours held at their means", DECISIONS_SHARE)
        worth = worth_of_neighbours(chosen, named, draws, interval=interval, threads=threads)
        progress("intersections handed over", 0.8)
        handed = None
        if other is not None:
            handed = hand_over(chosen, named, other, draws, interval=interval, threads=threads)
    files.write(found, worth, handed)
    if is_printed(json):
        output.print_json(to_json(found, worth, handed))
    else:
        _print(found, worth, handed)


def _print(found: Explanation, worth: Worth, handed: Handover | None) -> None:
    """Prints a table for each part."""
    label = found.strategy.label
    output.print_table(render(found))
    output.print_line()
    output.print_table(render_worth(label, worth))
    if handed is not None:
        output.print_line()
        output.print_table(render_handover(label, found.intersections, handed))
