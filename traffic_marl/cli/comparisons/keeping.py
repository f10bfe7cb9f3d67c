"""The option `--results` of `compare`: folders that keep finished runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.comparison.results import Entry, ResultsFolder
from traffic_marl.comparison.results.growing import Load, recalled
from traffic_marl.comparison.results.merging import merged
from traffic_marl.errors import UsageError
from traffic_marl.imported import is_reference, split_reference
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.learning.trust import code_of_scenario, untrusted
from traffic_marl.scenario import Scenario
from traffic_marl.simulators import BOTH, OWN, SUMO
from traffic_marl.simulators.sumo.actuated import SumoActuated
from traffic_marl.strategies import NamedStrategy

FLAG = "--results"

Results = Annotated[
    list[Path] | None,
    typer.Option(
        FLAG,
        metavar="DIR",
        help="Folder that keeps every finished run, new or from an earlier comparison of the same scenario. Runs that "
        "it holds are not made again, so a comparison that was stopped goes on, and strategies or seeds can be added "
        "later. Without SCENARIO and --strategies, those of the folder are compared. If given several times, the runs "
        "of the other folders are copied into the first.",
    ),
]


def former_results(paths: Sequence[Path]) -> ResultsFolder | None:
    """The results folder that is there already, with the runs of the other folders added to it.

    Raises:
        FileError: one cannot be read, or the first cannot be written to.
    """
    return merged(paths) if paths else None


def scenario_of(folder: ResultsFolder, *, trust: bool) -> Scenario:
    """The scenario of a results folder.

    Raises:
        UsageError: it names code, and the folder is not trusted.
    """
    things = code_of_scenario(folder.scenario)
    if things and not trust:
        raise untrusted(folder.path, things)
    return folder.scenario


def with_former(chosen: Sequence[NamedStrategy], folder: ResultsFolder, *, trust: bool) -> list[NamedStrategy]:
    """The strategies of a results folder, and then those that are named. The latter take the place of equal labels."""
    load = _loader(folder.path, trust)
    named = {each.label: each for each in chosen}
    former = {entry.label: _recalled(entry, load) for entry in folder.scope.strategies}
    return list((former | named).values())


def former_simulator(folder: ResultsFolder) -> str:
    """The simulators of a results folder, as `--simulator` names them.

    Raises:
        UsageError: no name stands for all of them.
    """
    names = folder.scope.simulators
    if len(names) > 1 and set(names) != {OWN, SUMO}:
        what = f"{folder.path} holds runs in {', '.join(names)}"
        raise UsageError("--simulator", what, "name the one whose runs are to be compared")
    return BOTH if len(names) > 1 else next(iter(names), OWN)


def _recalled(entry: Entry, load: Load) -> NamedStrategy:
    """A strategy of the folder. That of SUMO is loaded at once, because runs have to know it."""
    is_of_sumo = entry.label.partition(":")[0] == SumoActuated.name
    return choose_strategy(entry.label) if is_of_sumo else recalled(entry, load)


def _loader(path: Path, trust: bool) -> Load:
    """Loads strategies that a results folder names. The folder may come from anybody."""

    def load(label: str) -> NamedStrategy:
        if is_reference(label) and not trust:
            raise untrusted(path, [str(split_reference(":".join(label.split(":")[:2]), FLAG)[0])])
        return choose_strategy(label, trust=trust)

    return load
