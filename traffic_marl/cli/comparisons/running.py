"""Comparisons with a bar on stderr, whose files are written and whose tables are printed."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec

from traffic_marl.cli import output
from traffic_marl.cli.choosing.elsewhere import tasks_at
from traffic_marl.cli.choosing.scenario import Choice
from traffic_marl.cli.comparisons.defining import TimesKept
from traffic_marl.cli.comparisons.degrading import How, compare_degraded, disturbs_signals
from traffic_marl.cli.comparisons.everywhere import compare_everywhere, ensure_everywhere, everywhere
from traffic_marl.cli.comparisons.options import DEFAULT_SEEDS, CompareOptions
from traffic_marl.cli.comparisons.results import print_results
from traffic_marl.cli.comparisons.tuning import TRIALS, with_settings, with_tuned
from traffic_marl.comparison.comparison import Comparison, compare
from traffic_marl.comparison.gathering import Progress
from traffic_marl.comparison.robustness.perturbations import Perturbation
from traffic_marl.learning.learned import load_learned, shipped_for
from traffic_marl.scenario import Scenario, test_seeds
from traffic_marl.simulators import BOTH, runs_in
from traffic_marl.simulators.sumo.actuated import SumoActuated
from traffic_marl.strategies import NamedStrategy
from traffic_marl.tasks import Tasks


def compare_and_tell(
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
    tasks = tasks_at(options.address, options.threads)
    if options.tune:
        chosen = with_settings(scenario, chosen, tasks)
    if options.tuned:
        chosen = with_tuned(scenario, chosen, options.trials or TRIALS, options.results, options.threads, tasks)
    chosen = _suited(scenario, chosen, options, perturbations)
    if perturbations:
        (simulator,) = options.simulators()
        how = How(
            options.reference, options.interval, options.threads, simulator, options.files, options.explain, tasks
        )
        return compare_degraded(scenario, chosen, seeds, options.degrading, how)
    kept = TimesKept() if options.definitions else None
    results = [_run(scenario, chosen, seeds, options, name, kept, tasks) for name in options.simulators()]
    if kept is not None:
        kept.write(results[0], options.files)
        kept.show(results[0], options.files, wide=options.wide, explain=options.explain)
        return results
    options.files.write(results)  # first, because nobody may be there to read the table
    print_results(results, options.files, wide=options.wide, explain=options.explain)
    return results


def compare_all(choice: Choice, chosen: list[NamedStrategy], options: CompareOptions) -> list[Comparison]:
    """Compares on every scenario that is shipped. Each has a folder of its own in that of `--results`.

    Raises:
        TrafficError: a flag suits one scenario alone, or is wrong.
    """
    refused: dict[str, object] = {"--plot": options.files.plot, "--tune": options.tune, "--tuned": options.tuned}
    refused |= {"--degrade": options.degrading.perturbations, "--definitions": options.definitions}
    ensure_everywhere(choice, refused | {"--simulator": options.simulator == BOTH, "--results": options.results[1:]})

    tasks = tasks_at(options.address, options.threads)

    def compare_on(scenario: Scenario) -> Comparison:
        own = replace(options, results=tuple(folder / scenario.name for folder in options.results))
        seeds = _seeds(scenario, DEFAULT_SEEDS if options.seeds is None else options.seeds)
        return _run(scenario, _suited(scenario, chosen, options), seeds, own, options.simulators()[0], tasks=tasks)

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
    tasks: Tasks | None = None,
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
            tasks=tasks,
        )


def _named(progress: Progress, simulator: str) -> Progress:
    """Progress with the name of the simulator before that of the strategy."""
    return lambda label, share: progress(f"{simulator}: {label}", share)


def shipped_policies(scenario: Scenario) -> list[NamedStrategy]:
    """The policies that are shipped for exactly this scenario, if torch is installed."""
    return [] if find_spec("torch") is None else [load_learned(name) for name in shipped_for(scenario)]
