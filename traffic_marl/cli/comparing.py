"""The command `compare`: strategies on the same traffic, with a table and files."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import (
    Interval,
    SimulatorName,
    at_least_one,
    check_seeds,
    ensure_different,
)
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_plan_remarks, tell_remarks
from traffic_marl.cli.exits import exit_on_error
from traffic_marl.cli.json_option import Json, ensure_json_writable, file_of, is_printed, write_json
from traffic_marl.comparison.comparison import Comparison, check, compare
from traffic_marl.comparison.export import to_csv, to_json
from traffic_marl.comparison.plots import ensure_plottable, plot
from traffic_marl.comparison.table import render
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable, replace_text
from traffic_marl.learning.choosing import choose_strategies
from traffic_marl.learning.learned import load_learned, shipped_for
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.learning.runs.validation import seeds_to_validate
from traffic_marl.scenario import Scenario, load_scenario, test_seeds
from traffic_marl.simulators import OWN, check_simulator
from traffic_marl.strategies import NamedStrategy, StrategyLike
from traffic_marl.strategies.catalogue import parse
from traffic_marl.tuning import CLASSICAL, tuned

DEFAULT_SEEDS = 10


@dataclass(frozen=True)
class Files:
    """Files for the results of a comparison, None for those that are not asked for."""

    csv: Path | None = None
    json: Path | None = None  # PRINTED stands for stdout
    plot: Path | None = None

    def check(self) -> None:
        """Checks before a run that each file can be written.

        Raises:
            TrafficError: one cannot.
        """
        ensure_different({"--csv": self.csv, "--json": file_of(self.json), "--plot": self.plot})
        if self.csv is not None:
            ensure_writable(self.csv, "--csv")
        ensure_json_writable(self.json)
        if self.plot is not None:
            ensure_plottable(self.plot, "--plot")

    def write(self, comparison: Comparison) -> None:
        """Writes the files that are asked for.

        Raises:
            FileError: one cannot be written.
        """
        if self.csv is not None:
            replace_text(self.csv, "--csv", to_csv(comparison))
        if self.json is not None:
            write_json(self.json, to_json(comparison))
        if self.plot is not None:
            plot(comparison, self.plot, "--plot")


@dataclass(frozen=True)
class CompareOptions:
    """Options of `compare` as given on the command line, None for those that are not given."""

    strategies: str | Iterable[StrategyLike] | None = None  # a comma list, or from Python a sequence
    seeds: int = DEFAULT_SEEDS
    reference: str | None = None
    interval: int | None = None  # [s]
    threads: int | None = None
    wide: bool = False
    explain: bool = False
    files: Files = Files()
    trust: bool = False
    tune: bool = False
    simulator: str = OWN

    def check(self) -> list[NamedStrategy]:
        """The strategies, after all checks that need no scenario.

        Raises:
            TrafficError: an option is wrong, alone or with the others.
        """
        check_seeds(self.seeds)
        at_least_one("--interval", self.interval)
        at_least_one("--threads", self.threads)
        check_simulator(self.simulator, "--simulator")
        if self.tune and self.interval is not None:
            raise UsageError("--tune", "it chooses the intervals, and --interval states one", "leave out one of them")
        strategies = choose_strategies(self.strategies, "--strategies", trust=self.trust)
        check(strategies, range(self.seeds), self.reference)
        self.files.check()
        return strategies


@with_scenario_flags
def compare_command(
    choice: Choice,
    strategies: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help="Names of strategies, run folders or FILE.py:NAME, each with :KEY=VALUE,... if wanted. [default: all]",
        ),
    ] = None,
    seeds: Annotated[
        int,
        typer.Option(metavar="N", help="Number of test seeds. Each draws other traffic."),
    ] = DEFAULT_SEEDS,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Strategy that the others are compared to. [default: fixed_time, else the first]"
        ),
    ] = None,
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
    threads: Annotated[
        int | None, typer.Option(metavar="N", help="Most threads, or processes of SUMO. [default: all CPUs]")
    ] = None,
    simulator: SimulatorName = OWN,
    tune: Annotated[
        bool,
        typer.Option(
            "--tune", help="Tune the classical strategies that are named without parameters on validation seeds first."
        ),
    ] = False,
) -> None:
    """Compare strategies on the same traffic, over several seeds."""
    files = Files(csv, json, picture)
    options = CompareOptions(
        strategies, seeds, reference, interval, threads, wide, explain, files, choice.trust, tune, simulator
    )
    chosen = options.check()
    data = choose_scenario(choice)
    tell_remarks(data, choice.strict)
    tell_plan_remarks(data, chosen, choice.strict)
    _compare(data, chosen, options)


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
        found = _compare(data, chosen, options)
    return found


def _compare(scenario: Scenario, chosen: list[NamedStrategy], options: CompareOptions) -> Comparison:
    """Compares with a bar on stderr, writes the files, and then prints the table or JSON."""
    seeds = test_seeds(options.seeds if scenario.build_demand().is_random else 1)
    if len(seeds) < options.seeds:
        output.print_status(
            "one run per strategy: the trips of this scenario are the same for every seed, so there is no interval"
        )
    output.print_compilation_status()
    if options.tune:
        chosen = _tuned(scenario, chosen)
    with output.progress_bar() as progress:
        found = compare(
            scenario,
            chosen if options.strategies is not None else [*chosen, *_shipped(scenario)],
            seeds,
            reference=options.reference,
            interval=options.interval,
            threads=options.threads,
            simulator=options.simulator,
            progress=progress,
        )
    options.files.write(found)  # first, because nobody may be there to read the table
    if is_printed(options.files.json):
        output.print_json(to_json(found))
    else:
        output.print_table(render(found, wide=options.wide, explain=options.explain))
    return found


def _tuned(scenario: Scenario, chosen: list[NamedStrategy]) -> list[NamedStrategy]:
    """The strategies. Those that are named without parameters have the ones that suit the validation seeds best."""
    names = tuple(each.label for each in chosen if each.label in CLASSICAL)
    seeds = seeds_to_validate(scenario, Validation.seeds)
    if not scenario.build_demand().is_random:
        output.print_status(
            "note: --tune meets the same trips as the comparison, which makes tuned strategies look better"
        )
    with output.progress_bar() as progress:
        found = tuned(scenario, seeds, lambda label: progress(f"tuning {label}", 0.0), names)
    best = {label.partition(":")[0]: parse(label) for label, _ in found}
    return [best.get(each.label, each) for each in chosen]


def _shipped(scenario: Scenario) -> list[NamedStrategy]:
    """The policies that are shipped for exactly this scenario, if torch is installed."""
    return [] if find_spec("torch") is None else [load_learned(name) for name in shipped_for(scenario)]
