"""Where scenarios come from: the ones shipped, scripts, JSON files, and folders with CityFlow's files."""

from collections.abc import Sequence
from pathlib import Path

from traffic_marl.errors import FileError, ScenarioError, suggest
from traffic_marl.imported import run_file
from traffic_marl.scenario.demands import CityFlowTrips
from traffic_marl.scenario.networks import CityFlowNetwork
from traffic_marl.scenario.scenario import Scenario
from traffic_marl.scenario.signals import Signals

PACKAGE = Path(__file__).parents[1]
FOLDERS = (PACKAGE / "scenarios", PACKAGE.parent / "scenarios")  # of an installed package, of the repository


def scenario_names() -> list[str]:
    """Names of the scenarios shipped, sorted."""
    return sorted(path.stem for path in _folder().glob("*.py") if not path.name.startswith("_"))


def scenario_summaries() -> dict[str, str]:
    """The question that each of the scenarios shipped asks, by name."""
    return {name: load_scenario(name).description for name in scenario_names()}


def load_scenario(name_or_path: str | Path) -> Scenario:
    """A scenario by its name, or from a script that declares `scenario`, or from a JSON file.

    Raises:
        ScenarioError: there is no such scenario, the script fails or declares none, or a field is wrong.
        FileError: the file cannot be read.
    """
    path = Path(name_or_path)
    if path.suffix == ".json":
        return Scenario.load(path)
    if path.suffix == ".py":
        return _from_script(path)
    known = scenario_names()
    name = str(name_or_path)
    if name not in known:
        raise ScenarioError("scenario", f"unknown scenario {name!r}", suggest(name, known))
    return _from_script(_folder() / f"{name}.py")


def cityflow_scenario(directory: str | Path, *, phases: Sequence[int] | None = None, horizon_s: int = 3600) -> Scenario:
    """The protocol of the CityFlow literature on a folder that holds roadnet.json and flow.json.

    A change of phase shows 5 s of what is green in every phase; no green is too short or too long, and what is under
    way at the horizon stays unfinished. Decisions fall every 15 s, as is usual there: at 5 s, a request that changes
    at every decision would never show green, since each change costs 5 s.

    Args:
        directory: the folder.
        phases: rows of the phase table to choose from; None: the usual ones.
        horizon_s: how long vehicles are created and the run lasts.

    Raises:
        FileError: the folder or one of the files is missing.
    """
    folder = Path(directory)
    if not folder.is_dir():
        raise FileError(str(directory), "is not a folder", "give one with roadnet.json and flow.json")
    for name in ("roadnet.json", "flow.json"):
        if not (folder / name).is_file():
            raise FileError(str(folder / name), "is missing", "give a folder with roadnet.json and flow.json")
    return Scenario(
        name=folder.resolve().name,
        description=f"CityFlow's files in {folder.name}",
        network=CityFlowNetwork(path=str(folder.resolve() / "roadnet.json")),
        demand=CityFlowTrips(path=str(folder.resolve() / "flow.json")),
        signals=Signals(
            phases=None if phases is None else tuple(phases),
            min_green_s=0,
            max_green_s=None,
            yellow_s=5,
            all_red_s=0,
            max_red_s=None,
        ),
        decision_interval_s=15,
        duration_s=horizon_s,
        clearing_s=0,
    )


def _folder() -> Path:
    for folder in FOLDERS:
        if any(folder.glob("*.py")):
            return folder
    raise FileError(str(FOLDERS[0]), "holds no scenarios", "install the package again")


def _from_script(path: Path) -> Scenario:
    """Runs a script and takes the scenario that it declares."""
    if not path.is_file():
        raise FileError(str(path), "is not there", "give the path of a script that declares `scenario`")
    module = run_file(path, str(path), ScenarioError)
    scenario = getattr(module, "scenario", None)
    if not isinstance(scenario, Scenario):
        raise ScenarioError(str(path), "declares no scenario", "let it say `scenario = Scenario(...)`")
    return scenario
