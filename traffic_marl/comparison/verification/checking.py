"""The checks of a verification, each with what it found."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np

from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.comparison.verification.reference import references
from traffic_marl.comparison.verification.signals import unsafe_signals
from traffic_marl.errors import TrafficError
from traffic_marl.measures import Measures
from traffic_marl.rollout import Rollout, RunRecord, run
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.catalogue import parse
from traffic_marl.tasks import Tasks

FEW = 3  # findings that a check names
AUDITED = ("overlaps", "disorders")  # measures that only an audit counts. The reference has none.

Tell: TypeAlias = Callable[[str, float], None]  # what runs, and the share of the verification that is done
Former: TypeAlias = dict[int, RunRecord | None]  # runs of a strategy in the reference, by seed
Call: TypeAlias = tuple[Scenario, str, Former]


@dataclass(frozen=True)
class Check:
    """One thing that was checked."""

    name: str
    extent: str  # how much was checked, such as `40 runs`
    findings: tuple[str, ...] = ()  # what does not hold, in sentences

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass(frozen=True)
class Found:
    """What was found of one strategy, or of several."""

    runs: int = 0
    numbers: int = 0
    vehicles: int = 0
    seconds: int = 0
    different: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    unsafe: tuple[str, ...] = ()
    dependent: tuple[str, ...] = ()

    def __add__(self, other: "Found") -> "Found":
        """All that both have found."""
        return Found(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Found)})


def verify(
    folders: Iterable[ResultsFolder] | None = None, tell: Tell | None = None, tasks: Tasks | None = None
) -> tuple[Check, ...]:
    """Runs the reference comparison again, and checks its results, its vehicles and its signals.

    Args:
        folders: of the reference. None takes what is shipped.
        tell: called before each strategy runs, and with `tasks` after it.
        tasks: run the strategies elsewhere, at the same time.

    Raises:
        FileError: the results that are shipped are missing or damaged.
    """
    found = references() if folders is None else list(folders)
    calls = [
        (folder.scenario, entry.label, _former(folder, entry.label))
        for folder in found
        for entry in folder.scope.strategies
    ]
    names = [f"{scenario.name}: {label}" for scenario, label, _ in calls]
    if tasks is None:
        return _checks(found, _examined_here(calls, names, tell))
    gathered: dict[int, Found] = {}
    for place, each in tasks.results(examine, calls):
        gathered[place] = each
        if tell is not None:
            tell(names[place], len(gathered) / len(calls))
    return _checks(found, [gathered[place] for place in range(len(calls))])


def _former(folder: ResultsFolder, label: str) -> Former:
    """The runs of a strategy in a reference, by seed. None for seeds that it lacks."""
    known = {record.seed: record for record in folder.runs.values() if record.strategy == label}
    return {seed: known.get(seed) for seed in folder.scope.seeds}


def _examined_here(calls: Sequence[Call], names: Sequence[str], tell: Tell | None) -> list[Found]:
    """What is found of each strategy, one after the other in this process."""
    gathered = []
    for place, call in enumerate(calls):
        if tell is not None:
            tell(names[place], place / len(calls))
        gathered.append(examine(*call))
    return gathered


def examine(scenario: Scenario, label: str, former: Former) -> Found:
    """Runs a strategy on the seeds of a reference, and finds what does not hold.

    Args:
        scenario: of the reference.
        label: of the strategy.
        former: the run of each seed in the reference, None if it lacks it.
    """
    where, seeds = f"{scenario.name}, {label}", tuple(former)
    try:
        rollout = run(scenario, parse(label), seeds, log_signals=True)
        alone = run(scenario, parse(label), seeds[-1:], threads=1)
    except AssertionError as error:  # vehicles that appear, vanish or do things out of order
        return Found(lost=(f"{where}: {error}",))
    except TrafficError as error:
        return Found(different=(f"{where} does not run any more: {error}",))
    told = (_compared(rollout, former, where), _counted(rollout, where), _watched(rollout, where))
    return sum(told, _repeated(rollout.measures, alone.measures, where))


def _compared(rollout: Rollout, former: Former, where: str) -> Found:
    """Numbers that are not those of the reference."""
    different: list[str] = []
    numbers = 0
    for record in rollout.run_records():
        known = former[record.seed]
        if known is None:
            different.append(f"{where}: the reference lacks seed {record.seed}")
            continue
        numbers += len(known.measures) - len(AUDITED)
        different += [f"{where}, seed {record.seed}: {each}" for each in differences(record, known)]
    return Found(runs=len(rollout.seeds), numbers=numbers, different=tuple(different))


def _counted(rollout: Rollout, where: str) -> Found:
    """Vehicles that appear or vanish."""
    measures = rollout.measures
    told = measures.completed + measures.under_way + measures.backlog
    is_whole = np.array_equal(measures.demanded, told)
    lost = () if is_whole else (f"{where}: vehicles completed, under way and outside are not those demanded",)
    return Found(vehicles=int(measures.demanded.sum()), lost=lost)


def _watched(rollout: Rollout, where: str) -> Found:
    """Signals that are not safe."""
    simulation = rollout.simulation
    log = simulation.signal_log()[:, : simulation.time]
    unsafe: list[str] = []
    for seed, shown in zip(rollout.seeds, log, strict=True):
        told = unsafe_signals(simulation.network, simulation.timing, shown)
        unsafe += [f"{where}, seed {seed}: {each}" for each in told]
    return Found(seconds=log.shape[0] * log.shape[1] * log.shape[2], unsafe=tuple(unsafe))


def _repeated(batch: Measures, alone: Measures, where: str) -> Found:
    """A number that is another one where the last seed runs alone."""
    numbers = [(name, values) for name, values in batch if name not in AUDITED]
    for name, values in numbers:
        if not np.array_equal(values[-1:], getattr(alone, name), equal_nan=values.dtype.kind == "f"):
            return Found(dependent=(f"{where}: {name} is another one where the seed runs alone on one thread",))
    return Found()


def _checks(folders: Sequence[ResultsFolder], found: Iterable[Found]) -> tuple[Check, ...]:
    """All checks, the results first."""
    whole = sum(found, Found())
    hashes = [
        f"{folder.scenario.name} has the hash {folder.scenario.hash()}, not {folder.scenario_hash()}"
        for folder in folders
        if folder.scenario.hash() != folder.scenario_hash()
    ]
    numbers = f"{whole.numbers:,} numbers of {whole.runs} runs"
    return (
        Check("scenarios have the hashes of the reference", f"{len(folders)} scenarios", tuple(hashes)),
        Check("results equal the reference to the last digit", numbers, whole.different),
        Check("no vehicle appears or vanishes", f"{whole.vehicles:,} vehicles", whole.lost),
        Check(
            "no conflicting greens, intergreens and min greens kept",
            f"{whole.seconds:,} seconds of signals",
            whole.unsafe,
        ),
        Check("a seed runs alone on one thread as among others", f"{whole.runs} runs", whole.dependent),
    )


def differences(record: RunRecord, former: RunRecord) -> list[str]:
    """The measures of a run that are not those of the former run of its seed. Of measures that are new, none."""
    found = []
    for name, value in former.measures.items():
        if name not in AUDITED and record.measures.get(name) != value:
            found.append(f"{name} is {record.measures.get(name)}, not {value}")
    return found
