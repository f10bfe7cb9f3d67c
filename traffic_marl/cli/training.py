"""The command `train`."""

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import at_least_one
from traffic_marl.cli.choosing.flags import with_scenario_flags, with_start_flag
from traffic_marl.cli.choosing.options import TrainOptions
from traffic_marl.cli.choosing.placement import with_placement_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_remarks
from traffic_marl.cli.choosing.standing_in import names_none, or_stand_in
from traffic_marl.cli.studying.drawn_curve import drawing
from traffic_marl.cli.studying.federated import privacy_reached, terms_told, uses_told, with_federation_flags
from traffic_marl.cli.studying.planning import ensure_room_for, print_plan_of, settled
from traffic_marl.cli.studying.several_seeds import Member, Resuming, train_seeds
from traffic_marl.cli.training_display import line, training_display, verdict
from traffic_marl.cli.training_flags import errors_name_flags, with_setting_flags
from traffic_marl.errors import UsageError, printable
from traffic_marl.learning.algorithms import MODE
from traffic_marl.learning.environment import STAND_IN
from traffic_marl.learning.learned import RUNS
from traffic_marl.learning.placing.checks import checked_placement
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.resuming import code_of_use, ensure_trusted, resume, resume_command
from traffic_marl.learning.runs.budget import DEFAULT_ITERATIONS, Target, Validation, budget_of, target_of
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import SCENARIO
from traffic_marl.learning.starting.start import CRITIC, CRITIC_WARMUP
from traffic_marl.learning.train import begin, run_training
from traffic_marl.program import program
from traffic_marl.scenario import Scenario


@with_start_flag
@with_scenario_flags
@with_federation_flags
@with_setting_flags
@with_placement_flags
def train_command(
    choice: Choice,
    placement: Placement,
    federated: dict[str, Any] | None = None,
    start: str | None = None,
    imitate: Annotated[
        str | None,
        typer.Option(
            metavar="STRATEGY",
            help="Learn the choices of this strategy before the first iteration: a strategy of `list` with parameters, "
            "file.py:Name, or the folder of a trained policy.",
        ),
    ] = None,
    critic_warmup: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Iterations in which the critic alone learns, so that one that does not fit the policy yet cannot "
            f"spoil it. [default: {CRITIC_WARMUP} with a policy in --from or with --imitate, else 0]",
        ),
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(metavar="N", help=f"Iterations to train. [default: {DEFAULT_ITERATIONS}]")
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(metavar="MIN", help="Minutes to train, validations included, in place of --iterations."),
    ] = None,
    agent_steps: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Decisions of single intersections to train, in place of --iterations. The training is the same on a "
            "busy machine and ends with the iteration that reaches them.",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            metavar="STRATEGY",
            help="End the training before its budget does, once the policy beats this strategy on the validation "
            "seeds. A strategy of `list` with parameters, file.py:Name, or the folder of a trained policy.",
        ),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Share of the mean delay of --target by which the policy has to be better. "
            f"[default: {Target.margin}]",
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Train N times, with the seeds from --seed on, into folders that end with their seed. The curve of "
            "all runs is printed at the end.",
        ),
    ] = None,
    asynchronous: Annotated[
        bool | None,
        typer.Option(
            "--asynchronous/--synchronous",
            help="Sample and learn at the same time, or in turn: ppo becomes appo, or appo becomes ppo. "
            "[default: as the algorithm does]",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the run. [default: runs/SCENARIO_ALGORITHM]")
    ] = None,
    resume_run: Annotated[bool, typer.Option("--resume", help="Continue the run in the folder of --out.")] = False,
    validate_every: Annotated[
        int | None,
        typer.Option(metavar="N", help=f"Iterations between validations. [default: {Validation.every}]"),
    ] = None,
    validation_seeds: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help=f"Number of validation seeds, and with --random of scenarios. [default: {Validation.seeds}]",
        ),
    ] = None,
    plan: Annotated[
        bool,
        typer.Option(
            "--plan",
            help="Print where the runners and learners would work, what each sends, and the pace to expect by a "
            "measurement of ten seconds. Nothing is trained, and no folder is made.",
        ),
    ] = False,
    skip_classical: Annotated[
        bool, typer.Option("--skip-classical", help="Skip the tuning of the classical strategies before training.")
    ] = False,
    **settings: Any,
) -> None:
    """Train a policy. Ctrl-C saves it, --resume continues. The folder of the run is then the name of a strategy."""
    validation = {"every": validate_every, "seeds": validation_seeds, "classical": False if skip_classical else None}
    with errors_name_flags():
        budget = budget_of(iterations, minutes, agent_steps)
        begun = _given({"source": start, "imitate": imitate, "critic_warmup": critic_warmup})
        chosen = _given({**settings, MODE: asynchronous})
        options = TrainOptions(chosen, budget, _given(validation), target, margin, begun, placement)
        options = replace(options, federated=federated, divides=not names_none(choice))
        if not resume_run or out is None:  # a folder that is named holds its scenario
            is_random = settings.get("random") is not None
            choice = or_stand_in(choice, is_random=is_random, is_federated=federated is not None)
        if plan:
            print_plan_of(choice, options, out if resume_run else None)
            return
        if seeds is None:
            folder = (_former_run if resume_run else _new_run)(choice, options, out)
        else:
            at_least_one("--seeds", seeds)
    if seeds is None:
        _train(folder)
    else:
        _train_seeds(choice, options, out, seeds, resume_run)


def _train_seeds(choice: Choice, options: TrainOptions, out: Path | None, count: int, resume_run: bool) -> None:
    """Trains with several seeds. The scenario is chosen once, and its remarks are told once."""
    data = None if resume_run and choice.is_empty() else choose_scenario(choice)
    if data is not None:
        tell_remarks(data, choice.strict)
        options = settled(data, options, None, trust=choice.trust)
    algorithm = options.algorithm
    base = out or _default_folder(data or choose_scenario(Choice()), algorithm, options)

    def begin_run(each: TrainOptions, path: Path) -> RunFolder:
        assert data is not None, "a new run has a scenario"
        return _begun(data, each, path, choice.trust)

    def resume_one(each: TrainOptions, path: Path) -> RunFolder:
        return _resumed(data, each, path, choice.trust)

    def begin_beside(member: Member, other: Member) -> RunFolder:
        return _begun_beside(data, member, other, choice.trust)

    resuming = Resuming(resume_one, begin_beside) if resume_run else None
    train_seeds(options, base, count, begin_run=begin_run, resuming=resuming, train=_train)


def _former_run(choice: Choice, options: TrainOptions, out: Path | None) -> RunFolder:
    """The folder of the run that goes on, with its scenario's remarks told."""
    data = None if choice.is_empty() else choose_scenario(choice)
    folder = _resumed(data, options, out, choice.trust)
    tell_remarks(folder.scenario, choice.strict)
    return folder


def _new_run(choice: Choice, options: TrainOptions, out: Path | None) -> RunFolder:
    """The folder of a new run, made once its scenario's remarks are told."""
    data = choose_scenario(choice)
    tell_remarks(data, choice.strict)
    return _begun(data, options, out, choice.trust)


def _begun(scenario: Scenario, options: TrainOptions, out: Path | None, trust: bool) -> RunFolder:
    """The folder of a new run."""
    path = out or _default_folder(scenario, options.training(trust=trust).algorithm, options)
    options = settled(scenario, options, path, trust=trust)
    settings = options.run_settings(trust=trust)
    ensure_room_for(options, settings.training, path)
    folder = begin(scenario, settings, path, trust=trust)
    folder.placement = options.placement
    if settings.start.source is not None and settings.training.traits.has_critic:
        critic = "its critic too" if CRITIC in folder.state.start else "a new critic, because it has none that fits"
        output.print_status(f"note: begins with {settings.start.source}, {critic}")
    if settings.federation is not None:
        for line in terms_told(settings.federation, settings.budget.iterations):
            output.print_status(f"note: {line}")
    return folder


def _begun_beside(scenario: Scenario | None, member: Member, other: Member, trust: bool) -> RunFolder:
    """The folder of a new run with the settings of another run, and with a seed, a budget and machines of its own."""
    options, path = member
    former = _agreed(scenario, *other)
    former.is_trusted = trust
    ensure_trusted(former)
    settings = replace(
        former.settings,
        training=replace(former.settings.training, seed=options.settings["seed"]),
        budget=options.budget or former.settings.budget,
        target=target_of(options.target, options.margin, former.settings.target),
    )
    ensure_room_for(options, settings.training, path)
    folder = begin(former.scenario, settings, path, trust=trust)
    folder.placement = former.placement
    return folder


def _resumed(scenario: Scenario | None, options: TrainOptions, out: Path | None, trust: bool) -> RunFolder:
    """The folder of an earlier run, which goes on."""
    if out is None:
        default = choose_scenario(Choice()) if scenario is None else scenario
        out = _default_folder(default, options.algorithm, options)
    folder = _agreed(scenario, options, out)
    target = target_of(options.target, options.margin, folder.settings.target)
    return resume(folder, options.budget, target, trust=trust, tell=lambda line: output.print_status(f"note: {line}"))


def _agreed(scenario: Scenario | None, options: TrainOptions, out: Path) -> RunFolder:
    """The folder of an earlier run, once all given options agree with it.

    Code that the options name is the user's own and runs without `--trust`, from the user's own files.
    """
    folder = RunFolder.open_run(out)
    options.ensure_same(folder.settings)
    has_districts = folder.settings.federation is not None
    folder.placement = checked_placement(options.placement, folder.settings.training, has_districts=has_districts)
    if scenario is not None and scenario.hash() != folder.scenario.hash():
        what = f"{out} was trained on another scenario than {scenario.name}"
        raise UsageError("scenario", what, "leave it out, or begin another run without --resume")
    if scenario is not None:
        folder.scenario = scenario
    folder.settings = replace(folder.settings, training=options.with_own_files(folder.settings.training))
    named = {"scenario": scenario, "target": options.target, "imitate": options.start.get("imitate")}
    named |= {"districts": (options.federated or {}).get("districts")}
    folder.named = frozenset(options.settings) | {name for name, given in named.items() if given is not None}
    return folder


def _train(folder: RunFolder) -> None:
    """Trains with a display on stderr. Prints the result and a command that uses the policy."""
    output.print_compilation_status()
    training = folder.settings.training
    title = f"{training.algorithm} on {_subject(folder)}, into {folder.path}"
    with training_display(title) as watch:
        report = run_training(folder, drawing(folder, title, watch))
    state = folder.state
    if report.doing == "stopped":
        output.print_status(f"saved at iteration {state.iteration}; continue with: {resume_command(folder)}")
        raise KeyboardInterrupt
    print(line(report))
    if report.goal is not None:
        print(verdict(report))
    if folder.settings.federation is not None:
        _tell_districts(folder)
        return
    scenario = shlex.quote(str(folder.path / SCENARIO))
    trusting = " --trust" if code_of_use(folder) else ""
    beside = state.classical[0][0] if state.classical else "actuated"
    strategies = shlex.quote(f"{beside},{folder.path}")
    print(printable(f"use it with: {program()} compare {scenario} --strategies {strategies}{trusting}"))


def _tell_districts(folder: RunFolder) -> None:
    """Prints the privacy of a federated training, and commands that use its policy in its districts."""
    privacy = privacy_reached(folder)
    if privacy is not None:
        print(privacy)
    trusting = " --trust" if code_of_use(folder) else ""
    for command in uses_told(folder, trusting):
        print(printable(f"use it with: {command}"))


def _subject(folder: RunFolder) -> str:
    """The traffic of a training in words."""
    scenario, training = folder.scenario.name, folder.settings.training
    if folder.settings.federation is not None:
        return folder.settings.federation.traffic
    if training.random is None:
        return scenario
    named = [*([] if scenario == STAND_IN else [scenario]), *training.also]
    return " and ".join([f"{training.random} random scenarios", *named])


def _default_folder(scenario: Scenario, algorithm: str, options: TrainOptions) -> Path:
    """The folder of a run that names none. Districts with scenarios of their own have no name in common."""
    name = "federated" if options.federated is not None and not options.divides else scenario.name
    return Path(RUNS) / f"{re.sub(r'[^A-Za-z0-9_.-]+', '_', name)}_{algorithm}"


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """The values that were given. A flag that may be repeated gives an empty list if it is missing."""
    return {name: value for name, value in values.items() if value is not None and value != []}
