"""The scenario that a command line chooses: by name, from a file or from a data set, and which part of its demand."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from traffic_marl.cli.arguments import DEFAULT_SCENARIO, at_least_one
from traffic_marl.cli.output import print_status
from traffic_marl.demand.demand import LONGEST_DURATION
from traffic_marl.errors import UsageError
from traffic_marl.learning.runs.new_folder import STATE
from traffic_marl.learning.trust import code_of_scenario, untrusted
from traffic_marl.remarks import ensure_strict
from traffic_marl.scenario import Scenario, cityflow_scenario, load_scenario, scenario_names
from traffic_marl.scenario.phases import parse_phases


@dataclass(frozen=True)
class Choice:
    """The arguments and flags that choose a scenario, None for those that are not given."""

    name: str | None = None  # of the scenario
    cityflow: Path | None = None  # folder of a data set
    phases: str | None = None  # rows of its phase tables
    first: int | None = None  # [s] second of the demand at which the run begins
    until: int | None = None  # [s] second of the demand at which demand and run end
    trust: bool = False  # whether code may be run that a scenario in somebody's run folder names

    def is_empty(self) -> bool:
        """Whether none of them is given, trust aside."""
        return replace(self, trust=False) == Choice()


def choose_scenario(choice: Choice) -> Scenario:
    """The scenario of this name, the data set in these files, or else the default scenario, for the seconds chosen.

    A data set is read until the end of the run.

    Raises:
        UsageError: some of the arguments exclude each other, the seconds do not lie within the demand, or code in
            somebody's run folder is not trusted.
        TrafficError: the scenario is unknown or cannot be read.
    """
    at_least_one("--until", choice.until)
    if choice.name is not None and choice.cityflow is not None:
        raise UsageError("--cityflow", f"the scenario {choice.name} is given as well", "give one of the two")
    if choice.cityflow is not None:
        return _data_set(choice, choice.cityflow).narrowed(choice.first, None, ("--from", "--until"))
    if choice.phases is not None:
        raise UsageError("--phases", "phases can be chosen for CityFlow data sets only", "give --cityflow DIR as well")
    whole = _known_scenario(DEFAULT_SCENARIO if choice.name is None else choice.name)
    if choice.name is not None and not choice.trust:
        _ensure_no_code(choice.name, whole)
    return whole.narrowed(choice.first, choice.until, ("--from", "--until"))


def tell_remarks(scenario: Scenario, strict: bool) -> None:
    """Prints what was done with the parts of a data set that could not be taken as they are written.

    Raises:
        TrafficError: the scenario cannot be built, or it is to be read strictly and an element was left out or ignored.
    """
    remarks = scenario.remarks()
    if strict:
        ensure_strict(remarks)
    for remark in remarks:
        print_status(f"note: {remark}")


def _ensure_no_code(name: str, scenario: Scenario) -> None:
    """Checks that a scenario in the folder of a run names no code. In other places it is the user's own.

    Raises:
        UsageError: it does. Nothing of it has been run yet.
    """
    things = code_of_scenario(scenario)
    if things and (Path(name).parent / STATE).exists():
        raise untrusted(name, things)


def _data_set(choice: Choice, folder: Path) -> Scenario:
    """The data set in a folder, until the end of the run."""
    if choice.until is not None and choice.until > LONGEST_DURATION:
        raise UsageError("--until", f"{choice.until} is longer than any demand", f"give at most {LONGEST_DURATION}")
    rows = None if choice.phases is None else parse_phases(choice.phases)
    return cityflow_scenario(folder, phases=rows, horizon_s=choice.until)


def _known_scenario(name: str) -> Scenario:
    """The scenario of this name or in this file."""
    known = scenario_names()
    if name in known or name.endswith((".json", ".py")):
        return load_scenario(name)
    if os.path.isdir(name):
        remedy = "give --cityflow DIR for a folder with CityFlow's files, or a .json or .py file"
        raise UsageError("scenario", f"{name} is a folder", remedy)
    return load_scenario(name)
