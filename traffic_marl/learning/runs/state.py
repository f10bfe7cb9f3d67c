"""RunState and RunSettings: the progress of a run, and its settings."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from traffic_marl.checks import LAST_SEED
from traffic_marl.errors import FileError, one_line
from traffic_marl.files import LOCK, damage, ensure_plain, read_object
from traffic_marl.learning.federated.federation import Federation
from traffic_marl.learning.runs.budget import Budget, Target, Validation
from traffic_marl.learning.runs.checkpoints import NAME, Digests
from traffic_marl.learning.runs.new_folder import (
    BY_AGENT_STEPS,
    CHECKPOINTS,
    CURVE,
    PROGRESS,
    SCENARIO,
    SETTINGS,
    START,
    STATE,
    VERSIONS,
)
from traffic_marl.learning.runs.own_files import FILES
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.starting.start import Start
from traffic_marl.learning.validating.means import ARITHMETIC, GEOMETRIC, MEANS
from traffic_marl.reading import ensure_nameable

START_AT_RANDOM = Start()
FORMAT = 1  # of the folder. No other is read.
# Entries of a run folder that must not be links
PLAIN = (
    STATE,
    SETTINGS,
    SCENARIO,
    VERSIONS,
    PROGRESS,
    CURVE,
    BY_AGENT_STEPS,
    *FILES,
    CHECKPOINTS,
    START,
    LOCK,
)
TRIES = 10  # readings of the state of a run that is training meanwhile
LARGEST = 2**53  # of a count
HASH, DIGEST = re.compile(r"[0-9a-f]{12}"), re.compile(r"[0-9a-f]{64}")
LONGEST_NAME = 200  # [characters] of a strategy or a file
PART = re.compile(r"[A-Za-z0-9_]+(\.[a-z0-9]+)?(/[A-Za-z0-9_]+(\.[a-z0-9]+)?)*")  # a file of a checkpoint


@dataclass(frozen=True)
class Imitated:
    """What a policy has learnt from the choices of a strategy before its first iteration."""

    agent_steps: int  # decisions of single intersections that were sampled
    choices: int  # those of them that were learnt from
    left_out: int  # choices that the action mask forbids
    agreement: float  # share of equal choices among those that were kept apart, 0 to 1

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """The numbers from plain values, of which none is believed.

        Raises:
            KeyError, TypeError, ValueError: a value is missing, of another kind, or out of its range.
        """
        counts = {name: _count(content[name]) for name in ("agent_steps", "choices", "left_out")}
        return cls(**counts, agreement=_finite(content["agreement"], 1.0))


@dataclass(frozen=True)
class RunState:
    """The progress of a run. The counts are those of its last checkpoint."""

    iteration: int = 0
    agent_steps: int = 0
    seconds: float = 0.0  # [s] of training and validation
    last: str | None = None  # name of the newest checkpoint
    former: str | None = None  # name of the newest checkpoint before the last one, if it is still there
    best: str | None = None  # name of the checkpoint with the lowest mean delay on the validation seeds
    best_delay: float | None = None  # [s/veh] mean delay of `best`
    validation_seeds: tuple[int, ...] = ()
    mean: str = GEOMETRIC  # over the scenarios of a validation, of MEANS. ARITHMETIC: the run is of an earlier version
    also: tuple[str, ...] = ()  # hashes of the further scenarios at the beginning of the run
    scenario: str | None = None  # hash of the scenario at the beginning. None: the run is of version 0.1 or 0.2
    target: tuple[str, float] | None = None  # strategy to beat and its mean delay [s/veh] on the validation seeds
    classical: tuple[tuple[str, float], ...] = ()  # tuned strategy and mean delay [s/veh], best first
    imitated: Imitated | None = None  # choices of a strategy that were learnt before the first iteration
    start: Digests = field(default_factory=dict)  # of the files with the weights that the training begins with
    digests: Mapping[str, Digests] = field(default_factory=dict)  # of the files of each checkpoint, by its name

    @property
    def checkpoints(self) -> tuple[str | None, ...]:
        """Names of the checkpoints that are kept. The former one is used if the last one turns out to be damaged."""
        return self.last, self.former, self.best

    def to_json(self) -> dict[str, Any]:
        """The state as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """The state from plain values, of which none is believed.

        Raises:
            KeyError, TypeError, ValueError: a value is missing, of another kind, or out of its range.
        """
        return cls(
            iteration=_count(content["iteration"]),
            agent_steps=_count(content["agent_steps"]),
            seconds=_finite(content["seconds"]),
            last=_optional(_checkpoint, content["last"]),
            former=_optional(_checkpoint, content.get("former")),
            best=_optional(_checkpoint, content["best"]),
            best_delay=_optional(_seconds, content["best_delay"]),
            validation_seeds=tuple(_count(seed, LAST_SEED - 1) for seed in _list(content["validation_seeds"])),
            mean=_mean(content.get("mean", ARITHMETIC)),
            also=tuple(_matching(HASH, each) for each in _list(content.get("also", []))),
            scenario=_optional(lambda value: _matching(HASH, value), content.get("scenario")),
            target=_optional(_delay, content.get("target")),
            classical=tuple(_delay(each) for each in _list(content["classical"])),
            imitated=_optional(Imitated.from_json, content.get("imitated")),
            start=_digests(content.get("start", {})),
            digests={_checkpoint(name): _digests(files) for name, files in content.get("digests", {}).items()},
        )


@dataclass(frozen=True)
class RunSettings:
    """The settings of a run: the training, its length, its validation, its aim, its beginning, and its districts."""

    training: TrainingSettings
    budget: Budget
    validation: Validation
    target: Target | None = None
    start: Start = START_AT_RANDOM
    federation: Federation | None = None  # of districts, each of which trains where its data is

    def to_json(self) -> dict[str, Any]:
        """The settings as plain values."""
        parts = {"budget": asdict(self.budget), "validation": self.validation.to_json()}
        aim = {} if self.target is None else {"target": asdict(self.target)}
        start = {} if self.start == START_AT_RANDOM else {"start": self.start.to_json()}
        districts = {} if self.federation is None else {"federation": self.federation.to_json()}
        return {"training": self.training.to_json(), **parts, **aim, **start, **districts}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Settings from plain values.

        Raises:
            KeyError, TypeError, UsageError: a value is missing or wrong.
        """
        budget, validation = Budget(**values["budget"]), Validation(**values["validation"])
        target = Target(**values["target"]) if "target" in values else None
        start = Start(**values.get("start", {}))
        federation = Federation.from_json(values["federation"]) if "federation" in values else None
        return cls(TrainingSettings.from_json(values["training"]), budget, validation, target, start, federation)


def read_state(path: Path) -> RunState:
    """The state of a run as it is now.

    Raises:
        FileError: there is none, it is damaged, or a file of the run is a link.
    """
    ensure_nameable(path, None)
    if not (path / STATE).is_file() and not (path / STATE).is_symlink():
        what = "holds no run" if path.is_dir() else "does not exist"
        raise FileError(one_line(path), what, "give a folder made by `train --out`")
    for name in PLAIN:
        ensure_plain(path, name)
    content = read_object(path, STATE)
    if content.pop("format", None) != FORMAT:
        what = f"is not a run of format {FORMAT}"
        raise FileError(one_line(path), what, "use the version of the program that trained it")
    try:
        return RunState.from_json(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damage(path, STATE) from error


def newer_state(path: Path, former: RunState, error: FileError) -> RunState:
    """The state of a run, in which a file of a checkpoint was missing. A training may have replaced the checkpoint.

    Args:
        path: of the run.
        former: the state before.
        error: about the missing file.

    Raises:
        FileError: the given error, if the state is still the former one.
    """
    state = read_state(path)
    if state == former:
        raise error
    return state


def too_fast(path: Path) -> FileError:
    """The error for a run whose state has changed at each of several readings."""
    what = "is training, and replaces its checkpoints faster than they can be read"
    return FileError(one_line(path), what, "try again")


def _optional(kind: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else kind(value)


def _count(value: Any, most: int = LARGEST) -> int:
    """A whole number from 0 to `most`. True and False are none."""
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"{value!r} is no count")
    return value


def _finite(value: Any, most: float = LARGEST) -> float:
    """A number from 0 to `most`, which leaves NaN and infinity out."""
    if type(value) not in (int, float) or not 0 <= value <= most:
        raise ValueError(f"{value!r} is no number in its range")
    return float(value)


def _seconds(value: Any) -> float:
    """A mean delay [s/veh]. It may lie a little below 0, because it ends at the start of a second."""
    if type(value) not in (int, float) or not -LARGEST <= value <= LARGEST:
        raise ValueError(f"{value!r} is no delay")
    return float(value)


def _mean(value: Any) -> str:
    if value not in MEANS:
        raise ValueError(f"{value!r} is no mean")
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise ValueError("no name")
    return value


def _digests(files: dict[Any, Any]) -> Digests:
    """Digests of files, by name within their folder."""
    return {_matching(PART, file): _matching(DIGEST, digest) for file, digest in files.items()}


def _delay(value: Any) -> tuple[str, float]:
    """A strategy and its mean delay."""
    label, delay = _list(value)
    return _text(label), _seconds(delay)


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise ValueError(f"{value!r} is no such name")
    return value


def _checkpoint(value: Any) -> str:
    """The name of a checkpoint. It can name nothing outside of the folder of checkpoints."""
    return _matching(NAME, value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value
