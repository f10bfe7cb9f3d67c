"""ResultsFolder: the folder of a comparison, read, added to and merged."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from traffic_marl.comparison.outcomes import Outcome
from traffic_marl.comparison.results.runs import RUNS, Runs, measures_of, names_of_runs, read_runs, write_runs
from traffic_marl.comparison.results.scope import Entry, Scope
from traffic_marl.errors import FileError, ScenarioError, one_line
from traffic_marl.files import damage, ensure_plain, is_plain_folder, read_object, replace_text
from traffic_marl.files.code import code_digest
from traffic_marl.files.drafts import sweep_drafts
from traffic_marl.files.folders import make_folder
from traffic_marl.rollout import RunRecord
from traffic_marl.scenario import Scenario
from traffic_marl.version import versions

SCENARIO, SCOPE = "scenario.json", "comparison.json"

Key = tuple[str, str, int, int]  # identity of a strategy, simulator, interval [s], seed


class ResultsFolder:
    """A results folder with all its finished runs in memory, made by `create` or `open_folder`.

    Args:
        path: of the folder.
        scenario: of all runs.
        scope: seeds, strategies and simulators asked for.
        runs: all finished runs.
        code: that made them. None if there is none yet.
    """

    def __init__(
        self, path: Path, scenario: Scenario, scope: Scope, runs: dict[Key, RunRecord], code: str | None
    ) -> None:
        self.path = path
        self.scenario = scenario
        self.scope = scope
        self.runs = runs
        self.code = code

    @classmethod
    def exists(cls, path: Path) -> bool:
        """Whether there is a results folder."""
        return is_plain_folder(path.resolve()) and (path / SCOPE).is_file()

    @classmethod
    def create(cls, path: Path, scenario: Scenario) -> Self:
        """A new folder without runs. An empty folder is taken as it is.

        Raises:
            FileError: there is something else at the path, or it cannot be written.
            ScenarioError: the scenario cannot be written as JSON.
        """
        make_folder(path, "results", lambda draft: _fill(draft, scenario))
        return cls(path, scenario, Scope(), {}, None)

    @classmethod
    def open_folder(cls, path: str | Path) -> Self:
        """The folder with its runs. Nothing is written.

        Raises:
            FileError: there is none, a file is damaged, or the runs contradict each other.
        """
        path = Path(path)
        if not cls.exists(path):
            remedy = "give a folder that compare --results has made"
            raise FileError(one_line(path), "holds no results", remedy)
        try:
            scenario = Scenario.model_validate(read_object(path, SCENARIO))
        except ScenarioError as error:
            raise damage(path, SCENARIO, f"is wrong: {str(error).partition(chr(10))[0]}", "use a copy") from error
        try:
            scope = Scope.from_json(read_object(path, SCOPE))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise damage(path, SCOPE, "holds no comparison", "use a copy") from error
        folder = cls(path, scenario, scope, {}, None)
        ensure_plain(path, RUNS)
        for name in names_of_runs(path):
            folder._take(name, read_runs(path, name))
        return folder

    def sweep(self) -> None:
        """Removes the drafts that killed processes have left. The caller holds the lock of the folder."""
        for name in (SCENARIO, SCOPE):
            sweep_drafts(self.path / name)
        for draft in (self.path / RUNS).glob(".*.draft.json"):
            sweep_drafts(draft.with_name(f"{draft.name[1:].rsplit('.', 3)[0]}.json"))

    def ensure_can_grow(self, scenario: Scenario) -> None:
        """Checks that runs on a scenario, made by this program, can be added.

        Raises:
            FileError: the folder holds runs on another scenario, or of another program.
        """
        if self.scenario_hash() != scenario.hash():
            what = f"holds runs on {self.scenario.name}, which differs from this scenario or has changed since"
            raise FileError(one_line(self.path), what, "name another folder")
        if self.code not in (None, code_digest()):
            what = "holds runs that another version of the program has made"
            raise FileError(one_line(self.path), what, "name another folder, and all runs are made again")

    def scenario_hash(self) -> str:
        """The hash of the scenario when its runs were made. Files that it names may have changed since."""
        first = next(iter(self.runs.values()), None)
        return self.scenario.hash() if first is None else first.scenario_hash

    def write_scope(self, scope: Scope) -> None:
        """Replaces the scope.

        Raises:
            FileError: it cannot be written.
        """
        _write_scope(self.path, scope)
        self.scope = scope

    def missing(self, entry: Entry, simulator: str, seeds: Iterable[int]) -> tuple[int, ...]:
        """The seeds on which a strategy has not run yet."""
        return tuple(seed for seed in seeds if self._key(entry, simulator, seed) not in self.runs)

    def keep(self, entry: Entry, records: Sequence[RunRecord]) -> None:
        """Writes finished runs of a strategy.

        Raises:
            FileError: they cannot be written.
        """
        runs = Runs(entry.identity, code_digest(), entry.longest_wait, tuple(records))
        self._take(write_runs(self.path, runs), runs)

    def outcome(self, entry: Entry, simulator: str, seeds: Sequence[int]) -> Outcome | None:
        """The results of a strategy on these seeds. None if some are missing."""
        if self.missing(entry, simulator, seeds):
            return None
        records = tuple(self.runs[self._key(entry, simulator, seed)] for seed in seeds)
        named = tuple(replace(record, strategy=entry.label) for record in records)
        measures, bound = measures_of(named), entry.longest_wait
        return Outcome(entry.label, entry.interval, measures, named, longest_wait=bound, origin=entry.origin)

    def merge(self, other: "ResultsFolder") -> None:
        """Adds the runs of another folder, and what was asked for there.

        Raises:
            FileError: they are on another scenario, of another program, or contradict the runs here.
        """
        if other.runs and self.scenario_hash() != other.scenario_hash():
            what = f"holds runs on {other.scenario.name}, which differs from the scenario of {one_line(self.path)}"
            raise FileError(one_line(other.path), what, "merge folders of one scenario")
        for name in names_of_runs(other.path):
            runs = read_runs(other.path, name)
            self._take(f"{other.path}/{RUNS}/{name}", runs)
            write_runs(self.path, runs)
        theirs = [each for each in other.scope.strategies if self.scope.entry(each.label) is None]
        self.write_scope(self.scope.widened(other.scope.seeds, other.scope.simulators, theirs))

    def _take(self, name: str, runs: Runs) -> None:
        """Adds runs to those in memory.

        Raises:
            FileError: they contradict others, or another program has made them.
        """
        if self.code not in (None, runs.code):
            what = f"holds runs of two versions of the program: those of {name} differ from the others"
            raise FileError(one_line(self.path), what, "keep the runs of each version in a folder of their own")
        for record in runs.records:
            known = self.runs.setdefault((runs.identity, record.simulator, record.interval, record.seed), record)
            if known.scenario_hash != record.scenario_hash:
                what = f"holds runs of two scenarios: those of {name} differ from the others"
                raise FileError(one_line(self.path), what, "keep the runs of each scenario in a folder of their own")
            if known.measures != record.measures:
                what = f"holds two different runs of {record.strategy} on seed {record.seed}, one of them in {name}"
                raise FileError(one_line(self.path), what, "remove one of them")
        self.code = runs.code

    def _key(self, entry: Entry, simulator: str, seed: int) -> Key:
        return entry.identity, simulator, entry.interval, seed


def _fill(folder: Path, scenario: Scenario) -> None:
    """Writes the files of a results folder without runs."""
    (folder / RUNS).mkdir()
    scenario.save(folder / SCENARIO)
    _write_scope(folder, Scope())


def _write_scope(folder: Path, scope: Scope) -> None:
    content = scope.to_json() | {"versions": versions()}
    replace_text(folder / SCOPE, None, json.dumps(content, indent=1) + "\n")
