"""Training: `train` for Python, and its steps: begin a run or resume it, then iterate until the budget is used."""

from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

from traffic_marl.checks import ensure_function, shown
from traffic_marl.errors import UsageError
from traffic_marl.files import locked
from traffic_marl.imported import is_reference
from traffic_marl.learning.algorithms import in_mode
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.learning.environment import STAND_IN, ScenarioEnvironment
from traffic_marl.learning.federated.checks import checked_federation, ensure_federable
from traffic_marl.learning.federated.federation import Federation
from traffic_marl.learning.federated.run import train_districts
from traffic_marl.learning.iterations import Learner
from traffic_marl.learning.layouts import ensure_sufficient
from traffic_marl.learning.offline.data_set import DataSet, meaning_of
from traffic_marl.learning.offline.following import decisions_apart
from traffic_marl.learning.placing.checks import checked_placement
from traffic_marl.learning.placing.choosing import (
    RUNNERS,
    ensure_plannable,
    ensure_possible,
    is_left_open,
    with_chosen_runners,
    without_runners,
)
from traffic_marl.learning.placing.placement import HERE, Placement
from traffic_marl.learning.recovering.training import train_through_losses
from traffic_marl.learning.resuming import ensure_trainable, ensure_trusted, hashes_of, losses_explained
from traffic_marl.learning.runs.budget import DEFAULT_ITERATIONS, Budget, Validation, budget_of, target_of
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import ensure_new
from traffic_marl.learning.runs.progress import Log, Report, Watch, ignore
from traffic_marl.learning.runs.state import RunSettings, RunState
from traffic_marl.learning.runs.validation import ensure_usable, seeds_to_validate
from traffic_marl.learning.settings import TrainingSettings, ensure_known
from traffic_marl.learning.starting.sources import first_weights, inherited, source_of
from traffic_marl.learning.starting.start import CRITIC, Start, start_of
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.version import versions

TRIED_COPIES = 2  # of the traffic, so that a function that forgets the copies is found out


def train(
    scenario: Scenario | str | Path | None = None,
    out: str | Path | None = None,
    *,
    iterations: int | None = None,
    minutes: float | None = None,
    agent_steps: int | None = None,
    start: str | Path | None = None,
    imitate: str | Path | None = None,
    critic_warmup: int | None = None,
    target: str | Path | None = None,
    margin: float | None = None,
    validation: Validation | None = None,
    placement: Placement | None = None,
    federation: Federation | None = None,
    watch: Watch | None = None,
    **settings: Any,
) -> Report:
    """Trains a policy and keeps it in a folder. The folder's path is then the name of a strategy.

    Args:
        scenario: a scenario, the name of one that is shipped, or the path of a script or JSON file. With `random` it
            stands beside random scenarios, and may be left out.
        out: path of the new folder.
        iterations: number of iterations to train. The default is 200, if neither `minutes` nor `agent_steps` are given.
        minutes: [min] time to train, validations included, in place of `iterations`.
        agent_steps: decisions of single intersections to train, in place of `iterations`. The iteration that reaches
            them is the last.
        start: folder of a trained policy whose weights are the first ones. Settings of what it sees, what it may choose
            and what its network is are those of its training, unless others are given.
        imitate: strategy whose choices are learnt before the first iteration.
        critic_warmup: iterations in which the critic alone learns. The default is 4 with `start` or `imitate`, else 0.
        target: strategy that ends the training before its budget does, once the policy beats it on the validation
            seeds. A name with parameters, `file.py:Name`, or the folder of a trained policy.
        margin: share of the mean delay of the `target` by which the policy has to be better. The default is 0.02.
        validation: seeds and frequency of the validation. None takes the defaults of `Validation`.
        placement: machines on which the runners and learners work, and what each takes there. None is this machine.
        federation: districts that train where their data is. `scenario` is then the one that they divide, or left out.
        watch: called with a report before and after every step.
        settings: values for fields of `TrainingSettings`, such as `algorithm="dqn"` or `reward=my_reward`. The others
            have the defaults of the algorithm. With `asynchronous=True` ppo becomes appo, with False appo becomes ppo.

    Returns:
        The last report. Its `best_delay` [s/veh] is that of the best policy on the validation seeds, and its
        `is_reached` says whether that policy beats the target.

    Raises:
        UsageError: a setting is wrong, or a library is not installed.
        FileError: `out` exists already or cannot be written.
        TrafficError: the scenario cannot be used.
    """
    if not isinstance(out, str | Path):
        raise UsageError("out", f"{shown(out)} is not a path", "give the path of a new folder")
    if validation is not None and not isinstance(validation, Validation):
        raise UsageError("validation", f"{shown(validation)} is not a Validation", "give one, or leave it out")
    if watch is not None:
        ensure_function("watch", watch, ("report",))
    budget = budget_of(iterations, minutes, agent_steps) or Budget(DEFAULT_ITERATIONS)
    training, where = settings_from(start, without_runners(settings)), placement
    if is_left_open(settings):
        ensure_plannable(training, RUNNERS, has_districts=federation is not None)
        training, where = with_chosen_runners(_traffic(scenario, training), training, placement or HERE, _unheard)
    where = checked_placement(where, training, has_districts=federation is not None)
    begun = start_of(start, imitate, critic_warmup, training.traits)
    aim = target_of(target, margin)
    run = RunSettings(
        training, budget, validation or Validation(), aim, begun, checked_federation(federation, scenario)
    )
    chosen = _traffic(scenario, training, has_districts=federation is not None)
    ensure_new(Path(out), "out")
    if federation is None:
        ensure_possible(training, where)
    folder = begin(chosen, run, Path(out))
    folder.placement = where
    return run_training(folder, watch)


def _traffic(
    scenario: Scenario | str | Path | None, settings: TrainingSettings, *, has_districts: bool = False
) -> Scenario:
    """The scenario of a training, for which random ones and districts need no name.

    Raises:
        UsageError: there is none.
        TrafficError: it cannot be loaded.
    """
    if scenario is None and settings.random is None and not has_districts:
        raise UsageError("scenario", "there is none to train on", "give one, or random=8 for random scenarios")
    return load_scenario(STAND_IN if scenario is None else scenario)


def _unheard(line: str) -> None:
    """Hears a remark and does nothing."""


def settings_from(start: str | Path | None, choices: dict[str, Any], *, trust: bool = False) -> TrainingSettings:
    """Settings of which some are chosen. The others are those of the policy that a training begins with, or defaults.

    Args:
        start: folder of a trained policy, or None.
        choices: values of settings by name.
        trust: whether code in the folder may be executed.

    Raises:
        TrafficError: there is no such policy, or a setting is wrong.
    """
    choices = in_mode(choices)
    ensure_known(choices)
    source = Start(source=start).source  # type: ignore[arg-type]
    former = {} if source is None else inherited(source_of(source, trust=trust), choices)
    recorded = {} if choices.get("data") is None else meaning_of(choices)
    return TrainingSettings.chosen(**{**former, **recorded, **choices})


def begin(scenario: Scenario, settings: RunSettings, path: Path, *, trust: bool = False) -> RunFolder:
    """Makes the folder of a new run, without any training.

    Args:
        scenario: the traffic to learn on.
        settings: of the run.
        path: of the new folder.
        trust: whether code in the folders of trained policies may be executed.

    Raises:
        UsageError: a library that the algorithm needs is not installed.
        FileError: `path` exists already or cannot be written.
        TrafficError: the scenario cannot be used.
    """
    ensure_new(path, "out")
    ensure_trainable(settings.training)
    if settings.federation is not None:
        ensure_federable(scenario, settings)
    ensure_controllable(scenario, settings.training)
    if settings.training.data is not None:
        _ensure_data(scenario, settings.training)
    draws = settings.training.random is not None
    seeds = seeds_to_validate(scenario, settings.validation.seeds, draws=draws)
    trained_on = (scenario, *map(load_scenario, settings.training.also))
    if settings.target is not None:
        strategy = choose_strategy(settings.target.strategy, "target", trust=trust)
        for validated_on in trained_on if draws else trained_on[:1]:
            ensure_usable(validated_on, strategy, seeds)
    settings.start.ensure_fit(settings.training.traits)
    if settings.start.imitate is not None:
        strategy = choose_strategy(settings.start.imitate, "imitate", trust=trust)
        every = settings.training.interval
        between = decisions_apart(strategy, every, "imitate") * every
        for imitated_on in trained_on:
            ensure_usable(imitated_on, strategy, seeds, between)
        from traffic_marl.learning.starting.imitation import ensure_enough

        ensure_enough(scenario, settings.training, settings.budget.agent_steps)
    weights = _weights(scenario, settings, trust=trust)
    state = RunState(validation_seeds=seeds, also=hashes_of(settings.training), scenario=scenario.hash())
    folder = RunFolder.create(path, scenario, settings, state, weights)
    folder.is_trusted = True
    return folder


def _weights(scenario: Scenario, settings: RunSettings, *, trust: bool) -> dict[str, bytes]:
    """The files with the weights that a training begins with. None if they are drawn."""
    if settings.start.source is None:
        return {}
    files = first_weights(source_of(settings.start.source, trust=trust), scenario, settings.training)
    if settings.federation is not None and not settings.federation.divides:
        files.pop(CRITIC, None)  # its size depends on the networks of the districts
    return files


def _ensure_data(scenario: Scenario, settings: TrainingSettings) -> None:
    """Checks that the recorded decisions are whole and fit the scenario.

    Raises:
        FileError: they are damaged.
        UsageError: they do not fit.
    """
    data = DataSet.open(Path(str(settings.data)))
    data.ensure_fit(scenario, ScenarioEnvironment(scenario, settings)(1).layout)
    data.ensure_whole()


def run_training(folder: RunFolder, watch: Watch | None = None, stop: Event | None = None) -> Report:
    """Trains until the budget is used or the target is reached, or until Ctrl-C or SIGTERM. Saves before it returns.

    The run continues from its last checkpoint. It goes on without a runner that is lost, and from its last checkpoint
    after the loss of a learner. A second Ctrl-C stops at once, without saving.

    Args:
        folder: from `begin` or `resume`.
        watch: called with a report before and after every step.
        stop: asks for the end after the present iteration, in place of Ctrl-C and SIGTERM.

    Returns:
        The last report. Its `doing` is "done", or "stopped" if a part of the budget is left.

    Raises:
        FileError: the folder cannot be written, is damaged, or another process trains in it.
        UsageError: the folder has code or pickles that are not trusted.
        ProcessError: ray or the processes of the training are killed again and again. The last checkpoint is kept.
        TrafficError: the scenario cannot be used.
    """
    ensure_trusted(folder)
    with locked(folder.path):
        folder.sweep()
        folder.write_versions(versions())
        if folder.settings.federation is not None:
            with closing(Log(folder)) as log:
                return train_districts(folder, log, watch or ignore)
        with losses_explained(folder) as word:
            make = partial(make_learner, folder.scenario, folder.settings.training, word, folder.placement)
            return train_through_losses(folder, watch or ignore, make, stop)


def make_learner(
    scenario: Scenario, settings: TrainingSettings, last_word: str = "", placement: Placement = HERE
) -> Learner:
    """A new learner of the algorithm in the settings.

    Args:
        scenario: the traffic to learn on.
        settings: of the training.
        last_word: line that is printed if this process is killed, for learners with processes that can print it.
        placement: where its processes work.

    Raises:
        UsageError: a library that the algorithm needs is not installed.
    """
    ensure_trainable(settings)
    if settings.traits.has_tables:
        from traffic_marl.learning.tabular import TabularLearner

        return TabularLearner(scenario, settings)
    from traffic_marl.learning.rllib.learner import RllibLearner

    return RllibLearner(scenario, settings, last_word, placement)


def ensure_controllable(scenario: Scenario, settings: TrainingSettings) -> None:
    """Checks that the scenario makes an environment with these settings.

    A reward or an observation of the user's own is tried out for one decision. A runner in another process could not
    tell the user about its mistakes.

    Raises:
        TrafficError: it does not, or what the user's functions give is of no use.
    """
    make = ScenarioEnvironment(scenario, settings)
    ensure_sufficient(make(settings.copies).layout, settings)
    if is_reference(settings.reward) or is_reference(settings.observation):
        tried = make(TRIED_COPIES)
        tried.reset()
        tried.step(np.zeros((TRIED_COPIES, len(tried.intersections)), np.int32))
