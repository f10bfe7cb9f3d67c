"""Tuned strategies: the best of a search, named by the file of its record wherever a strategy is asked for."""

import re
from dataclasses import dataclass
from pathlib import Path

from traffic_marl.errors import FileError, one_line
from traffic_marl.imported import is_reference
from traffic_marl.strategies.catalogue import STRATEGIES
from traffic_marl.strategies.conversion import named_strategy
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.origin import Origin, origin_of
from traffic_marl.strategies.plans.plan import Plan
from traffic_marl.strategies.plans.sheet import HEADS, Green
from traffic_marl.strategies.strategy import BaseStrategy, Conditions, Controller, Decide
from traffic_marl.tuning.candidates import GivenPlan
from traffic_marl.tuning.trials import Record, read_record

SUFFIX = ".json"
PARAMETER = re.compile(r":\w+=")  # of a strategy, such as that of plan:file=mine.json
FOLDER = Path("tuned")  # in the working directory: of the searches whose file is not named
KEYS = ("intersection", "phase", "green", "yellow", "all_red", "offset", "cycle")  # of a Green, in the order of HEADS


@dataclass(frozen=True, eq=False)
class Tuned:
    """A strategy whose parameters a search has found."""

    named: NamedStrategy  # with its parameters
    record: Record

    @property
    def interval(self) -> int | None:
        """[s] between decisions, if the strategy needs a certain one or the search has found one."""
        return self.named.own_interval

    @property
    def default_interval(self) -> int | None:
        """[s] between decisions, where neither user nor scenario give one."""
        return self.named.default_interval

    @property
    def longest_wait(self) -> int | None:
        """[s] bound of the wait of a call that the strategy keeps by itself, None if it has none."""
        return self.named.longest_wait

    def start(self, conditions: Conditions) -> Controller | Decide:
        """A controller of the strategy."""
        return self.named.strategy.start(conditions)

    def digest(self) -> bytes:
        """Changes with the strategy and its parameters, not with the trials that led to them."""
        strategy = self.named.strategy
        own = strategy.digest() if hasattr(strategy, "digest") else repr(strategy).encode()
        return self.record.strategy.encode() + own

    def origin(self) -> Origin:
        """What the strategy senses, its parameters, and the search."""
        study = self.record.study
        inner = origin_of(self.named)
        seeds = study.search.seeds
        where = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
        found = f"tuned in {len(study.trials)} trials on {study.search.scenario}, {where} ({study.search.method})"
        parameters = "a plan of its own" if self.record.plan else inner.parameters
        return Origin(inner.senses, parameters, found, study.hours, len(study.trials))


def is_tuned(text: str) -> bool:
    """Whether a strategy is written as the file of a search."""
    return text.strip().lower().endswith(SUFFIX) and not is_reference(text) and not PARAMETER.search(text)


def tuned_here() -> list[str]:
    """Paths of the tuned strategies in the folder `tuned` of the present directory, sorted."""
    return sorted(path.as_posix() for path in FOLDER.glob(f"*{SUFFIX}"))


def load_tuned(text: str, where: str = "strategy") -> NamedStrategy:
    """The strategy that the file of a search stands for. A file names strategies of the catalogue only.

    Raises:
        FileError: the file cannot be read, or names something else.
        StrategyError: a parameter in it is wrong.
    """
    path = Path(text.strip())
    record = read_record(path)
    name = record.strategy.partition(":")[0]
    if is_reference(record.strategy) or name not in STRATEGIES:
        what = f"stands for {one_line(record.strategy)}, which is no strategy of the catalogue"
        raise FileError(one_line(path), what, "name that strategy with its parameters, as the file has them")
    return tuned_strategy(text.strip(), record, where)


def tuned_strategy(label: str, record: Record, where: str = "strategy") -> NamedStrategy:
    """The strategy that a record stands for, under a label.

    Raises:
        TrafficError: it cannot be made.
    """
    if record.plan is None:
        return NamedStrategy(label, Tuned(named_strategy(record.strategy, where), record))
    named: BaseStrategy = GivenPlan(tuple(_green(label, row) for row in record.plan))
    return NamedStrategy(label, Tuned(NamedStrategy(Plan.name, named), record))


def _green(label: str, row: dict[str, str | float]) -> Green:
    """A green of a plan in a record.

    Raises:
        FileError: the row has other columns, or other kinds of values.
    """
    values = [row.get(head) for head in HEADS]
    texts, times = values[:2], values[2:]
    if not all(isinstance(each, str) for each in texts) or not all(isinstance(each, int | float) for each in times):
        raise FileError(one_line(label), "has a plan with a row that is no green", "use a copy")
    return Green(label, **dict(zip(KEYS, values, strict=True)))  # type: ignore[arg-type]
