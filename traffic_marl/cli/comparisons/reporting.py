"""The command `report`: a comparison as one page of HTML."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.checks import checked_seed
from traffic_marl.cli import output
from traffic_marl.cli.arguments import Interval, SimulatorName, at_least_one, check_seeds
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_plan_remarks, tell_remarks
from traffic_marl.cli.comparing import DEFAULT_SEEDS, shipped_policies
from traffic_marl.comparison.comparison import check
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable
from traffic_marl.learning.choosing import choose_strategies
from traffic_marl.learning.runs.versions import versions
from traffic_marl.program import command_line
from traffic_marl.report.gathering import MOST_RECORDED, Recorded, gather, with_origin
from traffic_marl.report.page import write_report
from traffic_marl.report.verdict import verdict_of
from traffic_marl.scenario import Scenario, test_seeds
from traffic_marl.simulators import OWN, check_simulator
from traffic_marl.strategies import NamedStrategy
from traffic_marl.strategies.notation import split_list

FILE = Path("report.html")


@dataclass(frozen=True)
class ReportOptions:
    """Options of `report` as given on the command line, None for those that are not given."""

    out: Path = FILE
    strategies: str | None = None
    seeds: int = DEFAULT_SEEDS
    reference: str | None = None
    interval: int | None = None  # [s]
    threads: int | None = None
    simulator: str = OWN
    show: str | None = None  # labels with commas
    replay_seed: int = 0
    no_replay: bool = False
    trust: bool = False

    def check(self) -> list[NamedStrategy]:
        """The strategies, after all checks that need no scenario.

        Raises:
            TrafficError: an option is wrong, alone or with the others.
        """
        check_seeds(self.seeds)
        at_least_one("--interval", self.interval)
        at_least_one("--threads", self.threads)
        check_simulator(self.simulator, "--simulator")
        if self.no_replay and self.show is not None:
            raise UsageError("--no-replay", "--show names strategies to replay", "leave out one of them")
        checked_seed(self.replay_seed, "--replay-seed")
        strategies = choose_strategies(self.strategies, "--strategies", trust=self.trust)
        check(strategies, range(self.seeds), self.reference)
        ensure_writable(self.out, "--out")
        return strategies

    def recorded(self, strategies: list[NamedStrategy]) -> Recorded:
        """The strategies to record.

        Raises:
            UsageError: they are too many, or one is not compared.
        """
        if self.show is None:
            return Recorded(None, self.replay_seed, not self.no_replay)
        labels = tuple(split_list(self.show))
        known = [strategy.label for strategy in strategies]
        for label in labels:
            if label not in known:
                raise UsageError("--show", f"{label} is not compared", f"choose of {', '.join(known)}")
        if not 1 <= len(set(labels)) == len(labels) <= MOST_RECORDED:
            raise UsageError("--show", f"{self.show} does not fit side by side", "give one strategy, or two")
        return Recorded(labels, self.replay_seed)


@with_scenario_flags
def report_command(
    choice: Choice,
    out: Annotated[Path, typer.Option(metavar="FILE", help="File of the page (.html).")] = FILE,
    strategies: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help="Names of strategies, run folders or FILE.py:NAME, each with :KEY=VALUE,... if wanted. [default: all]",
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option(metavar="N", help="Number of test seeds. Each draws other traffic.")
    ] = DEFAULT_SEEDS,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Strategy that the others are compared to. [default: fixed_time, else the first]"
        ),
    ] = None,
    interval: Interval = None,
    threads: Annotated[
        int | None, typer.Option(metavar="N", help="Most threads, or processes of SUMO. [default: all CPUs]")
    ] = None,
    simulator: SimulatorName = OWN,
    show: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Strategies in the maps, the diagrams and the replay: one of those compared, or two side by side. "
            "[default: the best one and the reference]",
        ),
    ] = None,
    replay_seed: Annotated[int, typer.Option(metavar="S", help="Random seed of the traffic that is replayed.")] = 0,
    no_replay: Annotated[
        bool, typer.Option("--no-replay", help="Leave out maps, diagrams and replay. The page is much smaller.")
    ] = False,
) -> None:
    """Compare strategies. Write one page of HTML that opens anywhere."""
    options = ReportOptions(
        out,
        strategies,
        seeds,
        reference,
        interval,
        threads,
        simulator,
        show,
        replay_seed,
        no_replay,
        choice.trust,
    )
    chosen = options.check()
    data = choose_scenario(choice)
    tell_remarks(data, choice.strict)
    tell_plan_remarks(data, chosen, choice.strict)
    _report(data, chosen, options)


def _report(scenario: Scenario, chosen: list[NamedStrategy], options: ReportOptions) -> None:
    """Compares and records with a bar on stderr, writes the page, and prints the verdict."""
    if options.strategies is None:
        chosen = [*chosen, *shipped_policies(scenario)]
    recorded = options.recorded(chosen)
    seeds = test_seeds(options.seeds if scenario.build_demand().is_random else 1)
    output.print_compilation_status()
    with output.progress_bar() as progress:
        findings = gather(
            scenario,
            chosen,
            seeds,
            recorded=recorded,
            reference=options.reference,
            interval=options.interval,
            threads=options.threads,
            simulator=options.simulator,
            progress=progress,
        )
        progress("writing the page", 1.0)
        write_report(with_origin(findings, command_line(), versions()), options.out, "--out")
    print(verdict_of(findings.comparison))
    output.print_status(f"written: {options.out}")
