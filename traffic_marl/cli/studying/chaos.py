"""The command `chaos`: whether what is learnt survives faults of processes and of the roadside."""

import re
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from traffic_marl.chaos.outcomes import Study
from traffic_marl.chaos.plan import When, plan
from traffic_marl.chaos.schedule import Schedule, default_schedules, schedule_of
from traffic_marl.chaos.study import BESIDE, DEFAULT_SEEDS, MOST_SEEDS, Trainings, check, study
from traffic_marl.chaos.table import render_study, study_to_csv, study_to_json
from traffic_marl.checks import at_least_one
from traffic_marl.cli import output
from traffic_marl.cli.arguments import ensure_different
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.placement import with_placement_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_remarks
from traffic_marl.cli.json_option import Json, ensure_json_writable, file_of, is_printed, write_json
from traffic_marl.cli.training_flags import errors_name_flags, with_setting_flags
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable, replace_text
from traffic_marl.learning.placing.checks import checked_placement
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.runs.budget import Budget, Validation, budget_of
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.program import program
from traffic_marl.scenario import Scenario

FLAG = "--fault"


@with_scenario_flags
@with_setting_flags
@with_placement_flags
def chaos_command(
    choice: Choice,
    placement: Placement,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            FLAG,
            metavar="FAULTS",
            help="Faults that are met together, with commas between them. May be repeated. A process is struck at a "
            "share of the budget, such as runner@0.5, learner@0.5, driver@0.5, node@0.5 or hang@0.5, or at random "
            "moments, such as driver*3. At the roadside: blind=0.1, lost=0.3 and all others of compare "
            "--degrade. [default: each process that the training has once, and six faults of the roadside]",
        ),
    ] = None,
    when: Annotated[
        list[When] | None,
        typer.Option(
            metavar="PLACE",
            help="Where faults of the roadside are met: in the training, in the use of the undisturbed policies, or in "
            "both. May be repeated. [default: all three]",
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option(metavar="N", help="Trainings of each kind, with the seeds from --seed on.")
    ] = DEFAULT_SEEDS,
    iterations: Annotated[int | None, typer.Option(metavar="N", help="Iterations of each training.")] = None,
    minutes: Annotated[float | None, typer.Option(metavar="MIN", help="Minutes of each training.")] = None,
    agent_steps: Annotated[
        int | None, typer.Option(metavar="N", help="Decisions of single intersections of each training.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder of the study. What it holds is not made again. [default: chaos/SCENARIO]"
        ),
    ] = None,
    beside: Annotated[
        str, typer.Option(metavar="STRATEGY", help="Strategy that is measured in the same traffic.")
    ] = BESIDE,
    validate_every: Annotated[
        int | None, typer.Option(metavar="N", help=f"Iterations between validations. [default: {Validation.every}]")
    ] = None,
    validation_seeds: Annotated[
        int | None, typer.Option(metavar="N", help=f"Number of validation seeds. [default: {Validation.seeds}]")
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="File for CSV, one line a training and use.")] = None,
    json: Json = None,
    **settings: Any,
) -> None:
    """Train under faults, and compare the delays.

    Processes are killed in earnest, and each training goes on by --resume. At the roadside detectors, messages and
    controllers fail. Ctrl-C saves. The same command goes on.
    """
    ensure_different({"--csv": csv, "--json": file_of(json)})
    if csv is not None:
        ensure_writable(csv, "--csv")
    ensure_json_writable(json)
    at_least_one("--seeds", seeds, MOST_SEEDS)
    given = {name: value for name, value in settings.items() if value not in (None, [])}
    validation: dict[str, Any] = {"every": validate_every, "seeds": validation_seeds, "classical": False}
    with errors_name_flags():
        budget = budget_of(iterations, minutes, agent_steps)
        if budget is None:
            raise UsageError("iterations", "each training needs a budget", "give iterations, minutes or agent-steps")
        chosen = Validation(**{name: value for name, value in validation.items() if value is not None})
        trainings = _trainings(TrainingSettings.chosen(**given), budget, chosen, seeds, placement)
        schedules = _schedules(fault, trainings)
        scenario = choose_scenario(choice)
        tell_remarks(scenario, choice.strict)
        found = _made(scenario, schedules, trainings, out or default_folder(scenario), when, beside)
    if csv is not None:
        replace_text(csv, "--csv", study_to_csv(found))
    write_json(json, study_to_json(found))
    if is_printed(json):
        output.print_json(study_to_json(found))
        return
    for place, table in enumerate(render_study(found)):
        if place:
            output.print_line()
        output.print_table(table)


def default_folder(scenario: Scenario) -> Path:
    """The folder of a study, named after its scenario in plain letters."""
    return Path("chaos") / re.sub(r"[^A-Za-z0-9_.-]+", "_", scenario.name)


@contextmanager
def ended_as_by_ctrl_c() -> Iterator[None]:
    """In a `with` block, SIGTERM does as Ctrl-C, so that the training in progress is saved."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _trainings(
    settings: TrainingSettings, budget: Budget, validation: Validation, seeds: int, placement: Placement
) -> Trainings:
    """The trainings, once their processes are found to suit the machines."""
    return Trainings(settings, budget, validation, seeds, checked_placement(placement, settings))


def _schedules(fault: list[str] | None, trainings: Trainings) -> tuple[Schedule, ...]:
    """The schedules that are given, or those that suit the trainings."""
    given = tuple(schedule_of(text, FLAG) for text in fault or ())
    schedules = given or default_schedules(trainings.settings)
    check(schedules, trainings, FLAG)
    return schedules


def _made(
    scenario: Scenario,
    schedules: tuple[Schedule, ...],
    trainings: Trainings,
    out: Path,
    when: list[When] | None,
    beside: str,
) -> Study:
    """The study, with a bar on stderr while it is made."""
    whens = tuple(when or When)
    planned = plan(scenario, schedules, whens)
    count = len(planned.trained) * trainings.count
    output.print_status(f"{count} training{'' if count == 1 else 's'} of {trainings.budget} into {out}")
    output.print_compilation_status()
    try:
        with output.progress_bar() as progress, ended_as_by_ctrl_c():
            return study(scenario, schedules, trainings, out, whens=whens, beside=beside, progress=progress)
    except KeyboardInterrupt:
        output.print_status(f"what is finished is kept in {shlex.quote(str(out))}; the same {program()} chaos goes on")
        raise
