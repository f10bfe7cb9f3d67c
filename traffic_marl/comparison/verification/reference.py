"""The reference comparison: its scenarios and strategies, and its results as they are shipped."""

from pathlib import Path

from traffic_marl.comparison.comparison import compare
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.files import LOCK
from traffic_marl.scenario import ArterialNetwork, GridNetwork, Scenario, Sensors, Signals, TurningFlows
from traffic_marl.strategies.catalogue import COMPARED

REFERENCE = Path(__file__).parent / "reference"  # folder of the results that are shipped
SEEDS = (0, 1)
CROSSROADS = Scenario(
    name="crossroads",
    description="Four intersections with eight phases each, blind and inexact detectors, and a bound of red.",
    network=GridNetwork(rows=2, columns=2, block_m=160.0),
    demand=TurningFlows(inflow_vph=500.0),
    signals=Signals(phases="eight", max_red_s=250),
    sensors=Sensors(missed_share=0.05, blind_share=0.05),
    duration_s=300,
    clearing_s=200,
)
MAIN_STREET = Scenario(
    name="main_street",
    description="A main street of three intersections that carries more vehicles than it should.",
    network=ArterialNetwork(intersections=3, blocks_m=(140.0, 220.0)),
    demand=TurningFlows(inflow_vph=700.0),
    signals=Signals(max_green_s=45),
    duration_s=300,
    clearing_s=200,
)


def scenarios() -> tuple[Scenario, ...]:
    """The scenarios of the reference comparison."""
    return CROSSROADS, MAIN_STREET


def references(folder: Path = REFERENCE) -> list[ResultsFolder]:
    """The results that are shipped, one folder for each scenario.

    Raises:
        FileError: a file is missing or damaged.
    """
    return [ResultsFolder.open_folder(folder / scenario.name) for scenario in scenarios()]


def write_reference(folder: Path = REFERENCE) -> None:
    """Runs the reference comparison into folders that do not exist yet.

    Raises:
        FileError: a folder is there already, with runs of other code, or cannot be written.
    """
    for scenario in scenarios():
        compare(scenario, COMPARED, SEEDS, results=folder / scenario.name)
        (folder / scenario.name / LOCK).unlink(missing_ok=True)
