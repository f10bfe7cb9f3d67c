"""Preparation of an earlier run for more training: its trust, its origin, its budget, and the command for it."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from traffic_marl.checks import ensure_installed
from traffic_marl.errors import FileError, ProcessError, UsageError, one_line
from traffic_marl.files import damage
from traffic_marl.files.writing import FULL
from traffic_marl.imported import is_reference
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.learning.federated.checks import code_of_districts
from traffic_marl.learning.iterations import LostProcessError
from traffic_marl.learning.placing.placement import flags_of
from traffic_marl.learning.recovering.checkpoints import use_sound_checkpoint
from traffic_marl.learning.runs.budget import Budget, Target
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import CHECKPOINTS, SETTINGS, TRAINING
from traffic_marl.learning.runs.own_files import kept
from traffic_marl.learning.runs.validation import ensure_usable
from traffic_marl.learning.runs.versions import changed_versions
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.trust import (
    FORMER_CHECKPOINT,
    code_of_scenario,
    code_of_scenarios,
    code_of_settings,
    has_pickles,
    untrusted,
)
from traffic_marl.program import program
from traffic_marl.scenario import load_scenario

BUILT = ("network", "policy", "critic", "hidden")  # settings that the architecture of a policy repeats
USED = ("algorithm", "interval", "observation")  # settings that the facts of a policy repeat


def resume(
    folder: RunFolder,
    budget: Budget | None = None,
    target: Target | None = None,
    *,
    trust: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> RunFolder:
    """Prepares the folder of an earlier run for more training.

    Args:
        folder: of the run.
        budget: replaces the budget of the run, so that it can be longer. Schedules then run over the new one.
        target: replaces the target of the run. A run that has reached its target goes on beyond it with a new budget.
        trust: whether code and pickles in the folder may be executed.
        tell: called with a line about a damaged checkpoint, and about versions of libraries that have changed.

    Raises:
        FileError: the folder is damaged.
        UsageError: nothing of the budget is left, the target is reached, a library is not installed, a scenario has
            changed, or the folder has code or pickles that are not trusted.
    """
    settings, state, path = folder.settings, folder.state, one_line(folder.path)
    folder.is_trusted = folder.is_trusted or trust
    ensure_trainable(settings.training)
    if state.last is not None and not (folder.checkpoint(state.last) / TRAINING).is_dir():
        what = f"{path} holds a policy without the state of its training"
        raise UsageError("resume", what, "begin a new run in another folder")
    use_sound_checkpoint(folder, tell)  # damage is told before anything starts
    state = folder.state
    ensure_trusted(folder)
    _ensure_same_scenarios(folder)
    _ensure_fit(folder)
    if budget is None and target is None:
        _ensure_aim_left(folder)
    if target is not None:
        ensure_usable(folder.scenario, choose_strategy(target.strategy, "target", trust=trust), state.validation_seeds)
    budget, target = budget or settings.budget, target or settings.target
    if budget.is_spent(state):
        used = f"iteration {state.iteration}, {state.seconds:.0f} s, {state.agent_steps:,} agent-steps"
        raise UsageError(
            "resume", f"{path} has used its {budget}: {used}", "give more iterations, minutes or agent-steps"
        )
    for line in changed_versions(folder.versions()):
        tell(line)
    if (budget, target) != (settings.budget, settings.target):
        folder.write_settings(replace(settings, budget=budget, target=target))
    return folder


def ensure_trusted(folder: RunFolder) -> None:
    """Checks that a training executes nothing of the folder that the user has neither trusted nor named.

    Raises:
        UsageError: it would.
    """
    things = [] if folder.is_trusted else code_of_training(folder)
    if things:
        raise untrusted(folder.path, things)


def code_of_training(folder: RunFolder) -> list[str]:
    """Everything that a training would execute because the folder of the run holds or names it.

    Code that the user has named is left out.

    Raises:
        TrafficError: the folder is damaged.
    """
    training, last = folder.settings.training, folder.state.last
    things = code_of_settings(training, folder.path) + _code_of_strategies(folder)
    if "scenario" not in folder.named:
        things += code_of_scenario(folder.scenario)
    if "also" not in folder.named:
        things += code_of_scenarios(training.also)
    federation = folder.settings.federation
    if federation is not None and "districts" not in folder.named:
        things += code_of_districts(federation)
    if last is not None and has_pickles(folder.checkpoint(last) / TRAINING):
        things.append(f"the pickles of version 0.1 or 0.2 in {CHECKPOINTS}/{last}/{TRAINING}/{FORMER_CHECKPOINT}")
    return things


def _code_of_strategies(folder: RunFolder) -> list[str]:
    """Files with the strategies to beat and to imitate that the user has not named, as long as they are needed."""
    target, measured, imitate = folder.settings.target, folder.state.target, folder.settings.start.imitate
    found = []
    if target is not None and "target" not in folder.named and (measured or ("",))[0] != target.strategy:
        found.append(target.strategy)
    if imitate is not None and "imitate" not in folder.named and folder.state.last is None:
        found.append(imitate)
    return [name.partition(".py")[0] + ".py" for name in found if is_reference(name)]


def code_of_use(folder: RunFolder) -> list[str]:
    """Everything that a comparison on the scenario of a run would execute because the folder holds or names it."""
    observation = kept(folder.settings.training).observation
    own = [observation.partition(":")[0]] if is_reference(observation) else []
    return own + code_of_scenario(folder.scenario)


def hashes_of(settings: TrainingSettings) -> tuple[str, ...]:
    """Hashes of the further scenarios on which a policy is trained."""
    return tuple(load_scenario(name).hash() for name in settings.also)


def ensure_trainable(settings: TrainingSettings) -> None:
    """Checks that the libraries of the algorithm are installed.

    Raises:
        UsageError: one is missing.
    """
    if not settings.traits.has_tables:
        ensure_installed("algorithm", "torch", "ray", "gymnasium")


def _ensure_same_scenarios(folder: RunFolder) -> None:
    """Checks that all scenarios are those of the beginning of the run.

    Raises:
        UsageError: one has changed.
    """
    training, state, path = folder.settings.training, folder.state, one_line(folder.path)
    remedy = "restore it, or begin another run"
    if state.scenario is not None and folder.scenario.hash() != state.scenario:
        what = f"the scenario of {path}, or a file that it names, has changed since the run was begun"
        raise UsageError("scenario", what, remedy)
    if hashes_of(training) != state.also:
        what = f"one of {', '.join(training.also)} has changed since {path} was begun"
        raise UsageError("also", what, remedy)


def _ensure_aim_left(folder: RunFolder) -> None:
    """Checks that a run has not reached its target yet.

    Raises:
        UsageError: it has.
    """
    target, state = folder.settings.target, folder.state
    if target is None or state.target is None or state.target[0] != target.strategy or state.best_delay is None:
        return
    if state.best_delay <= target.goal(state.target[1]):
        what = f"{one_line(folder.path)} has beaten {one_line(target.strategy)} by {target.margin:.1%} already"
        remedy = "give iterations, minutes or agent-steps to go on beyond it, or another target or margin"
        raise UsageError("resume", what, remedy)


def _ensure_fit(folder: RunFolder) -> None:
    """Checks that settings and policy of a run belong together, before a network of any size is built.

    Raises:
        FileError: they do not, or the policy is damaged.
    """
    if folder.state.last is None:
        return
    facts, training = folder.policy(folder.state.last).facts, kept(folder.settings.training)
    values = training.to_json()
    built = {name: facts.architecture.get(name) for name in BUILT} if facts.kind == "actor" else {}
    built |= {name: getattr(facts, name) for name in USED}
    if any(value != values[name] for name, value in built.items()):
        raise damage(folder.path, SETTINGS, "does not belong to the policy of the last checkpoint")


def resume_command(folder: RunFolder) -> str:
    """The command that continues a run where it trains."""
    trusting = " --trust" if code_of_training(folder) else ""
    placed = "".join(f" {flag}" for flag in flags_of(folder.placement))
    return f"{program()} train --resume --out {shlex.quote(str(folder.path))}{trusting}{placed}"


@contextmanager
def losses_explained(folder: RunFolder) -> Iterator[str]:
    """In a `with` block, a process that has died and a disk that is full are told in one line that says how to go on.

    Yields:
        The line for the death of this process itself, which another process has to print.

    Raises:
        ProcessError: another process of the training has died.
        FileError: a file cannot be written.
    """
    kept, remedy = "nothing up to its last checkpoint is lost", f"continue with: {resume_command(folder)}"
    killed = "the training was killed, or ray's own processes were"
    try:
        yield str(ProcessError(str(folder.path), f"{killed}, but {kept}", remedy))
    except LostProcessError as error:
        raise ProcessError(str(folder.path), f"{error}, but {kept}", remedy) from error
    except FileError as error:
        if getattr(error.__cause__, "errno", None) not in FULL:
            raise
        raise FileError(error.where, f"{error.what}, but {kept}", f"make room on the disk, then {remedy}") from error
