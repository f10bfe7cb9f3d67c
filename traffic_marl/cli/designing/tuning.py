"""The command `tune`: a search for the parameters of a strategy on the validation seeds."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import at_least_one, check_seeds, the_only
from traffic_marl.cli.choosing.elsewhere import Address, check_address, tasks_at
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_remarks
from traffic_marl.comparison import Progress
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable
from traffic_marl.files.writing import refusal
from traffic_marl.imported import is_reference
from traffic_marl.learning.learned import is_learned
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.learning.runs.validation import seeds_to_validate
from traffic_marl.program import program
from traffic_marl.scenario import Scenario
from traffic_marl.tuning.candidates import candidates_for
from traffic_marl.tuning.search import DEFAULT_TRIALS, Tell, TrialBudget, search
from traffic_marl.tuning.trials import Record, Study
from traffic_marl.tuning.tuned_file import FOLDER, is_tuned

RANGE = "--range"


@with_scenario_flags
def tune_command(
    choice: Choice,
    strategy: Annotated[
        str | None,
        typer.Argument(
            metavar="STRATEGY",
            help="Strategy to tune: a name from `list`, plan or plan:file=FILE for a timing plan, or FILE.py:NAME. "
            "Parameters that are given with it stay as they are.",
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(metavar="N", help=f"Sets of parameters to try. [default: {DEFAULT_TRIALS}]"),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(metavar="M", help="Minutes of trials, in place of a number of trials.")
    ] = None,
    seeds: Annotated[
        int, typer.Option(metavar="N", help="Number of validation seeds on which each trial runs.")
    ] = Validation.seeds,
    ranges: Annotated[
        list[str] | None,
        typer.Option(
            RANGE,
            metavar="KEY=LOW:HIGH",
            help="Values of a parameter that are tried, such as longest_green_s=20:90. May be given several times.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File for the result, which stands wherever a strategy is asked for. A search that it holds goes on. "
            "[default: tuned/SCENARIO-STRATEGY.json]",
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(metavar="N", help="Most threads. [default: all CPUs, or 1 for each batch on a cluster]"),
    ] = None,
    address: Address = None,
) -> None:
    """Search parameters of a strategy on validation seeds."""
    budget = TrialBudget(DEFAULT_TRIALS if trials is None and minutes is None else trials, minutes)
    check_seeds(seeds)
    at_least_one("--threads", threads)
    check_address(address)
    choice, text = _with_strategy(choice, strategy)
    scenario = choose_scenario(choice)
    candidates = candidates_for(scenario, text, tuple(ranges or ()), ("STRATEGY", RANGE))
    path = _named_file(scenario, text) if out is None else out
    if path.suffix.lower() != ".json":
        raise UsageError("--out", f"{path} is no .json", "name a file that ends in .json")
    if path.parent == FOLDER:
        _make_folder(path.parent)
    ensure_writable(path, "--out")
    tell_remarks(scenario, choice.strict)
    output.print_compilation_status()
    validation = seeds_to_validate(scenario, seeds)
    tasks = tasks_at(address, threads)
    with output.progress_bar() as progress:
        record = search(
            scenario,
            candidates,
            text,
            validation,
            budget,
            path=path,
            threads=threads,
            tell=_shown_by(progress),
            tasks=tasks,
        )
    _print(record, path)


def _with_strategy(choice: Choice, strategy: str | None) -> tuple[Choice, str]:
    """The choice of a scenario and the strategy. With files of a data set, the first word is the strategy.

    Raises:
        UsageError: no strategy is given, or several are.
    """
    if strategy is None and choice.files():
        choice, strategy = replace(choice, scenario=None), choice.scenario
    if strategy is None:
        raise UsageError("STRATEGY", "no strategy is given", "give a scenario and a strategy, such as actuated")
    text = the_only(strategy, "STRATEGY")
    if not is_reference(text) and (is_tuned(text) or is_learned(text)) and not text.startswith("plan:"):
        raise UsageError("STRATEGY", f"{text} is trained or tuned already", "give a name from list, or FILE.py:NAME")
    return choice, text


def _named_file(scenario: Scenario, text: str) -> Path:
    """The file of a search that is not named: one for each scenario and strategy."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", f"{scenario.name}-{text}").strip("._")
    return FOLDER / f"{stem[-100:]}.json"


def _make_folder(path: Path) -> None:
    """Makes the folder of tuned strategies.

    Raises:
        FileError: it cannot be made.
    """
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise refusal("--out", path, error) from error


def _shown_by(progress: Progress) -> Tell:
    """Shows the last trial and the best one beside the bar."""

    def tell(study: Study, share: float) -> None:
        best, last = study.best, study.trials[-1].delay
        told = "cannot be run" if last is None else f"{last:.1f} s/veh"
        least = "" if best is None or best.delay is None else f", best {best.delay:.1f}"
        progress(f"trial {len(study.trials)}: {told}{least}", share)

    return tell


def _print(record: Record, path: Path) -> None:
    """Prints what was found, compared with the strategy as it was given."""
    study = record.study
    best, first = study.best, study.trials[0].delay
    assert best is not None, "a record has a best trial"
    assert best.delay is not None, "it could be run"
    gain = "" if not first else f", {(first - best.delay) / abs(first):.1%} less than before".replace("%", " %")
    before = "which could not be run" if first is None else f"{first:.1f} s/veh"
    changes = len(best.parameters)
    what = f"a plan with {changes} change{'' if changes == 1 else 's'}" if record.plan else record.strategy
    print(f"best: {what}")
    print(f"mean delay on {len(study.search.seeds)} validation seeds: {best.delay:.1f} s/veh{gain}")
    print(f"as given: {before}")
    failed = sum(each.delay is None for each in study.trials)
    unusable = f", {failed} of them not possible here" if failed else ""
    print(f"trials: {len(study.trials)}{unusable}, {study.hours:,.0f} simulated hours times intersections")
    print(f"written: {path}")
    print(f"to judge it on test seeds, name it in: {program()} compare --strategies {path},...")
