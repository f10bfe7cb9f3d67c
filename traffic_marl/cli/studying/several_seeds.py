"""Trainings that differ in nothing but their seed, one after the other."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from traffic_marl.cli import output
from traffic_marl.cli.choosing.options import TrainOptions
from traffic_marl.cli.studying.curves import curves_table
from traffic_marl.cli.training_flags import errors_name_flags
from traffic_marl.errors import FileError, printable
from traffic_marl.learning.curves import curve_of, grouped, read_runs
from traffic_marl.learning.placing.placement import flags_of
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import STATE, ensure_new
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.program import program

Member = tuple[TrainOptions, Path]  # options and folder of a run
MakeFolder = Callable[[TrainOptions, Path], RunFolder]  # begins a run


@dataclass(frozen=True)
class Resuming:
    """How runs go on."""

    resume: MakeFolder  # opens the folder of a run that goes on
    begin_beside: Callable[[Member, Member], RunFolder]  # begins a run with the settings of the other one


def train_seeds(
    options: TrainOptions,
    out: Path,
    count: int,
    *,
    begin_run: MakeFolder,
    resuming: Resuming | None,
    train: Callable[[RunFolder], None],
) -> None:
    """Trains with several seeds, and prints the curve of all of them.

    Args:
        options: of each training. Their seed is the first one.
        out: folder, to whose name each run adds its seed.
        count: number of seeds.
        begin_run: makes the folder of a new run.
        resuming: None begins all runs. Otherwise runs that are done are skipped, and those that are missing are begun
            with the settings of the others.
        train: trains and prints the result.

    Raises:
        FileError: the folder of a new run exists already, or none of those that shall go on does.
        TrafficError: a setting is wrong, or a run cannot go on.
    """
    members = _members(options, out, count)
    if resuming is None:
        for _, path in members:
            ensure_new(path, "--out")
    elif not any(_exists(path) for _, path in members):
        raise FileError(f"{out}_seed*", "do not exist", "begin the runs without --resume")
    try:
        for chosen, path in members:
            with errors_name_flags():
                folder = _folder((chosen, path), members, begin_run, resuming)
            if folder is None:
                output.print_status(f"{path} is done already")
            else:
                train(folder)
    except KeyboardInterrupt:
        placed = "".join(f" {flag}" for flag in flags_of(options.placement))
        again = f"{program()} train --resume --seeds {count} --out {shlex.quote(str(out))}{placed}"
        output.print_status(f"continue all runs with: {again}")
        raise
    _print_curve([str(path) for _, path in members])


def _members(options: TrainOptions, out: Path, count: int) -> list[Member]:
    """Options and folder of each run."""
    first = int(options.settings.get("seed", TrainingSettings.seed))
    return [
        (replace(options, settings={**options.settings, "seed": seed}), out.with_name(f"{out.name}_seed{seed}"))
        for seed in range(first, first + count)
    ]


def _folder(
    member: Member, members: list[Member], begin_run: MakeFolder, resuming: Resuming | None
) -> RunFolder | None:
    """The folder to train in. None for a run that is done."""
    options, path = member
    if resuming is None:
        return begin_run(options, path)
    if not _exists(path):
        return resuming.begin_beside(member, next(each for each in members if _exists(each[1])))
    return None if _is_done(RunFolder.open_run(path), options) else resuming.resume(options, path)


def _is_done(folder: RunFolder, options: TrainOptions) -> bool:
    """Whether a run has used its budget or reached its target."""
    state, target = folder.state, folder.settings.target
    if (options.budget or folder.settings.budget).is_spent(state):
        return True
    if options.budget is not None or options.target is not None or target is None or state.target is None:
        return False
    return state.best_delay is not None and state.best_delay <= target.goal(state.target[1])


def _exists(path: Path) -> bool:
    return (path / STATE).is_file()


def _print_curve(names: list[str]) -> None:
    """Prints the delays of all runs, and the command that draws them."""
    output.print_table(curves_table([curve_of(group) for group in grouped(read_runs(names))]))
    print(printable(f"draw them with: {program()} curves {shlex.join(names)} --out curves.png"))
