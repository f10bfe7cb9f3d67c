"""The scenario that a command line chooses: by name, from a file or from a data set, and which part of its demand."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from traffic_marl.cli.arguments import DEFAULT_SCENARIO, at_least_one
from traffic_marl.cli.choosing.counts import counted_scenario
from traffic_marl.cli.output import print_status
from traffic_marl.demand.demand import LONGEST_DURATION
from traffic_marl.errors import UsageError
from traffic_marl.learning.runs.new_folder import STATE
from traffic_marl.learning.trust import code_of_scenario, untrusted
from traffic_marl.network.formats.contents import Kind
from traffic_marl.remarks import Remark, ensure_strict
from traffic_marl.scenario import Scenario, load_scenario, scenario_names
from traffic_marl.scenario.cityflow import scenario_of
from traffic_marl.scenario.data_sets.finding import DataSet, Names, find_data_set
from traffic_marl.scenario.data_sets.kinds import SUFFIXES, kind_of
from traffic_marl.scenario.data_sets.sumo import SumoNames, find_sumo_files
from traffic_marl.scenario.phases import parse_phases
from traffic_marl.scenario.presets import rules_of
from traffic_marl.scenario.sumo import counted_files, scenario_of_files
from traffic_marl.scenario.validation import checked_factor
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.plans.design import plan_remarks

FLAGS = Names("--cityflow", "--roadnet", "--flow")
SUMO_FLAGS = SumoNames("--sumo", "--routes")


@dataclass(frozen=True)
class Choice:
    """The arguments and flags that choose a scenario, None for those that are not given."""

    scenario: str | None = None  # name or file
    cityflow: Path | None = None  # folder or configuration of a data set
    roadnet: Path | None = None
    flow: tuple[Path, ...] = ()
    sumo: Path | None = None  # configuration or road network of SUMO
    routes: tuple[Path, ...] = ()  # route files of SUMO
    counts: Path | None = None  # file of turning counts, whose trips take the place of the demand
    demand: float | None = None  # factor on the demand
    rules: str | None = None  # for the signals, as published tables use them
    phases: str | None = None  # rows of its phase tables
    first: int | None = None  # [s] second of the demand at which the run begins
    until: int | None = None  # [s] second of the demand at which demand and run end
    strict: bool = False  # nothing of a data set may be left out
    trust: bool = False  # whether code may be run that a scenario in somebody's run folder names

    def files(self) -> list[str]:
        """The flags that name files of a data set, of those that are given."""
        given = {"--cityflow": self.cityflow, "--roadnet": self.roadnet, "--flow": self.flow or None}
        given |= {"--sumo": self.sumo, "--routes": self.routes or None}
        return [flag for flag, value in given.items() if value is not None]

    def is_sumo(self) -> bool:
        """Whether files of SUMO are chosen."""
        return self.sumo is not None or bool(self.routes)

    def is_empty(self) -> bool:
        """Whether no scenario is chosen, nor a part of one."""
        return replace(self, strict=False, trust=False) == Choice()


def choose_scenario(choice: Choice) -> Scenario:
    """The scenario of this name, the data set in these files, or else the default scenario, for the seconds chosen.

    A data set is read until the end of the run.

    Raises:
        UsageError: some of the arguments exclude each other, the seconds do not lie within the demand, or code in
            somebody's run folder is not trusted.
        TrafficError: the scenario is unknown or cannot be read.
    """
    if choice.demand is not None:
        factor = checked_factor("--demand", choice.demand)
        return choose_scenario(replace(choice, demand=None)).scaled(factor, "--demand")
    if choice.rules is not None:
        rules = rules_of(choice.rules, "--rules").name
        return choose_scenario(replace(choice, rules=None)).under(rules, "--rules")
    at_least_one("--until", choice.until)
    if choice.counts is not None:
        return _counted(choice, choice.counts)
    files = choice.files()
    if choice.scenario is not None and files:
        raise UsageError(files[0], f"the scenario {choice.scenario} is given as well", "give one of the two")
    if choice.is_sumo():
        return _sumo_files(choice, files)
    if files:
        return _data_set(choice).narrowed(choice.first, None, ("--from", "--until"))
    if choice.phases is not None:
        raise UsageError(
            "--phases", "phases can be chosen for data sets only", "give --cityflow DIR or --sumo FILE as well"
        )
    whole = _known_scenario(DEFAULT_SCENARIO if choice.scenario is None else choice.scenario)
    if choice.scenario is not None and not choice.trust:
        _ensure_no_code(choice.scenario, whole)
    return whole.narrowed(choice.first, choice.until, ("--from", "--until"))


def _counted(choice: Choice, counts: Path) -> Scenario:
    """The scenario with the demand of turning counts. A road network alone is enough then."""
    names = ("--from", "--until")
    if choice.roadnet is not None and choice.scenario is None and choice.cityflow is None and not choice.flow:
        rows = None if choice.phases is None else parse_phases(choice.phases)
        whole = scenario_of(DataSet(choice.roadnet, (counts,)), rows, LONGEST_DURATION)
    elif choice.sumo is not None and not choice.routes and choice.scenario is None:
        rows = None if choice.phases is None else parse_phases(choice.phases)
        found = find_sumo_files(choice.sumo, (), SUMO_FLAGS, needs_routes=False)
        _tell(found.remarks, choice.strict)
        whole = counted_files(found, counts, rows)
    else:
        whole = choose_scenario(replace(choice, counts=None, first=None, until=None))
    return counted_scenario(whole, counts).narrowed(choice.first, choice.until, names)


def tell_remarks(scenario: Scenario, strict: bool) -> None:
    """Prints what was done with the parts of a data set that could not be taken as they are written.

    Raises:
        TrafficError: the scenario cannot be built, or it is to be read strictly and an element was left out or ignored.
    """
    _tell(scenario.remarks(), strict)


def tell_plan_remarks(scenario: Scenario, strategies: Iterable[NamedStrategy], strict: bool) -> None:
    """Prints what is done with the parts of given timing plans that the signals cannot show as they are written.

    Raises:
        TrafficError: a plan cannot be read or used on the scenario, or it is to be kept strictly and cannot be.
    """
    _tell((remark for each in strategies for remark in plan_remarks(scenario, each)), strict)


def _tell(remarks: Iterable[Remark], strict: bool) -> None:
    remarks = tuple(remarks)
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


def _data_set(choice: Choice) -> Scenario:
    """The data set in the files, until the end of the run."""
    if choice.until is not None and choice.until > LONGEST_DURATION:
        raise UsageError("--until", f"{choice.until} is longer than any demand", f"give at most {LONGEST_DURATION}")
    rows = None if choice.phases is None else parse_phases(choice.phases)
    data = find_data_set(choice.cityflow, choice.roadnet, choice.flow, FLAGS)
    _tell(data.remarks, choice.strict)
    return scenario_of(data, rows, choice.until)


def _sumo_files(choice: Choice, files: list[str]) -> Scenario:
    """The scenario of SUMO's files, for the seconds chosen."""
    others = [flag for flag in files if flag not in ("--sumo", "--routes")]
    if others:
        raise UsageError(others[0], "files of SUMO are given as well", "give one of the two")
    if choice.sumo is None:
        raise UsageError("--routes", "the vehicles have no road network", "give --sumo as well")
    if choice.until is not None and choice.until > LONGEST_DURATION:
        raise UsageError("--until", f"{choice.until} is longer than any demand", f"give at most {LONGEST_DURATION}")
    rows = None if choice.phases is None else parse_phases(choice.phases)
    found = find_sumo_files(choice.sumo, choice.routes, SUMO_FLAGS)
    _tell(found.remarks, choice.strict)
    return scenario_of_files(found, rows, choice.first, choice.until, ("--from", "--until"))


def _known_scenario(name: str) -> Scenario:
    """The scenario of this name or in this file."""
    if os.path.isdir(name) and not name.endswith((".json", ".py")) and name not in scenario_names():
        remedy = "give --cityflow DIR for a folder with CityFlow's files, or a .json or .py file"
        raise UsageError("scenario", f"{name} is a folder", remedy)
    kind = kind_of(Path(name)) if name.endswith(SUFFIXES) else None
    if kind is not None:
        remedy = "give it with --cityflow" if kind is Kind.CONFIG else "give --roadnet FILE --flow FILE"
        raise UsageError("scenario", f"{name} is {kind}", remedy)
    return load_scenario(name)
