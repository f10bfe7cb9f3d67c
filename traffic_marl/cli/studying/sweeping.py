"""The command `sweep`: trainings with several values of some settings, and their learning curves."""

import re
import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from traffic_marl.cli import output
from traffic_marl.cli.choosing.flags import with_scenario_flags, with_start_flag
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_remarks
from traffic_marl.cli.studying.swept import sweep_table
from traffic_marl.cli.training_flags import errors_name_flags, with_setting_flags
from traffic_marl.errors import UsageError, printable
from traffic_marl.learning.placing.placement import LOCAL
from traffic_marl.learning.runs.budget import Validation, budget_of
from traffic_marl.learning.sweeps.dimensions import dimensions_of
from traffic_marl.learning.sweeps.folder import CURVES, PICTURE, RESULTS, SweepFolder
from traffic_marl.learning.sweeps.plan import AGENT_STEPS, GRID, RANDOM, SEARCHES, VALIDATIONS, Plan
from traffic_marl.learning.sweeps.results import Judged
from traffic_marl.learning.sweeps.sweep import begin_sweep, ensure_runnable, resume_sweep, train_sweep
from traffic_marl.program import program
from traffic_marl.scenario import Scenario

SWEEPS = Path("sweeps")  # of the folders that are not named
FLAGS = {"over": "--over", "search": "--search", "trials": "--trials", "stop_early": "--stop-early"}
FLAGS |= {"parallel": "--parallel", "address": "--address", "seeds": "--seeds"}


@with_start_flag
@with_scenario_flags
@with_setting_flags
def sweep_command(
    choice: Choice,
    over: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUES",
            help="Setting of `train` with the values to try, such as learning_rate=3e-4,7e-4, algorithm=dqn,ppo or, "
            "with --trials, the range learning_rate=1e-4:1e-2. Values with commas are separated by semicolons. May be "
            "repeated: all combinations are tried.",
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(metavar="N", help="Trainings of each combination, with the seeds from --seed on. [default: 1]"),
    ] = None,
    search: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"Choice of the combinations: {', '.join(f'{name} {what}' for name, what in SEARCHES.items())}. "
            f"[default: {GRID}, or {RANDOM} with --trials]",
        ),
    ] = None,
    trials: Annotated[int | None, typer.Option(metavar="N", help="Number of combinations that are drawn.")] = None,
    stop_early: Annotated[
        bool,
        typer.Option(
            "--stop-early",
            help="End the first run of a combination early if its delay on the validation seeds is hopeless beside "
            "that of others, by asynchronous successive halving. Its other seeds are left out then.",
        ),
    ] = False,
    agent_steps: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help=f"Decisions of single intersections of each run. [default: {AGENT_STEPS}]",
        ),
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(metavar="N", help="Iterations of each run, in place of --agent-steps.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(metavar="MIN", help="Minutes of each run, in place of --agent-steps.")
    ] = None,
    validations: Annotated[
        int | None,
        typer.Option(
            metavar="N", help=f"Validations of each run, spread evenly over its length. [default: {VALIDATIONS}]"
        ),
    ] = None,
    validation_seeds: Annotated[
        int | None, typer.Option(metavar="N", help=f"Number of validation seeds. [default: {Validation.seeds}]")
    ] = None,
    skip_classical: Annotated[
        bool, typer.Option("--skip-classical", help="Skip the tuning of the classical strategies.")
    ] = False,
    start: str | None = None,
    imitate: Annotated[
        str | None,
        typer.Option(metavar="STRATEGY", help="Learn the choices of this strategy before the first iteration."),
    ] = None,
    critic_warmup: Annotated[
        int | None, typer.Option(metavar="N", help="Iterations in which the critic alone learns.")
    ] = None,
    parallel: Annotated[
        int | None, typer.Option(metavar="N", help="Most runs at the same time. [default: as many as there are CPUs]")
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            metavar="WHERE",
            help="Machines on which the runs are trained: local for this one, auto for the cluster of ray that it "
            "belongs to, or HOST:PORT of the head of a cluster. [default: local]",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the sweep. [default: sweeps/SCENARIO]")] = (
        None
    ),
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the sweep in the folder of --out. --trials may be larger.")
    ] = False,
    **settings: Any,
) -> None:
    """Train with several values of settings, curves side by side."""
    given: dict[str, Any] = {"over": over, "seeds": seeds, "search": search, "stop_early": stop_early or None}
    given |= {"agent_steps": agent_steps, "iterations": iterations, "minutes": minutes, "validations": validations}
    given |= {"validation_seeds": validation_seeds, "skip_classical": skip_classical or None, "imitate": imitate}
    given |= {"critic_warmup": critic_warmup, "from": start, **settings}
    with errors_name_flags({"times": "--validations"}):
        shown = _given({"seeds": validation_seeds, "classical": False if skip_classical else None})
        validation = Validation(times=VALIDATIONS if validations is None else validations, **shown)
    with errors_name_flags(FLAGS):
        ensure_runnable(address or LOCAL, parallel)
        if resume:
            folder = _former(choice, _given(given), out, trials)
        else:
            budget = budget_of(iterations, minutes, agent_steps)
            plan = Plan(
                dimensions=dimensions_of(over or ()),
                settings=_given(settings),
                search=search or (GRID if trials is None else RANDOM),
                trials=trials,
                validation=validation,
                start=_given({"start": start, "imitate": imitate, "critic_warmup": critic_warmup}),
                stops_early=stop_early,
                **_given({"budget": budget, "seeds": seeds}),
            )
            scenario = choose_scenario(choice)
            tell_remarks(scenario, choice.strict)
            folder = begin_sweep(scenario, plan, out or _default_folder(scenario), _note, trust=choice.trust)
        _train(folder, address or LOCAL, trust=choice.trust, parallel=parallel)


def _former(choice: Choice, given: dict[str, Any], out: Path | None, trials: int | None) -> SweepFolder:
    """The sweep that goes on.

    Raises:
        UsageError: a flag is given that the sweep has already.
    """
    if given:
        name = next(iter(given))
        what = "the sweep goes on with what it was begun with"
        raise UsageError(f"--{name.replace('_', '-')}", what, "leave it out, or begin another one without --resume")
    return resume_sweep(out or _default_folder(choose_scenario(choice)), trials=trials, trust=choice.trust)


def _train(folder: SweepFolder, address: str, *, trust: bool, parallel: int | None) -> None:
    """Trains with a bar and a line for each run on stderr. Prints the table."""
    output.print_compilation_status()
    where = shlex.quote(str(folder.path))
    try:
        with output.progress_bar() as progress:
            results = train_sweep(
                folder,
                trust=trust,
                tell=output.print_status,
                watch=lambda run, share, delay: progress(f"{run}: {delay:.1f} s/veh", share),
                parallel=parallel,
                address=address,
            )
    except KeyboardInterrupt:
        trusting = " --trust" if trust else ""
        output.print_status(f"continue with: {program()} sweep --resume --out {where}{trusting}")
        raise
    output.print_table(sweep_table(results, folder.plan))
    _print_hints(folder, results)


def _print_hints(folder: SweepFolder, results: list[Judged]) -> None:
    """Prints where the results lie, and the command that judges the best point on test seeds."""
    names = [name for name in (RESULTS, CURVES, PICTURE) if (folder.path / name).is_file()]
    output.print_status(f"written: {', '.join(str(folder.path / name) for name in names)}")
    best = results[0]
    if best.curve is None:
        return
    runs = ",".join(run.name for run in best.curve.group.runs)
    scenario = shlex.quote(str(folder.path / "scenario.json"))
    print(printable(f"judge the best on test seeds: {program()} compare {scenario} --strategies {shlex.quote(runs)}"))


def _note(line: str) -> None:
    output.print_status(f"note: {line}")


def _default_folder(scenario: Scenario) -> Path:
    return SWEEPS / re.sub(r"[^A-Za-z0-9_.-]+", "_", scenario.name)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """The values that were given. A flag that may be repeated gives an empty list if it is missing."""
    return {name: value for name, value in values.items() if value is not None and value != []}
