"""Loading of scenarios: the ones shipped, random ones, scripts and JSON files."""

import os
import re
from pathlib import Path

from traffic_marl.checks import shown
from traffic_marl.errors import FileError, ScenarioError, UsageError, one_line, suggest
from traffic_marl.imported import run_file
from traffic_marl.scenario.random import random_scenario
from traffic_marl.scenario.scenario import Scenario

PACKAGE = Path(__file__).parents[1]
FOLDERS = (PACKAGE / "scenarios", PACKAGE.parent / "scenarios")  # of an installed package, of the repository
RANDOM = re.compile(r"random_(\d{1,19})")  # name of a random scenario, with its seed


def scenario_names() -> list[str]:
    """Names of the scenarios shipped, sorted."""
    return sorted(path.stem for path in _folder().glob("*.py") if not path.name.startswith("_"))


def scenario_summaries() -> dict[str, str]:
    """The question that each of the scenarios shipped asks, by name."""
    return {name: load_scenario(name).description for name in scenario_names()}


def load_scenario(scenario: Scenario | str | Path) -> Scenario:
    """A scenario by its name, from a script that declares `scenario`, or from a JSON file. A Scenario stays as it is.

    `random_7` is the random scenario of seed 7.

    Raises:
        UsageError: it is neither a scenario nor text nor a path.
        ScenarioError: there is no such scenario, the script fails or declares none, or a field is wrong.
        FileError: the file cannot be read.
    """
    if isinstance(scenario, Scenario):
        return scenario
    if not isinstance(scenario, str | Path):
        raise UsageError("scenario", f"{shown(scenario)} is not a scenario", "give a Scenario, or its name or path")
    path = Path(scenario)
    if path.suffix == ".json":
        return Scenario.load(path)
    if path.suffix == ".py":
        return _from_script(path)
    known = scenario_names()
    name = str(scenario)
    drawn = RANDOM.fullmatch(name)
    if drawn is not None:
        return random_scenario(int(drawn[1]))
    if name not in known:
        raise ScenarioError("scenario", f"unknown scenario {name!r}", suggest(name, known))
    return _from_script(_folder() / f"{name}.py")


def _folder() -> Path:
    for folder in FOLDERS:
        if any(folder.glob("*.py")):
            return folder
    raise FileError(str(FOLDERS[0]), "holds no scenarios", "install the package again")


def _from_script(path: Path) -> Scenario:
    """Runs a script and takes the scenario that it declares."""
    if not os.path.exists(path):
        raise FileError(one_line(path), "is not there", "give the path of a script that declares `scenario`")
    module = run_file(path, str(path), ScenarioError)
    declared = getattr(module, "scenario", None)
    if not isinstance(declared, Scenario):
        raise ScenarioError(str(path), "declares no scenario", "write `scenario = Scenario(...)` in it")
    return declared
