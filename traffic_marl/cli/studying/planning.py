"""Plans of trainings: `train --plan`, and the number of runners that the user leaves to a measurement."""

from pathlib import Path

from traffic_marl.cli import output
from traffic_marl.cli.choosing.options import TrainOptions
from traffic_marl.cli.choosing.planned import print_plan
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario
from traffic_marl.learning.placing.checks import checked_placement
from traffic_marl.learning.placing.choosing import RUNNERS, ensure_plannable, ensure_possible, is_left_open, make_plan
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import ensure_new
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario


def print_plan_of(choice: Choice, options: TrainOptions, former: Path | None) -> None:
    """Prints how a training would be placed.

    Args:
        choice: of the scenario.
        options: of the training.
        former: folder of the run that would go on, or None for a new one.
    """
    if former is None:
        scenario, training = choose_scenario(choice), options.training(trust=choice.trust)
    else:
        folder = RunFolder.open_run(former)
        options.ensure_same(folder.settings)
        scenario, training = folder.scenario, folder.settings.training
    chooses = is_left_open(options.settings)
    ensure_plannable(training, RUNNERS if chooses else "plan", has_districts=options.federated is not None)
    if not chooses:
        checked_placement(options.placement, training)
    _tell_measurement(options)
    found = make_plan(scenario, training, options.placement, chooses=chooses)
    print_plan(f"{training.algorithm} on {scenario.name}", found)


def settled(scenario: Scenario, options: TrainOptions, path: Path | None, *, trust: bool) -> TrainOptions:
    """The options with a number of runners, which is measured if the user has left it open.

    Args:
        scenario: the traffic to learn on.
        options: of the training.
        path: of the folder that will be made, which must not exist yet. None checks none.
        trust: whether code in the folders of trained policies may be executed.

    Raises:
        TrafficError: the folder exists, a setting is wrong, or the demand finds no room.
    """
    if not is_left_open(options.settings):
        return options
    if path is not None:
        ensure_new(path, "out")
    ensure_plannable(options.training(trust=trust), RUNNERS, has_districts=options.federated is not None)
    _tell_measurement(options)
    return options.settled(scenario, trust=trust, tell=lambda line: output.print_status(f"note: {line}"))


def ensure_room_for(options: TrainOptions, training: TrainingSettings, path: Path) -> None:
    """Checks that the cluster can be joined and that the demand finds room, before the folder of a new run is made.

    Args:
        options: of the training.
        training: its settings.
        path: of the folder, which must not exist yet.

    Raises:
        TrafficError: the folder exists, there is no such cluster, or the demand finds no room.
    """
    ensure_new(path, "out")
    if options.federated is None:
        ensure_possible(training, options.placement)


def _tell_measurement(options: TrainOptions) -> None:
    """Says on stderr why nothing else happens for a while."""
    output.print_compilation_status()
    where = "this machine" if options.placement.is_local else options.placement.address
    output.print_status(f"measuring on {where} for ten seconds ...")
