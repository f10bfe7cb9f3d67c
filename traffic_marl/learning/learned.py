"""Trained policies as strategies: `runs/NAME`, or `pretrained/NAME` for the shipped ones."""

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from traffic_marl.actions.choice import GAP_OUT, OWN_MOMENTS
from traffic_marl.checks import ensure_installed
from traffic_marl.errors import StrategyError, suggest
from traffic_marl.imported import is_reference
from traffic_marl.learning.acting import Acting, Learned
from traffic_marl.learning.algorithms import ALGORITHMS
from traffic_marl.learning.policies import PolicyFacts, StoredPolicy
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import STATE
from traffic_marl.learning.runs.own_files import found_name
from traffic_marl.learning.runs.retrying import while_training
from traffic_marl.learning.trust import untrusted
from traffic_marl.program import program
from traffic_marl.reading import ensure_nameable
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.notation import read_values
from traffic_marl.strategies.parameters import choice, parameters_of, seconds
from traffic_marl.units import HOUR

PACKAGE = Path(__file__).parents[1]
SHIPPED, RUNS = "pretrained", "runs"
FOLDERS = (PACKAGE, PACKAGE.parent)  # SHIPPED lies in the installed package or in the repository


@dataclass(frozen=True)
class Options:
    """Options that may be written after the name of a learned strategy."""

    choose: str = choice(
        "greedy",
        ("greedy", "sampled"),
        "a way to choose",
        "the most probable phase, or a random one by the probabilities",
    )
    checkpoint: str = choice(
        "best", ("best", "last"), "a checkpoint", "the best one on the validation seeds, or the last one"
    )
    interval_s: int | None = seconds(None, "time between decisions, by default that of the training")
    longest_wait_s: int | None = seconds(None, "bound of the wait of a call, by default that of the training")
    longest_green_s: int | None = seconds(None, "green after which another call follows, by default as in the training")


def is_learned(text: str) -> bool:
    """Whether a strategy is written as the path of a folder, not as a name of the catalogue."""
    name = _split(text)[0]
    return "/" in name or "\\" in name or os.path.isfile(Path(name) / STATE)


def load_learned(text: str | Path, *, trust: bool = False) -> NamedStrategy:
    """The strategy written as `runs/NAME` or `runs/NAME:key=value,key=value`. It needs torch, but not ray.

    The weights are read at once, so that a training may go on in the folder meanwhile. Nothing of the folder is
    executed, unless the policy has an observation of the author's own and `trust` allows it.

    Args:
        text: path of the folder of a run. `pretrained/NAME` is also searched among the shipped ones. The keys are the
            fields of `Options`.
        trust: whether code in the folder may be executed.

    Raises:
        StrategyError: there is no such folder, or an option is wrong.
        FileError: the folder is damaged.
        UsageError: torch is not installed, or the folder has code that is not trusted.
    """
    name, options = split_options(str(text))
    path = find_run(name)
    policy = while_training(path, lambda run: chosen_policy(run, name, last=options.checkpoint == "last"))
    facts = policy.facts
    if facts.kind == "actor":
        ensure_installed(name, "torch")
    if options.choose == "sampled" and ALGORITHMS[facts.algorithm].is_value_based:
        what = f"{facts.algorithm} learns values of phases, not probabilities"
        raise StrategyError(f"{name}:choose=sampled", what, "leave it out")
    if is_reference(facts.observation) and not trust:
        raise untrusted(name, [facts.observation.partition(":")[0]])
    bound, green = _limits(name, facts, options)
    acting = Acting(facts.interval, found_name(facts.observation, path), facts.action, bound, green)
    learned = Learned(policy, acting, options.choose == "sampled", *_training(path))
    return NamedStrategy(str(text), learned, options.interval_s)


def _training(path: Path) -> tuple[str, float]:
    """The training of a run in words, and the simulation that it sampled [h], times intersections.

    The runs of validations are not counted, nor the training of a policy that it began with.
    """
    run = RunFolder.open_run(path)
    settings, state = run.settings.training, run.state
    traffic = run.scenario.name if settings.random is None else f"{settings.random} random scenarios and more"
    traffic = traffic if run.settings.federation is None else run.settings.federation.traffic
    warm = f", begun with {run.settings.start}" if run.settings.start.is_warm else ""
    return f"trained by {settings.algorithm} on {traffic}{warm}", state.agent_steps * settings.interval / HOUR


def _limits(name: str, facts: PolicyFacts, options: Options) -> tuple[int | None, int]:
    """[s] The bound of waits and the longest green that the user wants, or those of the training.

    Raises:
        StrategyError: the policy's action space has no such limits.
    """
    for key in ("longest_wait_s", "longest_green_s"):
        wanted = getattr(options, key)
        if wanted is not None and facts.action not in OWN_MOMENTS:
            what = f"its action space is {facts.action}, which has no such limit"
            raise StrategyError(f"{name}:{key}={wanted}", what, f"leave it out, or train with --action {GAP_OUT}")
    bound = facts.longest_wait if options.longest_wait_s is None else options.longest_wait_s
    return bound, facts.longest_green if options.longest_green_s is None else options.longest_green_s


def chosen_policy(run: RunFolder, name: str, *, last: bool = False) -> StoredPolicy:
    """The best policy of a run on its validation seeds, or the last one.

    Args:
        run: the run.
        name: of the run, for errors.
        last: whether the last one is wanted.

    Raises:
        StrategyError: there is none yet.
        FileError: it is damaged.
    """
    checkpoint = run.state.last if last else run.state.best or run.state.last
    if checkpoint is None:
        raise StrategyError(name, "has no checkpoint yet", "train it longer")
    return run.policy(checkpoint)


def find_run(name: str) -> Path:
    """The folder of a run, searched in the present directory and, as `pretrained/NAME`, among the shipped ones.

    Raises:
        StrategyError: there is none.
    """
    ensure_nameable(Path(name), None)
    path = Path(name)
    shipped = [folder / path for folder in FOLDERS] if path.parts[:1] == (SHIPPED,) else []
    for each in (path, *shipped):
        if os.path.isfile(each / STATE):
            return each
    if os.path.isdir(path):
        raise StrategyError(name, "holds no run", "give a folder made by `train --out`")
    known = shipped_runs()
    remedy = (
        suggest(name, known) if shipped and known else f"train it with: {program()} train --out {shlex.quote(name)}"
    )
    raise StrategyError(name, "there is no such run", remedy)


def shipped_runs() -> list[str]:
    """Names of the shipped policies, `pretrained/NAME`, sorted."""
    found = {path.parent.name for folder in FOLDERS for path in (folder / SHIPPED).glob(f"*/{STATE}")}
    return [f"{SHIPPED}/{name}" for name in sorted(found)]


def shipped_for(scenario: Scenario) -> list[str]:
    """Name of the shipped policy that was trained on this scenario, or on all of its demand, if there is one."""
    name = f"{SHIPPED}/{scenario.name}"
    if name not in shipped_runs():
        return []
    own = RunFolder.open_run(find_run(name)).scenario
    whole = {"window_s": None, "clearing_s": own.clearing_s}
    alike = scenario if scenario.window_s is None else scenario.model_copy(update=whole)
    return [name] if alike.hash() == own.hash() else []


def runs_here() -> list[str]:
    """Paths of the runs in the folder `runs` of the present directory, sorted."""
    return sorted(path.parent.as_posix() for path in Path(RUNS).glob(f"*/{STATE}"))


def split_options(text: str) -> tuple[str, Options]:
    """The path of the folder and the options of a learned strategy.

    Raises:
        StrategyError: an option is wrong.
    """
    name, rest = _split(text)
    return name, _options(name, rest)


def _split(text: str) -> tuple[str, str]:
    """Path and options of `path:key=value,key=value`. A colon without an option after it belongs to the path."""
    match = re.fullmatch(r"(.*?)(?::(\s*\w+\s*=.*))?", text.strip(), flags=re.DOTALL)
    assert match is not None, "every text is a path at least"
    return match[1].strip(), match[2] or ""


def _options(name: str, text: str) -> Options:
    """The options written as `key=value,key=value`.

    Raises:
        StrategyError: a key or a value is wrong.
    """
    values, _ = read_values(name, text, parameters_of(Options)) if text else ({}, None)
    return Options(**values)
