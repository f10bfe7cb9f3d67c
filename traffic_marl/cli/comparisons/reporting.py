"""The command `report`: a comparison, new or from a results folder, as one page of HTML."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.checks import checked_seed
from traffic_marl.cli import output
from traffic_marl.cli.arguments import Interval, Reference, Strategies, Threads, at_least_one, check_seeds
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_plan_remarks, tell_remarks
from traffic_marl.cli.comparisons.options import DEFAULT_SEEDS
from traffic_marl.cli.comparisons.reported_results import (
    former_comparison,
    may_run_again,
    opened_results,
    strategies_of,
)
from traffic_marl.cli.comparisons.running import shipped_policies
from traffic_marl.cli.exits import FAILED
from traffic_marl.comparison.comparison import check
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable
from traffic_marl.learning.choosing import choose_strategies
from traffic_marl.program import command_line
from traffic_marl.report.findings import Findings
from traffic_marl.report.gathering import MOST_RECORDED, Recorded, gather, with_origin
from traffic_marl.report.page import write_report
from traffic_marl.report.verdict import verdict_of
from traffic_marl.scenario import Scenario, test_seeds
from traffic_marl.simulators import OWN, check_simulator
from traffic_marl.strategies import NamedStrategy
from traffic_marl.strategies.notation import split_list
from traffic_marl.version import versions

FILE = Path("report.html")


@dataclass(frozen=True)
class ReportOptions:
    """Options of `report` as given on the command line, None for those that are not given."""

    out: Path = FILE
    strategies: str | None = None
    seeds: int | None = None
    reference: str | None = None
    interval: int | None = None  # [s]
    threads: int | None = None
    simulator: str | None = None
    show: str | None = None  # labels with commas
    replay_seed: int = 0
    no_replay: bool = False
    trust: bool = False

    def check(self) -> None:
        """Checks all that needs neither scenario nor strategies.

        Raises:
            TrafficError: an option is wrong, alone or with the others.
        """
        check_seeds(DEFAULT_SEEDS if self.seeds is None else self.seeds)
        at_least_one("--interval", self.interval)
        at_least_one("--threads", self.threads)
        check_simulator(self.mover, "--simulator")
        checked_seed(self.replay_seed, "--replay-seed")
        ensure_writable(self.out, "--out")

    @property
    def mover(self) -> str:
        """The simulator."""
        return OWN if self.simulator is None else self.simulator

    def recorded(self, strategies: list[NamedStrategy]) -> Recorded:
        """The strategies to record.

        Raises:
            UsageError: they are too many, or one is not compared.
        """
        if self.show is None:
            return Recorded((), self.replay_seed, not self.no_replay)
        labels = tuple(split_list(self.show))
        known = [strategy.label for strategy in strategies]
        for label in labels:
            if label not in known:
                raise UsageError("--show", f"{label} is not compared", f"choose of {', '.join(known)}")
        if not 1 <= len(set(labels)) == len(labels) <= MOST_RECORDED:
            raise UsageError("--show", f"{self.show} does not fit side by side", "give one strategy, or two")
        return Recorded(labels, self.replay_seed, not self.no_replay)


@with_scenario_flags
def report_command(
    choice: Choice,
    out: Annotated[Path, typer.Option(metavar="FILE", help="File of the page (.html).")] = FILE,
    strategies: Strategies = None,
    seeds: Annotated[
        int | None,
        typer.Option(metavar="N", help=f"Number of test seeds. Each draws other traffic. [default: {DEFAULT_SEEDS}]"),
    ] = None,
    reference: Reference = None,
    interval: Interval = None,
    threads: Threads = None,
    simulator: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Simulator that moves the vehicles: own, sumo or cityflow. [default: own]"),
    ] = None,
    show: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Strategies in tables of movements, maps, diagrams and replay: one of those compared, or two side by "
            "side. [default: the best one and the reference]",
        ),
    ] = None,
    replay_seed: Annotated[int, typer.Option(metavar="S", help="Random seed of the traffic that is replayed.")] = 0,
    no_replay: Annotated[
        bool, typer.Option("--no-replay", help="Leave out diagrams and replay. The page is much smaller.")
    ] = False,
) -> None:
    """Compare strategies. Write one page of HTML that opens anywhere.

    SCENARIO may be a folder of `compare --results`, whose comparison is reported then.
    """
    options = ReportOptions(
        out, strategies, seeds, reference, interval, threads, simulator, show, replay_seed, no_replay, choice.trust
    )
    options.check()
    findings = _from_results(choice, options) if opened_results(choice.scenario) else _new(choice, options)
    write_report(with_origin(findings, command_line(), versions()), options.out, "--out")
    print(verdict_of(findings.comparison))
    output.print_status(f"written: {options.out}")
    if findings.comparison.failures:
        sys.exit(FAILED)


def _new(choice: Choice, options: ReportOptions) -> Findings:
    """The findings of a new comparison."""
    chosen = choose_strategies(options.strategies, "--strategies", trust=options.trust)
    check(chosen, (0,), options.reference)
    options.recorded(chosen)
    data = choose_scenario(choice)
    tell_remarks(data, choice.strict)
    tell_plan_remarks(data, chosen, choice.strict)
    if options.strategies is None:
        chosen = [*chosen, *shipped_policies(data)]
    count = DEFAULT_SEEDS if options.seeds is None else options.seeds
    return _gathered(data, chosen, test_seeds(count if data.is_random else 1), options)


def _from_results(choice: Choice, options: ReportOptions) -> Findings:
    """The findings of a results folder. Its runs are made again, because it keeps no single vehicles."""
    folder = opened_results(choice.scenario)
    assert folder is not None, "the caller has seen it"
    if not replace(choice, scenario=None).is_empty():
        raise UsageError("scenario", f"{folder.path} has its own scenario", "leave out the flags that choose another")
    for flag, value in (("--seeds", options.seeds), ("--interval", options.interval)):
        if value is not None:
            what = f"{folder.path} has its own"
            raise UsageError(flag, what, f"leave it out, or add runs with compare --results {folder.path}")
    former = former_comparison(folder, options.simulator, options.strategies, options.reference)
    chosen = strategies_of(folder, former, trust=options.trust)
    options.recorded(chosen)
    if not may_run_again(folder):
        output.print_status(
            f"note: another version of the program has made the runs in {folder.path}, or its scenario has changed, so "
            "all that needs these runs again is left out"
        )
        return Findings(former, {})
    options = replace(options, reference=former.reference, simulator=former.simulator, interval=folder.scope.interval)
    findings = _gathered(former.scenario, chosen, former.seeds, options)
    if any(row.records != former.row(row.label).records for row in findings.comparison.rows):
        output.print_status("note: the runs made again differ from those in the folder, and the table has the latter")
    return replace(findings, comparison=former)


def _gathered(
    scenario: Scenario, chosen: list[NamedStrategy], seeds: tuple[int, ...], options: ReportOptions
) -> Findings:
    """Compares and records with a bar on stderr."""
    output.print_compilation_status()
    with output.progress_bar() as progress:
        return gather(
            scenario,
            chosen,
            seeds,
            recorded=options.recorded(chosen),
            reference=options.reference,
            interval=options.interval,
            threads=options.threads,
            simulator=options.mover,
            progress=progress,
            on_failure=lambda failure: output.print_status(str(failure)),
        )
