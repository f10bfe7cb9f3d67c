"""Trainings that differ in nothing but their seed, one after the other."""

import shlex
from collections.abc import Callable
from dataclasses import replace
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
from traffic_marl.learning.train import begin
from traffic_marl.program import program

MakeFolder = Callable[[TrainOptions, Path], RunFolder]  # begins a run, or opens one that goes on


def train_seeds(
    options: TrainOptions,
    out: Path,
    count: int,
    *,
    begin_run: MakeFolder,
    resume_run: MakeFolder | None,
    train: Callable[[RunFolder], None],
) -> None:
    """Trains with several seeds, and prints the curve of all of them.

    Args:
        options: of each training. Their seed is the first one.
        out: folder, to whose name each run adds its seed.
        count: number of seeds.
        begin_run: makes the folder of a new run.
        resume_run: opens the folder of a run that goes on. None begins all runs. Otherwise runs that are done are
            skipped, and those that are missing are begun with the settings of the others.
        train: trains and prints the result.

    Raises:
        FileError: the folder of a new run exists already, or none of those that shall go on does.
        TrafficError: a setting is wrong, or a run cannot go on.
    """
    members = _members(options, out, count)
    if resume_run is None:
        for _, path in members:
            ensure_new(path, "--out")
    elif not any(_exists(path) for _, path in members):
        raise FileError(f"{out}_seed*", "do not exist", "begin the runs without --resume")
    try:
        for chosen, path in members:
            with errors_name_flags():
                folder = _folder(chosen, path, members, begin_run, resume_run)
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


def _members(options: TrainOptions, out: Path, count: int) -> list[tuple[TrainOptions, Path]]:
    """Options and folder of each run."""
    first = int(options.settings.get("seed", TrainingSettings.seed))
    return [
        (replace(options, settings={**options.settings, "seed": seed}), out.with_name(f"{out.name}_seed{seed}"))
        for seed in range(first, first + count)
    ]


def _folder(
    options: TrainOptions,
    path: Path,
    members: list[tuple[TrainOptions, Path]],
    begin_run: MakeFolder,
    resume_run: MakeFolder | None,
) -> RunFolder | None:
    """The folder to train in. None for a run that is done."""
    if resume_run is None:
        return begin_run(options, path)
    if not _exists(path):
        other = RunFolder.open_run(next(each for _, each in members if _exists(each)))
        training = replace(other.settings.training, seed=options.settings["seed"])
        return begin(other.scenario, replace(other.settings, training=training), path)
    return None if _is_done(RunFolder.open_run(path), options) else resume_run(options, path)


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
