"""The command `compare`: strategies on the same traffic, with a table and files."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli.arguments import (
    EVERYWHERE,
    Interval,
    Reference,
    SimulatorOrBoth,
    Strategies,
    Threads,
)
from traffic_marl.cli.choosing.elsewhere import Address
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_plan_remarks, tell_remarks
from traffic_marl.cli.comparisons.degrading import Degrading
from traffic_marl.cli.comparisons.keeping import Results, former_results, scenario_of, with_former
from traffic_marl.cli.comparisons.options import DEFAULT_SEEDS, CompareOptions
from traffic_marl.cli.comparisons.results import Files
from traffic_marl.cli.comparisons.running import compare_all, compare_and_tell
from traffic_marl.cli.comparisons.tuning import Trials, Tuned
from traffic_marl.cli.exits import FAILED, exit_on_error
from traffic_marl.cli.json_option import Json
from traffic_marl.comparison.comparison import Comparison
from traffic_marl.comparison.robustness.degradation import DEFAULT_STEPS
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.strategies import StrategyLike


@with_scenario_flags
def compare_command(
    choice: Choice,
    strategies: Strategies = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help=f"Number of test seeds. Each draws other traffic. [default: {DEFAULT_SEEDS}, or those of --results]",
        ),
    ] = None,
    reference: Reference = None,
    interval: Interval = None,
    wide: Annotated[bool, typer.Option("--wide", help="Print all columns of the table.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print the rules for the signals and the definition of each column.")
    ] = False,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="File for CSV, one line a run.")] = None,
    json: Json = None,
    picture: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="File for a plot of the delays: .png, .svg or .pdf.")
    ] = None,
    threads: Threads = None,
    simulator: SimulatorOrBoth = None,
    results: Results = None,
    tune: Annotated[
        bool,
        typer.Option(
            "--tune",
            help="Try a few settings of the classical strategies that are named without parameters on validation "
            "seeds, and take the best.",
        ),
    ] = False,
    tuned: Tuned = False,
    trials: Trials = None,
    definitions: Annotated[
        bool, typer.Option("--definitions", help="Print the same runs under every published definition of their times.")
    ] = False,
    degrade: Annotated[
        str | None,
        typer.Option(
            metavar="NAME=VALUE,...",
            help="Compare at rising severity of what can go wrong: demand=0.6:1.4, detectors=0.1 (share of vehicles "
            "missed), twice=0.1, blind=0.1 or stuck=0.1 (share of lanes), stale=5 (s), controller=0.1 (share of "
            "intersections), incident=ROAD:FROM:TO (s).",
        ),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(metavar="N", help=f"Severities after the first, with --degrade. [default: {DEFAULT_STEPS}]"),
    ] = None,
    address: Address = None,
) -> None:
    """Compare strategies on the same traffic, over several seeds.

    `all` in place of SCENARIO compares on every scenario of `list scenarios`, and tells who wins where.
    """
    files = Files(csv, json, picture)
    options = CompareOptions(
        strategies,
        seeds,
        reference,
        interval,
        threads,
        wide,
        explain,
        files,
        choice.trust,
        tune,
        tuned,
        trials,
        simulator,
        tuple(results or ()),
        Degrading(degrade, steps),
        definitions,
        address,
    )
    chosen = options.check()
    if choice.scenario == EVERYWHERE:
        _end(compare_all(choice, chosen, options))
        return
    former = former_results(options.results)
    if former is not None:
        chosen = with_former(chosen if strategies or not former.scope.strategies else [], former, trust=choice.trust)
        options = options.continuing(former)
    data = scenario_of(former, trust=choice.trust) if former and choice.is_empty() else choose_scenario(choice)
    tell_remarks(data, choice.strict)
    tell_plan_remarks(data, chosen, choice.strict)
    _end(compare_and_tell(data, chosen, options, None if former is None or seeds else former.scope.seeds))


def _end(found: Sequence[Comparison]) -> None:
    """Ends the program with an exit code of its own if a strategy has failed."""
    if any(each.failures for each in found):
        sys.exit(FAILED)


def compare_scenario(
    scenario: Scenario | str | Path, strategies: str | Iterable[StrategyLike] | None = None, seeds: int = DEFAULT_SEEDS
) -> Comparison:
    """Compares strategies on a scenario and prints the table, as the command does. Made for scripts with scenarios.

    Args:
        scenario: a scenario, or its name or path.
        strategies: names with commas as on the command line, or a sequence of names and objects as for
            `learning.choosing.choose_strategy`. None takes all of the catalogue and the shipped policy.
        seeds: number of test seeds, 1 to 1000.

    Raises:
        SystemExit: after a mistake, which is printed in one line on stderr.
    """
    options = CompareOptions(strategies, seeds)
    with exit_on_error():
        chosen, data = options.check(), load_scenario(scenario)
        tell_remarks(data, strict=False)
        tell_plan_remarks(data, chosen, strict=False)
        found = compare_and_tell(data, chosen, options)[0]
    return found
