"""The command `compare`: strategies on the same traffic, with a table and files."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Self

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import (
    EVERYWHERE,
    Interval,
    SimulatorOrBoth,
    at_least_one,
    check_seeds,
)
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_plan_remarks, tell_remarks
from traffic_marl.cli.comparisons.defining import TimesKept, check_definitions
from traffic_marl.cli.comparisons.degrading import Degrading, How, compare_degraded, disturbs_signals
from traffic_marl.cli.comparisons.everywhere import compare_everywhere, ensure_everywhere, everywhere
from traffic_marl.cli.comparisons.keeping import Results, former_results, former_simulator, scenario_of, with_former
from traffic_marl.cli.comparisons.results import Files, print_results
from traffic_marl.cli.comparisons.tuning import TRIALS, Trials, Tuned, with_settings, with_tuned
from traffic_marl.cli.exits import FAILED, exit_on_error
from traffic_marl.cli.json_option import Json
from traffic_marl.comparison.comparison import Comparison, check, compare
from traffic_marl.comparison.gathering import Progress
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.comparison.robustness.degradation import DEFAULT_STEPS
from traffic_marl.comparison.robustness.perturbations import Perturbation
from traffic_marl.errors import UsageError
from traffic_marl.learning.choosing import choose_strategies, choose_strategy
from traffic_marl.learning.learned import load_learned, shipped_for
from traffic_marl.scenario import Scenario, load_scenario, test_seeds
from traffic_marl.simulators import BOTH, OWN, SUMO, chosen_simulators, runs_in
from traffic_marl.simulators.sumo.actuated import SumoActuated
from traffic_marl.strategies import NamedStrategy, StrategyLike

DEFAULT_SEEDS = 10


@dataclass(frozen=True)
class CompareOptions:
    """Options of `compare` as given on the command line, None for those that are not given."""

    strategies: str | Iterable[StrategyLike] | None = None  # a comma list, or from Python a sequence
    seeds: int | None = None
    reference: str | None = None
    interval: int | None = None  # [s]
    threads: int | None = None
    wide: bool = False
    explain: bool = False
    files: Files = field(default_factory=Files)
    trust: bool = False
    tune: bool = False
    tuned: bool = False
    trials: int | None = None
    simulator: str | None = None
    results: tuple[Path, ...] = ()  # folders of finished runs; the first one grows
    degrading: Degrading = field(default_factory=Degrading)
    definitions: bool = False

    def check(self) -> list[NamedStrategy]:
        """The strategies, after all checks that need no scenario.

        Raises:
            TrafficError: an option is wrong, alone or with the others.
        """
        check_seeds(DEFAULT_SEEDS if self.seeds is None else self.seeds)
        at_least_one("--interval", self.interval)
        at_least_one("--threads", self.threads)
        simulators = self.simulators()
        at_least_one("--trials", self.trials)
        if self.trials is not None and not self.tuned:
            raise UsageError("--trials", "they are those of --tuned", "give --tuned as well")
        if self.tune and self.tuned:
            raise UsageError("--tuned", "--tune tries a few settings of the same strategies", "give one of the two")
        if self.tuned and self.interval is not None:
            raise UsageError("--tuned", "it chooses the intervals, and --interval states one", "leave out one of them")
        if self.tune and self.interval is not None:
            raise UsageError("--tune", "it chooses the intervals, and --interval states one", "leave out one of them")
        strategies = choose_strategies(self.strategies, "--strategies", trust=self.trust)
        if self.strategies is None and SUMO in simulators:
            strategies.append(choose_strategy(SumoActuated()))
        check(strategies, (0,), None if self.results else self.reference)
        self.files.check(len(simulators))
        self.degrading.check(self.simulator, self.results, wide=self.wide)
        check_definitions(self.definitions, self.simulator, self.results, self.degrading.perturbations)
        return strategies

    def simulators(self) -> tuple[str, ...]:
        """The simulators that are asked for, if they are installed.

        Raises:
            UsageError: one is not, or there is none of this name.
        """
        return chosen_simulators(OWN if self.simulator is None else self.simulator, "--simulator")

    def continuing(self, former: ResultsFolder) -> Self:
        """The options, with those of the earlier comparison in a results folder in place of the ones not given."""
        kept = former.scope
        return replace(
            self,
            strategies=self.strategies or [each.label for each in kept.strategies] or None,
            interval=kept.interval if self.interval is None else self.interval,
            reference=kept.reference if self.reference is None else self.reference,
            simulator=former_simulator(former) if self.simulator is None else self.simulator,
        )


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
        int | None,
        typer.Option(
            metavar="N",
            help=f"Number of test seeds. Each draws other traffic. [default: {DEFAULT_SEEDS}, or those of --results]",
        ),
    ] = None,
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
        int | None,
        typer.Option(metavar="N", help="Most threads, or processes of SUMO or CityFlow. [default: all CPUs]"),
    ] = None,
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
    )
    chosen = options.check()
    if choice.scenario == EVERYWHERE:
        _end(_compare_everywhere(choice, chosen, options))
        return
    former = former_results(options.results)
    if former is not None:
        chosen = with_former(chosen if strategies or not former.scope.strategies else [], former, trust=choice.trust)
        options = options.continuing(former)
    data = scenario_of(former, trust=choice.trust) if former and choice.is_empty() else choose_scenario(choice)
    tell_remarks(data, choice.strict)
    tell_plan_remarks(data, chosen, choice.strict)
    _end(_compare(data, chosen, options, None if former is None or seeds else former.scope.seeds))


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
        found = _compare(data, chosen, options)[0]
    return found


def _compare(
    scenario: Scenario, chosen: list[NamedStrategy], options: CompareOptions, seeds: tuple[int, ...] | None = None
) -> list[Comparison]:
    """Compares with a bar on stderr, writes the files, and then prints the table or JSON.

    Args:
        scenario: of the comparison.
        chosen: strategies.
        options: as given, or those of an earlier comparison that goes on.
        seeds: of an earlier comparison that goes on. None or none of them takes those of the options.
    """
    perturbations = options.degrading.check(options.simulator, options.results, wide=options.wide)
    count = DEFAULT_SEEDS if options.seeds is None else options.seeds
    seeds = seeds or (test_seeds(count) if perturbations else _seeds(scenario, count))
    output.print_compilation_status()
    if options.tune:
        chosen = with_settings(scenario, chosen)
    if options.tuned:
        chosen = with_tuned(scenario, chosen, options.trials or TRIALS, options.results, options.threads)
    chosen = _suited(scenario, chosen, options, perturbations)
    if perturbations:
        (simulator,) = options.simulators()
        how = How(options.reference, options.interval, options.threads, simulator, options.files, options.explain)
        return compare_degraded(scenario, chosen, seeds, options.degrading, how)
    kept = TimesKept() if options.definitions else None
    results = [_run(scenario, chosen, seeds, options, name, kept) for name in options.simulators()]
    if kept is not None:
        kept.write(results[0], options.files)
        kept.show(results[0], options.files, wide=options.wide, explain=options.explain)
        return results
    options.files.write(results)  # first, because nobody may be there to read the table
    print_results(results, options.files, wide=options.wide, explain=options.explain)
    return results


def _compare_everywhere(choice: Choice, chosen: list[NamedStrategy], options: CompareOptions) -> list[Comparison]:
    """Compares on every scenario that is shipped. Each has a folder of its own in that of `--results`.

    Raises:
        TrafficError: a flag suits one scenario alone, or is wrong.
    """
    refused: dict[str, object] = {"--plot": options.files.plot, "--tune": options.tune, "--tuned": options.tuned}
    refused |= {"--degrade": options.degrading.perturbations, "--definitions": options.definitions}
    ensure_everywhere(choice, refused | {"--simulator": options.simulator == BOTH, "--results": options.results[1:]})

    def compare_on(scenario: Scenario) -> Comparison:
        own = replace(options, results=tuple(folder / scenario.name for folder in options.results))
        seeds = _seeds(scenario, DEFAULT_SEEDS if options.seeds is None else options.seeds)
        return _run(scenario, _suited(scenario, chosen, options), seeds, own, options.simulators()[0])

    return compare_everywhere(everywhere(choice), compare_on, options.files, wide=options.wide, explain=options.explain)


def _suited(
    scenario: Scenario, chosen: list[NamedStrategy], options: CompareOptions, perturbations: Sequence[Perturbation] = ()
) -> list[NamedStrategy]:
    """The strategies that are named. Where none is, those that suit the scenario, and the policies shipped for it."""
    if options.strategies is not None:
        return chosen
    disturbed = disturbs_signals(scenario, perturbations)
    suited = [each for each in chosen if not (disturbed and isinstance(each.strategy, SumoActuated))]
    return [*suited, *shipped_policies(scenario)]


def _seeds(scenario: Scenario, count: int) -> tuple[int, ...]:
    """The first test seeds. Only one if the trips are the same for every seed, and that is told."""
    if scenario.is_random or count == 1:
        return test_seeds(count)
    output.print_status(
        "one run per strategy: the trips of this scenario are the same for every seed, so there is no interval"
    )
    return test_seeds(1)


def _run(
    scenario: Scenario,
    chosen: list[NamedStrategy],
    seeds: Sequence[int],
    options: CompareOptions,
    simulator: str,
    kept: TimesKept | None = None,
) -> Comparison:
    """Compares in one simulator. Of several, each takes the strategies that run in it."""
    some = [each for each in chosen if options.simulator != BOTH or runs_in(simulator, each)]
    with output.progress_bar() as progress:
        return compare(
            scenario,
            some,
            seeds,
            reference=options.reference,
            interval=options.interval,
            threads=options.threads,
            simulator=simulator,
            progress=progress if options.simulator != BOTH else _named(progress, simulator),
            results=options.results[0] if options.results else None,
            on_failure=lambda failure: output.print_status(str(failure)),
            each_rollout=None if kept is None else kept.note,
        )


def _named(progress: Progress, simulator: str) -> Progress:
    """Progress with the name of the simulator before that of the strategy."""
    return lambda label, share: progress(f"{simulator}: {label}", share)


def shipped_policies(scenario: Scenario) -> list[NamedStrategy]:
    """The policies that are shipped for exactly this scenario, if torch is installed."""
    return [] if find_spec("torch") is None else [load_learned(name) for name in shipped_for(scenario)]
