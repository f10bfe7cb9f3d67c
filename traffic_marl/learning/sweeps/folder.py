"""SweepFolder: the folder of a sweep with its plan, its points and the folders of its runs.

    sweep.json      plan, points so far, and what became of them
    scenario.json   scenario of all runs
    runs/NAME/      folder of each run, as `train` makes it
    curves.png      learning curves of all points, if matplotlib is installed
    curves.csv      the same as a table
    results.csv     a line for each point
    .lock           held by the process that is at work on the sweep

The runs are the memory of the sweep. Whether one is done, and what it has reached, is read from its folder.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from traffic_marl.errors import FileError, ScenarioError, TrafficError, one_line
from traffic_marl.files import damage, ensure_plain, read_object, replace_text, sweep_drafts
from traffic_marl.files.folders import ensure_absent, fill_folder
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import SCENARIO, STATE
from traffic_marl.learning.sweeps.dimensions import SETTINGS, Values, labelled
from traffic_marl.learning.sweeps.plan import Plan, plain
from traffic_marl.program import program
from traffic_marl.reading import ensure_nameable
from traffic_marl.scenario import Scenario

SWEEP, RUNS, PICTURE, CURVES, RESULTS = "sweep.json", "runs", "curves.png", "curves.csv", "results.csv"
FORMAT = 1
LONGEST_NAME = 80  # [characters] of the part of a folder's name that tells the values
MOST_POINTS = 100_000


@dataclass(frozen=True)
class Point:
    """A combination of values, and what became of its runs."""

    values: Values
    stopped: int | None = None  # agent-steps at which its first run was stopped because it was hopeless
    failed: str | None = None  # why its runs cannot be trained

    @property
    def is_open(self) -> bool:
        """Whether further runs of it may begin or go on."""
        return self.stopped is None and self.failed is None

    @property
    def label(self) -> str:
        """The values in words."""
        return labelled(self.values)


@dataclass(frozen=True)
class Member:
    """A run of a sweep."""

    point: int  # number of its point
    seed: int  # of its training


@dataclass
class SweepFolder:
    """The folder of a sweep, made by `create` or `open_sweep`."""

    path: Path
    plan: Plan
    scenario: Scenario
    points: list[Point] = field(default_factory=list)
    classical: tuple[tuple[str, float], ...] = ()  # tuned strategy and mean delay [s/veh], best first

    @classmethod
    def create(cls, path: Path, plan: Plan, scenario: Scenario, points: list[Values], flag: str = "out") -> Self:
        """Makes the folder of a new sweep, without runs.

        Raises:
            FileError: there is something at `path` already, or it cannot be written.
        """
        ensure_new_sweep(path, flag)
        folder = cls(path, plan, scenario, [Point(values) for values in points])

        def fill(draft: Path) -> None:
            (draft / RUNS).mkdir()
            scenario.save(draft / SCENARIO)
            replace(folder, path=draft).write()

        fill_folder(path, flag, fill)
        return folder

    @classmethod
    def open_sweep(cls, path: Path) -> Self:
        """The folder of an earlier sweep. Nothing in it is executed.

        Raises:
            FileError: there is none, or it is damaged.
        """
        ensure_nameable(path, None)
        if not (path / SWEEP).is_file():
            what = "holds no sweep" if path.is_dir() else "does not exist"
            raise FileError(one_line(path), what, "give a folder that `sweep --out` has made")
        for name in (SWEEP, SCENARIO, RUNS):
            ensure_plain(path, name)
        content = read_object(path, SWEEP)
        if content.get("format") != FORMAT:
            what = f"is no sweep of format {FORMAT}"
            raise FileError(one_line(path), what, "use the version of the program that began it")
        try:
            plan = Plan.from_json(content["plan"])
            points = [_point(each) for each in content["points"]]
            classical = tuple((str(name), float(delay)) for name, delay in content["classical"])
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError, TrafficError) as error:
            raise damage(path, SWEEP, "holds no sweep", "begin another one") from error
        try:
            scenario = Scenario.model_validate(read_object(path, SCENARIO))
        except ScenarioError as error:
            raise damage(path, SCENARIO, f"is wrong: {str(error).partition(chr(10))[0]}", "use a copy") from error
        return cls(path, plan, scenario, points, classical)

    def write(self) -> None:
        """Writes plan and points.

        Raises:
            FileError: it cannot be written.
        """
        content = {
            "format": FORMAT,
            "plan": self.plan.to_json(),
            "points": [
                asdict(each) | {"values": {name: plain(value) for name, value in each.values.items()}}
                for each in self.points
            ],
            "classical": self.classical,
        }
        replace_text(self.path / SWEEP, None, json.dumps(content, indent=1, allow_nan=False) + "\n")

    def add(self, points: Iterable[Values]) -> None:
        """Adds points, and writes the plan.

        Raises:
            FileError: it cannot be written.
        """
        self.points += [Point(values) for values in points]
        self.write()

    def sweep(self) -> None:
        """Removes the drafts that killed processes have left. The caller holds the lock of the folder."""
        for name in (SWEEP, SCENARIO, PICTURE, CURVES, RESULTS):
            sweep_drafts(self.path / name)

    def processes(self) -> int:
        """Processes of the largest run: its own, its runners and its learners."""
        widest = {name: int(self.plan.settings.get(name, 0)) for name in ("runners", "learners")}
        for each in self.plan.dimensions:
            if each.name in widest:
                widest[each.name] = int(max(each.values) if each.range is None else each.range.high)
        return 1 + sum(widest.values())

    def place(self, member: Member) -> Path:
        """Folder of a run."""
        values = re.sub(r"[^A-Za-z0-9_.-]+", "-", ",".join(self.points[member.point].label.split()))
        return self.path / RUNS / f"{member.point:03d}_{values[:LONGEST_NAME].strip('-.')}_seed{member.seed}"

    def run(self, member: Member) -> RunFolder | None:
        """The run as it is now. None if it has not begun.

        Raises:
            FileError: its folder is damaged.
        """
        path = self.place(member)
        return RunFolder.open_run(path) if (path / STATE).is_file() else None

    def members(self, point: int) -> list[Member]:
        """The runs of a point, begun or not."""
        return [Member(point, seed) for seed in self.plan.all_seeds]

    def is_over(self, member: Member) -> bool:
        """Whether a run has used its budget."""
        found = self.run(member)
        return found is not None and found.settings.budget.is_spent(found.state)


def ensure_new_sweep(path: Path, flag: str) -> None:
    """Checks that the folder of a new sweep can be made.

    Raises:
        FileError: there is something at `path` already.
    """
    ensure_nameable(path, flag)
    if (path / SWEEP).is_file():
        command = f"{program()} sweep --resume --out {path}"
        raise FileError(flag, f"{path} already holds a sweep", f"name another folder, or continue with: {command}")
    ensure_absent(path, flag)


def _point(content: Mapping[str, Any]) -> Point:
    """A point from plain values, of which none is believed."""
    values = {str(name): SETTINGS[name].check(name, value) for name, value in content["values"].items()}
    stopped, failed = content["stopped"], content["failed"]
    if stopped is not None and (type(stopped) is not int or stopped < 0):
        raise ValueError("no number of agent-steps")
    return Point(values, stopped, None if failed is None else str(failed))
