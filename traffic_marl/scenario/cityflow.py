"""The protocol of the CityFlow literature on a data set in CityFlow's formats."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from traffic_marl.checks import shown
from traffic_marl.demand.demand import LONGEST_DURATION
from traffic_marl.demand.formats.flow_times import natural_horizon
from traffic_marl.errors import UsageError
from traffic_marl.network.phase_remarks import longest_change
from traffic_marl.scenario.formats import find_files
from traffic_marl.scenario.phases import PhaseRows
from traffic_marl.scenario.scenario import Scenario
from traffic_marl.scenario.signals import Signals


def cityflow_scenario(
    directory: str | Path, *, phases: PhaseRows | None = None, horizon_s: int | None = None
) -> Scenario:
    """The protocol of the CityFlow literature on a folder that holds roadnet.json and flow.json.

    Between two phases, the movements that are green in both are shown for as long as the phase tables show their yellow
    and all-red rows, or for 5 s where they have none. Greens have no shortest or longest duration, and vehicles that
    are under way at the horizon stay unfinished. Decisions fall every 15 s, as is usual in this literature: each change
    costs 5 s, so a strategy that changes every 5 s would never show green.

    Args:
        directory: the folder.
        phases: rows of the phase tables to choose from, one list for all intersections or lists by intersection. None
            takes the default rows.
        horizon_s: [s] duration of demand and run. None takes an hour, as published figures do, or if vehicles are due
            later, the quarter of an hour in which the last of them is due.

    Raises:
        FileError: the folder or one of the files is missing.
        ScenarioError: the road network cannot be read.
        UsageError: an argument is of a wrong type.
    """
    network, demand = find_files(directory, "cityflow")
    if not (phases is None or isinstance(phases, Iterable)):
        raise UsageError("phases", f"{shown(phases)} is not a list of rows", "give a list such as [1, 2, 3, 4]")
    chosen: Any = tuple(phases) if isinstance(phases, Iterable) and not isinstance(phases, Mapping) else phases
    folder = Path(directory)
    scenario = Scenario(
        name=folder.resolve().name,
        description=f"CityFlow's files in {folder.name}",
        network=network,
        demand=demand,
        signals=Signals(
            phases=chosen,
            min_green_s=0,
            max_green_s=None,
            yellow_s=5,
            all_red_s=0,
            max_red_s=None,
        ),
        decision_interval_s=15,
        duration_s=natural_horizon([Path(demand.path)], LONGEST_DURATION) if horizon_s is None else horizon_s,
        clearing_s=0,
    )
    return _with_intergreen_of_tables(scenario)


def _with_intergreen_of_tables(scenario: Scenario) -> Scenario:
    """The scenario with the longest yellow and all-red of the phase tables. It stays as it is where none has a time."""
    change = longest_change(scenario.build_network())
    if change is None:
        return scenario
    signals = scenario.signals.model_copy(update={"yellow_s": change.yellow, "all_red_s": change.all_red})
    return scenario.model_copy(update={"signals": signals})
