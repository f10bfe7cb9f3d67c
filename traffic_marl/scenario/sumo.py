"""A scenario of SUMO's files: a road network, its vehicles, and the times of its signals."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from traffic_marl.checks import checked_path, shown
from traffic_marl.demand.demand import LONGEST_DURATION
from traffic_marl.demand.formats.sumo.demand import read_routes, span_of
from traffic_marl.errors import DemandError, UsageError
from traffic_marl.network.model import PhaseRow, signalised_nodes
from traffic_marl.remarks import warn_of
from traffic_marl.scenario.data_sets.found import absolute, with_longest_change
from traffic_marl.scenario.data_sets.sumo import SumoFiles, SumoNames, find_sumo_files
from traffic_marl.scenario.formats import DemandFile, NetworkFile
from traffic_marl.scenario.phases import PhaseRows
from traffic_marl.scenario.scenario import Scenario
from traffic_marl.scenario.signals import Signals

SUMO = "sumo"
QUARTER = 900  # [s] to which the begin and the end of a demand are rounded
USUAL_GREEN = 30  # [s] of a phase, for signals with so many phases that the usual max red is too short
LONGEST_RED = 86_400  # [s] that a max red may be
CLEARING = 3600  # [s] for the network to clear, where no end is given
PYTHON = SumoNames("path", "routes")


def sumo_scenario(
    path: str | Path,
    *,
    routes: str | Path | Sequence[str | Path] = (),
    phases: PhaseRows | None = None,
    from_s: int | None = None,
    until_s: int | None = None,
) -> Scenario:
    """A scenario of SUMO's files.

    Signals keep a shortest green of 5 s, or that of the programs where it is shorter, a longest one of 60 s, and the
    longest yellow and all-red of the programs in the file. Phases are the rows of the programs that show green without
    yellow. The max red is 300 s. It is more where a program takes longer, or where 30 s of green for each phase of a
    signal do not fit into it.

    Args:
        path: a configuration of SUMO (.sumocfg), or a road network (.net.xml).
        routes: route files in place of those of the configuration. A road network needs at least one.
        phases: rows of the signal programs to choose from, one list for all intersections or lists by intersection.
            None takes all rows that are phases.
        from_s: [s] time of the files at which the run begins. None takes that of the configuration, or else the
            quarter of an hour in which the first vehicle departs.
        until_s: [s] time of the files at which demand and run end. None takes that of the configuration, or else the
            end of the quarter of an hour in which the last vehicle departs, and then an hour for the network to clear.

    Raises:
        FileError: a file is missing, or is of another kind.
        ScenarioError: the files cannot be read.
        UsageError: an argument is of a wrong type, or too little is given.
    """
    given = (routes,) if isinstance(routes, str | Path) else routes
    if not (isinstance(given, Sequence) and all(isinstance(each, str | Path) for each in given)):
        raise UsageError("routes", f"{shown(routes)} is not a path, nor a list of paths", "give one or several paths")
    files = find_sumo_files(checked_path("path", path), [checked_path("routes", each) for each in given], PYTHON)
    warn_of(files.remarks)
    return scenario_of_files(files, phases, from_s, until_s, ("from_s", "until_s"))


def scenario_of_files(
    files: SumoFiles, phases: Any, first: int | None, until: int | None, names: tuple[str, str]
) -> Scenario:
    """The scenario of files that were found. The other arguments are those of `sumo_scenario`, and their names."""
    first, until = (files.begin if first is None else first), (files.end if until is None else until)
    begin, end = _span(files, first, until)
    network_path, (route, *others) = absolute(files.network), map(absolute, files.routes)
    scenario = Scenario(
        name=files.name,
        description=f"SUMO's files in {files.network.resolve().parent.name}",
        network=NetworkFile(kind=SUMO, path=network_path),
        demand=DemandFile(kind=SUMO, path=route, also=tuple(others)),
        signals=Signals(phases=phases),
        duration_s=end,
        clearing_s=CLEARING if until is None else 0,
    )
    timed = with_enough_red(with_short_greens(with_longest_change(scenario))).narrowed(begin, None, names)
    return timed if files.scale == 1.0 else timed.scaled(files.scale, "scale")


def counted_files(files: SumoFiles, counts: Path, phases: Any) -> Scenario:
    """The scenario of files that were found, with turning counts yet to take the place of its vehicles."""
    named = replace(files, routes=(counts,), scale=1.0)
    whole = scenario_of_files(named, phases, 0, LONGEST_DURATION, ("from_s", "until_s"))
    return whole.model_copy(update={"clearing_s": CLEARING})


def with_short_greens(scenario: Scenario) -> Scenario:
    """The scenario with a min green that lets the signals show the shortest green of the programs.

    A signal whose own change is shorter than that of all signals shows a shorter green than its program has.
    """
    signals = scenario.signals
    nodes = signalised_nodes(scenario.build_network().graph)
    step = min((step for node in nodes for step in _steps(node.rows)), default=math.inf)
    shown = step - signals.yellow_s - signals.all_red_s
    least = signals.min_green_s if shown >= signals.min_green_s else max(1, math.floor(shown))
    return scenario.model_copy(update={"signals": signals.model_copy(update={"min_green_s": least})})


def _steps(rows: Sequence[PhaseRow]) -> Iterator[float]:
    """[s] The time from the begin of each phase of a program to the begin of the next."""
    firsts = [place for place, row in enumerate(rows) if row.is_phase]
    for number, first in enumerate(firsts):
        after = firsts[(number + 1) % len(firsts)]
        last = after if after > first else after + len(rows)
        yield sum(rows[place % len(rows)].time for place in range(first, last))


def with_enough_red(scenario: Scenario) -> Scenario:
    """The scenario with a max red that leaves time for all phases of each signal, one after the other."""
    network, signals = scenario.build_network(), scenario.signals
    change = signals.yellow_s + signals.all_red_s
    programs = (sum(row.time for row in node.rows) for node in signalised_nodes(network.graph))
    longest = max(int(network.tables.phase_count.max()) * (USUAL_GREEN + change), math.ceil(max(programs)))
    if signals.max_red_s is None or longest <= signals.max_red_s:
        return scenario
    bound = longest if longest <= LONGEST_RED else None
    return scenario.model_copy(update={"signals": signals.model_copy(update={"max_red_s": bound})})


def _span(files: SumoFiles, first: int | None, until: int | None) -> tuple[int, int]:
    """[s] First and last second of the demand: those given, or else those of the vehicles, in quarters of an hour."""
    if first is not None and until is not None:
        return first, until
    span = span_of(read_routes(path) for path in files.routes)
    if span is None:
        raise DemandError(files.routes[0].name, "it has no vehicle that departs at a time", "give routes with vehicles")
    begin, last = span
    begin = begin // QUARTER * QUARTER if first is None else first
    end = (last // QUARTER + 1) * QUARTER if until is None else until
    return min(begin, LONGEST_DURATION - 1), min(max(end, begin + 1), LONGEST_DURATION)
