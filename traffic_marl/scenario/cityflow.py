"""The protocol of the CityFlow literature on a data set in CityFlow's formats."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from traffic_marl.checks import checked_path, shown
from traffic_marl.demand.demand import LONGEST_DURATION
from traffic_marl.demand.formats.flow_times import USUAL_HORIZON, natural_horizon
from traffic_marl.errors import UsageError
from traffic_marl.remarks import warn_of
from traffic_marl.scenario.data_sets.finding import DataSet, find_data_set
from traffic_marl.scenario.data_sets.found import absolute, with_longest_change
from traffic_marl.scenario.formats import DemandFile, NetworkFile
from traffic_marl.scenario.phases import PhaseRows
from traffic_marl.scenario.scenario import Scenario
from traffic_marl.scenario.signals import Signals

CITYFLOW = "cityflow"


def cityflow_scenario(
    directory: str | Path | None = None,
    *,
    roadnet: str | Path | None = None,
    flow: str | Path | Sequence[str | Path] = (),
    phases: PhaseRows | None = None,
    from_s: int | None = None,
    horizon_s: int | None = None,
) -> Scenario:
    """The protocol of the CityFlow literature on a data set in CityFlow's formats.

    Between two phases, the movements that are green in both are shown for as long as the phase tables show their yellow
    and all-red rows, or for 5 s where they have none. Greens have no shortest or longest duration, and vehicles that
    are under way at the horizon stay unfinished. Decisions fall every 15 s, as is usual in this literature: each change
    costs 5 s, so a strategy that changes every 5 s would never show green.

    The files are those that are named, or else those of the folder: roadnet.json and flow.json, those that its only
    configuration names, or its only road network and flow file. A DataWarning tells of files that were not named, and
    of settings of a configuration that have no effect here.

    Args:
        directory: a folder, or a configuration of CityFlow. None if the files are named.
        roadnet: the road network, from the working directory or from the folder.
        flow: the flow file, or several whose vehicles are on the road together.
        phases: rows of the phase tables to choose from, one list for all intersections or lists by intersection. None
            takes the default rows.
        from_s: [s] second of the demand at which the run begins, as for `Scenario.within`. None takes 0.
        horizon_s: [s] second at which demand and run end. None takes an hour, as published figures do, or if vehicles
            are due later, the quarter of an hour in which the last of them is due.

    Raises:
        FileError: a file is missing, or the folder leaves a choice.
        ScenarioError: the road network cannot be read.
        UsageError: an argument is of a wrong type, or too little is given.
    """
    flows = (flow,) if isinstance(flow, str | Path) else flow
    if not (isinstance(flows, Sequence) and all(isinstance(each, str | Path) for each in flows)):
        raise UsageError("flow", f"{shown(flow)} is not a path, nor a list of paths", "give one or several paths")
    is_named = roadnet is not None or len(flows) > 0
    if directory is None and not is_named:
        raise UsageError("directory", "no data set is given", "give a folder, or roadnet and flow")
    data = find_data_set(
        None if directory is None and is_named else checked_path("directory", directory),
        None if roadnet is None else checked_path("roadnet", roadnet),
        [checked_path("flow", each) for each in flows],
    )
    warn_of(data.remarks)
    whole = scenario_of(data, phases, horizon_s)
    return whole.within(from_s=from_s)


def scenario_of(data: DataSet, phases: PhaseRows | None, horizon: int | None) -> Scenario:
    """The protocol on the files of a data set. The other arguments are those of `cityflow_scenario`."""
    if isinstance(phases, str) or not (phases is None or isinstance(phases, Iterable)):
        raise UsageError("phases", f"{shown(phases)} is not a list of rows", "give a list such as [1, 2, 3, 4]")
    chosen: Any = tuple(phases) if isinstance(phases, Iterable) and not isinstance(phases, Mapping) else phases
    first, *others = (absolute(path) for path in data.flows)
    scenario = Scenario(
        name=data.name,
        description=f"CityFlow's files in {data.roadnet.parent.name}",
        network=NetworkFile(kind=CITYFLOW, path=absolute(data.roadnet)),
        demand=DemandFile(kind=CITYFLOW, path=first, also=tuple(others)),
        signals=Signals(
            phases=chosen,
            min_green_s=0,
            max_green_s=None,
            yellow_s=5,
            all_red_s=0,
            max_red_s=None,
        ),
        decision_interval_s=15,
        duration_s=USUAL_HORIZON if horizon is None else horizon,
        clearing_s=0,
    )
    timed = with_longest_change(scenario)
    if horizon is not None:
        return timed
    natural = natural_horizon(data.flows, timed.build_network(), LONGEST_DURATION)
    return timed.model_copy(update={"duration_s": natural})
