"""A trained policy as a strategy like any other: `runs/NAME`, or `pretrained/NAME` for those that are shipped."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.arrays import Ints, Singles
from traffic_marl.errors import StrategyError
from traffic_marl.learning.policies import ensure_installed, load_policy, read_facts
from traffic_marl.learning.policy import Policy
from traffic_marl.learning.runs.folder import STATE, RunFolder, damaged
from traffic_marl.observation import Encoder
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import Readings
from traffic_marl.strategies.catalogue import NamedStrategy
from traffic_marl.strategies.parameters import choice, parameters_of, seconds
from traffic_marl.strategies.strategy import Conditions

PACKAGE = Path(__file__).parents[1]
SHIPPED, RUNS = "pretrained", "runs"
FOLDERS = (PACKAGE, PACKAGE.parent)  # of an installed package, of the repository: SHIPPED lies in one of them
VALUES = ("dqn", "tabular-q")  # algorithms without probabilities


@dataclass(frozen=True)
class Options:
    """What may be written after the name of a learned strategy."""

    choose: str = choice(
        "greedy", ("greedy", "sampled"), "a way to choose", "the likeliest phase, or one drawn by likelihood"
    )
    checkpoint: str = choice("best", ("best", "last"), "a checkpoint", "the best on the validation seeds, or the last")
    interval_s: int | None = seconds(None, "time between decisions; that of training if not given")


@dataclass(frozen=True)
class Learned:
    """A trained policy from its folder; sees readings alone, as every strategy does."""

    folder: Path  # with policy.json and policy.npz
    interval: int  # [s] between decisions, as in training
    observation: str
    samples: bool = False  # draws phases by their probabilities, in place of the likeliest

    def start(self, conditions: Conditions) -> "LearnedController":
        """A controller that asks the policy, if it can work on this network."""
        encoder = Encoder(conditions.network, conditions.timing, conditions.interval, self.observation)
        policy = load_policy(self.folder, conditions.network, encoder.layout)
        return LearnedController(policy, encoder, conditions.seeds if self.samples else None)


@dataclass(frozen=True, eq=False)
class InTraining:
    """A policy that is being trained, at work on the network that it is trained on; always greedy."""

    policy: Policy
    interval: int  # [s] between decisions
    observation: str

    def start(self, conditions: Conditions) -> "LearnedController":
        """A controller that asks the policy."""
        encoder = Encoder(conditions.network, conditions.timing, conditions.interval, self.observation)
        return LearnedController(self.policy, encoder, None)


class LearnedController:
    """Asks a policy.

    Args:
        policy: fit for the network.
        encoder: makes the observations it was trained on.
        seeds: (B,) of the copies, where phases are drawn by their probabilities; None: the likeliest.
    """

    def __init__(self, policy: Policy, encoder: Encoder, seeds: tuple[int, ...] | None) -> None:
        self.policy = policy
        self.encoder = encoder
        self._draws = None if seeds is None else [np.random.default_rng(seed) for seed in seeds]

    def decide(self, readings: Readings) -> Ints:
        """Phases asked for, (B, N)."""
        probabilities = self.probabilities(readings)
        if self._draws is None:
            return np.asarray(probabilities.argmax(axis=2), dtype=np.int32)
        lots = np.stack([draws.random(probabilities.shape[1]) for draws in self._draws])
        return drawn(probabilities, lots)

    def probabilities(self, readings: Readings) -> Singles:
        """(B, N, P) how likely the policy asks for each phase when it draws by lot."""
        return self.policy.probabilities(self.encoder(readings))


def drawn(probabilities: Singles, lots: Singles) -> Ints:
    """(B, N) phases drawn from probabilities (B, N, P) by lots (B, N) in [0, 1); never one of probability 0."""
    reached = np.cumsum(probabilities, axis=2, dtype=np.float64)
    reached /= reached[:, :, -1:]
    return np.asarray((lots[:, :, None] >= reached).sum(axis=2), dtype=np.int32)


def is_learned(text: str) -> bool:
    """Whether a strategy is written as a folder's path, not as a name of the catalogue."""
    name = _split(text)[0]
    return "/" in name or "\\" in name or (Path(name) / STATE).is_file()


def load_learned(text: str | Path) -> NamedStrategy:
    """The strategy written as `runs/NAME` or `runs/NAME:key=value,key=value`; it needs torch, not ray.

    The weights themselves are read when a run starts.

    Args:
        text: path of a run's folder; `pretrained/NAME` is looked for among those shipped as well. Keys: those of
            `Options`.

    Raises:
        StrategyError: there is no such folder, or an option is wrong.
        FileError: the folder is damaged.
        UsageError: torch is not installed.
    """
    name, rest = _split(str(text))
    options = _options(name, rest)
    run = RunFolder.open_run(find_run(name))
    chosen = run.state.last if options.checkpoint == "last" else run.state.best or run.state.last
    if chosen is None:
        raise StrategyError(name, "has no checkpoint yet", "train it longer")
    folder = run.checkpoint(chosen)
    facts = read_facts(folder)
    if facts.kind == "actor":
        ensure_installed(name, "torch")
    if options.choose == "sampled" and facts.algorithm in VALUES:
        what = f"{facts.algorithm} learns what phases are worth, not how likely to choose them"
        raise StrategyError(f"{name}:choose=sampled", what, "leave it out")
    if facts.interval < 1:
        raise damaged(run.path, "policy.json")
    learned = Learned(folder, facts.interval, facts.observation, options.choose == "sampled")
    return NamedStrategy(str(text), learned, options.interval_s)


def find_run(name: str) -> Path:
    """The folder of a run, looked for here and, as `pretrained/NAME`, among those shipped.

    Raises:
        StrategyError: there is none.
    """
    path = Path(name)
    shipped = [folder / path for folder in FOLDERS] if path.parts[:1] == (SHIPPED,) else []
    for each in (path, *shipped):
        if (each / STATE).is_file():
            return each
    if path.is_dir():
        raise StrategyError(name, "holds no run", "give the folder that `train --out` made")
    known = shipped_runs()
    remedy = f"there are {', '.join(known)}" if shipped and known else "make it by: train --out " + name
    raise StrategyError(name, "there is no such run", remedy)


def shipped_runs() -> list[str]:
    """Names of the policies shipped, `pretrained/NAME`, sorted."""
    found = {path.parent.name for folder in FOLDERS for path in (folder / SHIPPED).glob(f"*/{STATE}")}
    return [f"{SHIPPED}/{name}" for name in sorted(found)]


def shipped_for(scenario: Scenario) -> list[str]:
    """Names of the policies shipped that bear the scenario's name and were trained on it as it is."""
    name = f"{SHIPPED}/{scenario.name}"
    is_same = name in shipped_runs() and RunFolder.open_run(find_run(name)).scenario().hash() == scenario.hash()
    return [name] if is_same else []


def runs_here() -> list[str]:
    """Paths of the runs in the folder `runs` of where one stands, sorted."""
    return sorted(path.parent.as_posix() for path in Path(RUNS).glob(f"*/{STATE}"))


def _split(text: str) -> tuple[str, str]:
    """Path and options of `path:key=value,key=value`; a colon that no option follows belongs to the path."""
    match = re.fullmatch(r"(.*?)(?::(\s*\w+\s*=.*))?", text.strip(), flags=re.DOTALL)
    assert match is not None, "every text is a path at least"
    return match[1].strip(), match[2] or ""


def _options(name: str, text: str) -> Options:
    """The options written as `key=value,key=value`.

    Raises:
        StrategyError: for a key or a value that is none.
    """
    known = parameters_of(Options)
    values: dict[str, Any] = {}
    for pair in text.split(",") if text else ():
        key, _, value = (part.strip() for part in pair.partition("="))
        where = f"{name}:{key}"
        if key not in known:
            raise StrategyError(where, "not an option of a learned strategy", f"there are {', '.join(known)}")
        if key in values:
            raise StrategyError(where, "is given twice", "give it once")
        values[key] = known[key].read(where, value)
        known[key].check(where, values[key])
    return Options(**values)
