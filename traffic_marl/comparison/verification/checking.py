"""The checks of a verification, each with what it found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.comparison.verification.reference import references
from traffic_marl.comparison.verification.signals import unsafe_signals
from traffic_marl.errors import TrafficError
from traffic_marl.measures import Measures
from traffic_marl.rollout import Rollout, RunRecord, run
from traffic_marl.strategies.catalogue import parse

FEW = 3  # findings that a check names
AUDITED = ("overlaps", "disorders")  # measures that only an audit counts. The reference has none.

Tell = Callable[[str, float], None]  # what runs, and the share of the verification that is done


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


def verify(folders: Iterable[ResultsFolder] | None = None, tell: Tell | None = None) -> tuple[Check, ...]:
    """Runs the reference comparison again, and checks its results, its vehicles and its signals.

    Args:
        folders: of the reference. None takes what is shipped.
        tell: called before each strategy runs.

    Raises:
        FileError: the results that are shipped are missing or damaged.
    """
    found = references() if folders is None else list(folders)
    labels = [(folder, entry.label) for folder in found for entry in folder.scope.strategies]
    gathered = _Gathered()
    for place, (folder, label) in enumerate(labels):
        if tell is not None:
            tell(f"{folder.scenario.name}: {label}", place / len(labels))
        gathered.take(folder, label)
    return gathered.checks(found)


class _Gathered:
    """The findings so far."""

    def __init__(self) -> None:
        self.runs = 0
        self.numbers = 0
        self.vehicles = 0
        self.seconds = 0
        self.different: list[str] = []
        self.lost: list[str] = []
        self.unsafe: list[str] = []
        self.dependent: list[str] = []

    def take(self, folder: ResultsFolder, label: str) -> None:
        """Runs a strategy on the seeds of a folder, and notes what does not hold."""
        where = f"{folder.scenario.name}, {label}"
        try:
            rollout = run(folder.scenario, parse(label), folder.scope.seeds, log_signals=True)
            alone = run(folder.scenario, parse(label), folder.scope.seeds[-1:], threads=1)
        except AssertionError as error:  # vehicles that appear, vanish or do things out of order
            self.lost.append(f"{where}: {error}")
            return
        except TrafficError as error:
            self.different.append(f"{where} does not run any more: {error}")
            return
        self._compare(folder, rollout, where)
        self._count(rollout, where)
        self._watch(rollout, where)
        self._repeat(rollout.measures, alone.measures, where)

    def _compare(self, folder: ResultsFolder, rollout: Rollout, where: str) -> None:
        former = {record.seed: record for record in folder.runs.values() if record.strategy == rollout.strategy.label}
        for record in rollout.run_records():
            self.runs += 1
            if record.seed not in former:
                self.different.append(f"{where}: the reference lacks seed {record.seed}")
                continue
            self.numbers += len(former[record.seed].measures) - len(AUDITED)
            self.different += [f"{where}, seed {record.seed}: {each}" for each in differences(record, former)]

    def _count(self, rollout: Rollout, where: str) -> None:
        measures = rollout.measures
        self.vehicles += int(measures.demanded.sum())
        told = measures.completed + measures.under_way + measures.backlog
        if not np.array_equal(measures.demanded, told):
            self.lost.append(f"{where}: vehicles completed, under way and outside are not those demanded")

    def _watch(self, rollout: Rollout, where: str) -> None:
        simulation = rollout.simulation
        log = simulation.signal_log()[:, : simulation.time]
        self.seconds += log.shape[0] * log.shape[1] * log.shape[2]
        for seed, shown in zip(rollout.seeds, log, strict=True):
            told = unsafe_signals(simulation.network, simulation.timing, shown)
            self.unsafe += [f"{where}, seed {seed}: {each}" for each in told]

    def _repeat(self, batch: Measures, alone: Measures, where: str) -> None:
        numbers = [(name, values) for name, values in batch if name not in AUDITED]
        for name, values in numbers:
            if not np.array_equal(values[-1:], getattr(alone, name), equal_nan=values.dtype.kind == "f"):
                self.dependent.append(f"{where}: {name} is another one where the seed runs alone on one thread")
                return

    def checks(self, folders: list[ResultsFolder]) -> tuple[Check, ...]:
        """All checks, the results first."""
        hashes = [
            f"{folder.scenario.name} has the hash {folder.scenario.hash()}, not {folder.scenario_hash()}"
            for folder in folders
            if folder.scenario.hash() != folder.scenario_hash()
        ]
        return (
            Check("scenarios have the hashes of the reference", f"{len(folders)} scenarios", tuple(hashes)),
            Check(
                "results equal the reference to the last digit",
                f"{self.numbers:,} numbers of {self.runs} runs",
                tuple(self.different),
            ),
            Check("no vehicle appears or vanishes", f"{self.vehicles:,} vehicles", tuple(self.lost)),
            Check(
                "no conflicting greens, intergreens and min greens kept",
                f"{self.seconds:,} seconds of signals",
                tuple(self.unsafe),
            ),
            Check("a seed runs alone on one thread as among others", f"{self.runs} runs", tuple(self.dependent)),
        )


def differences(record: RunRecord, former: dict[int, RunRecord]) -> list[str]:
    """The measures of a run that are not those of the former run of its seed. Of measures that are new, none."""
    found = []
    for name, value in former[record.seed].measures.items():
        if name not in AUDITED and record.measures.get(name) != value:
            found.append(f"{name} is {record.measures.get(name)}, not {value}")
    return found
