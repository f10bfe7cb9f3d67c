"""The option `--tuned` of `compare`: a search of the same budget for each classical strategy."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.comparison import Progress
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.errors import StrategyError
from traffic_marl.files.writing import refusal
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.learning.runs.validation import seeds_to_validate
from traffic_marl.scenario import Scenario
from traffic_marl.strategies import NamedStrategy
from traffic_marl.strategies.catalogue import parse
from traffic_marl.tasks import Tasks
from traffic_marl.tuning import CLASSICAL, tuned
from traffic_marl.tuning.candidates import candidates_for
from traffic_marl.tuning.search import Tell, TrialBudget, search
from traffic_marl.tuning.trials import Study
from traffic_marl.tuning.tuned_file import tuned_strategy

SEARCHES = "tuned"  # folder in a results folder
TRIALS = 30  # of each strategy

Tuned = Annotated[
    bool,
    typer.Option(
        "--tuned",
        help="Search parameters of each classical strategy that is named without any, on validation seeds, with the "
        "same number of trials for each. With --results the searches are kept too.",
    ),
]
Trials = Annotated[
    int | None,
    typer.Option("--trials", metavar="N", help=f"Trials of --tuned for each strategy. [default: {TRIALS}]"),
]


def with_settings(scenario: Scenario, chosen: list[NamedStrategy], tasks: Tasks | None = None) -> list[NamedStrategy]:
    """The strategies. Those that are named without parameters have the ones that suit the validation seeds best."""
    names = tuple(each.label for each in chosen if each.label in CLASSICAL)
    seeds = seeds_to_validate(scenario, Validation.seeds)
    _tell_same_trips(scenario, "--tune")
    with output.progress_bar() as progress:
        found = tuned(scenario, seeds, lambda label: progress(f"tuning {label}", 0.0), names, tasks)
    best = {label.partition(":")[0]: parse(label) for label, _ in found}
    return [best.get(each.label, each) for each in chosen]


def with_tuned(
    scenario: Scenario,
    chosen: Sequence[NamedStrategy],
    trials: int,
    results: Sequence[Path],
    threads: int | None,
    tasks: Tasks | None = None,
) -> list[NamedStrategy]:
    """The strategies. The classical ones that are named without parameters have the best ones that a search finds.

    Args:
        scenario: of the comparison.
        chosen: the strategies.
        trials: of each search.
        results: results folders, of which the first one keeps the searches.
        threads: most threads.
        tasks: run the seeds of each trial elsewhere.

    Raises:
        FileError: a search in the folder is another one, or cannot be written.
    """
    _tell_same_trips(scenario, "--tuned")
    folder = _folder_in(results[0], scenario) if results else None
    with output.progress_bar() as progress:
        return [
            _tuned(scenario, each, trials, folder, threads, progress, tasks) if each.label in CLASSICAL else each
            for each in chosen
        ]


def _tuned(
    scenario: Scenario,
    named: NamedStrategy,
    trials: int,
    folder: Path | None,
    threads: int | None,
    progress: Progress,
    tasks: Tasks | None,
) -> NamedStrategy:
    """A strategy with the best parameters. One that no parameters make usable stays as it is, and fails later."""
    seeds = seeds_to_validate(scenario, Validation.seeds)
    path = None if folder is None else folder / f"{named.label}.json"
    budget, tell = TrialBudget(trials), _shown_by(progress, named.label)
    candidates = candidates_for(scenario, named.label)
    try:
        record = search(
            scenario, candidates, named.label, seeds, budget, path=path, threads=threads, tell=tell, tasks=tasks
        )
    except StrategyError:
        return named
    return tuned_strategy(record.strategy, record)


def _shown_by(progress: Progress, label: str) -> Tell:
    def tell(study: Study, share: float) -> None:
        progress(f"tuning {label}", share)

    return tell


def _folder_in(results: Path, scenario: Scenario) -> Path:
    """The folder of searches in a results folder. Both are made if they are not there."""
    if not ResultsFolder.exists(results):
        ResultsFolder.create(results, scenario)
    folder = results / SEARCHES
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise refusal("--results", folder, error) from error
    return folder


def _tell_same_trips(scenario: Scenario, flag: str) -> None:
    """Says on stderr that strategies are tuned on the trips that are compared, where all seeds have the same."""
    if not scenario.build_demand().is_random:
        output.print_status(
            f"note: {flag} meets the same trips as the comparison, which makes tuned strategies look better"
        )
