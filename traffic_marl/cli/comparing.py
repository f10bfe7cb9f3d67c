"""The command `compare`: strategies on the same traffic, with a table and files."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import (
    CityFlow,
    Interval,
    Phases,
    ScenarioName,
    at_least_one,
    check_seeds,
    choose_scenario,
    choose_strategies,
    ensure_different,
)
from traffic_marl.cli.exits import exit_on_error
from traffic_marl.comparison.comparison import Comparison, check, compare
from traffic_marl.comparison.plots import ensure_plottable, plot
from traffic_marl.comparison.table import render, to_csv, to_json
from traffic_marl.files import ensure_writable, replace_text
from traffic_marl.learning.learned import load_learned, shipped_for
from traffic_marl.scenario import Scenario, test_seeds
from traffic_marl.strategies.catalogue import NamedStrategy


@dataclass(frozen=True)
class Files:
    """Where the results of a comparison go, if anywhere."""

    csv: Path | None = None
    json: Path | None = None
    plot: Path | None = None

    def check(self) -> None:
        """Checks before anything runs that all can be written.

        Raises:
            TrafficError: one cannot.
        """
        ensure_different({"--csv": self.csv, "--json": self.json, "--plot": self.plot})
        if self.csv is not None:
            ensure_writable(self.csv, "--csv")
        if self.json is not None:
            ensure_writable(self.json, "--json")
        if self.plot is not None:
            ensure_plottable(self.plot, "--plot")

    def write(self, comparison: Comparison) -> None:
        """Writes those that are asked for.

        Raises:
            FileError: one cannot be written.
        """
        if self.csv is not None:
            replace_text(self.csv, "--csv", to_csv(comparison))
        if self.json is not None:
            replace_text(self.json, "--json", to_json(comparison))
        if self.plot is not None:
            plot(comparison, self.plot, "--plot")


@dataclass(frozen=True)
class Wishes:
    """How a comparison is to be made, as the user wrote it."""

    strategies: str | None = None  # a comma list; None: all there are
    seeds: int = 10
    reference: str | None = None
    interval: int | None = None  # [s]
    threads: int | None = None
    files: Files = Files()


def compare_command(
    scenario: ScenarioName = None,
    cityflow: CityFlow = None,
    strategies: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="NAME or runs/NAME, with :KEY=VALUE,... each; all names if not given."),
    ] = None,
    seeds: Annotated[int, typer.Option(metavar="N", help="Draws of the demand that all strategies meet.")] = 10,
    reference: Annotated[
        str | None, typer.Option(metavar="NAME", help="Strategy to compare the others to; fixed_time if not given.")
    ] = None,
    interval: Interval = None,
    phases: Phases = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every run as a line of CSV.")] = None,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write statistics and runs as JSON.")] = None,
    picture: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the mean delays (.png, .svg, .pdf).")
    ] = None,
    threads: Annotated[int | None, typer.Option(metavar="N", help="Most threads; all CPUs if not given.")] = None,
) -> None:
    """Compare strategies on the same traffic, over several seeds."""
    wishes = Wishes(strategies, seeds, reference, interval, threads, Files(csv, json, picture))
    _check(wishes)
    _compare(choose_scenario(scenario, cityflow, phases), wishes)


def compare_scenario(scenario: Scenario, strategies: str | None = None, seeds: int = 10) -> Comparison:
    """Compares strategies on a scenario and prints the table, as the command does; for scripts that make scenarios.

    Args:
        scenario: what the strategies meet.
        strategies: a comma list as on the command line; None takes all there are.
        seeds: how many draws of the demand, 1 to 1000.

    Raises:
        SystemExit: after a mistake, told in one line on stderr.
    """
    wishes = Wishes(strategies, seeds)
    with exit_on_error():
        _check(wishes)
        found = _compare(scenario, wishes)
    return found


def _check(wishes: Wishes) -> None:
    """Checks all that can be checked without a scenario."""
    check_seeds(wishes.seeds)
    at_least_one("--interval", wishes.interval)
    at_least_one("--threads", wishes.threads)
    check(choose_strategies(wishes.strategies), range(wishes.seeds), wishes.reference)
    wishes.files.check()


def _compare(scenario: Scenario, wishes: Wishes) -> Comparison:
    """Compares with a bar on stderr, prints the table and writes the files."""
    seeds = test_seeds(wishes.seeds if scenario.build_demand().is_random else 1)
    if len(seeds) < wishes.seeds:
        output.remark("one run each: the trips of this scenario are the same for every seed, so there is no interval")
    output.remark_compilation()
    with output.progress_bar() as progress:
        found = compare(
            scenario,
            _strategies(scenario, wishes.strategies),
            seeds,
            reference=wishes.reference,
            interval=wishes.interval,
            threads=wishes.threads,
            progress=progress,
        )
    output.print_table(render(found))
    wishes.files.write(found)
    return found


def _strategies(scenario: Scenario, named: str | None) -> list[NamedStrategy]:
    """Those named, else all there are and, where torch is installed, the policies shipped for this very scenario."""
    chosen = choose_strategies(named)
    if named is not None or find_spec("torch") is None:
        return chosen
    return [*chosen, *(load_learned(name) for name in shipped_for(scenario))]
