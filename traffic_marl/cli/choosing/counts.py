"""The demand that turning counts describe, in place of that of a chosen scenario."""

from pathlib import Path
from typing import Any

from traffic_marl.demand.counts.sheet import CountSheet, read_counts
from traffic_marl.demand.demand import LONGEST_DURATION
from traffic_marl.errors import DemandError
from traffic_marl.scenario import CountedFlows, OriginDestinationFlows, Scenario, TurningFlows


def counted_scenario(scenario: Scenario, path: Path) -> Scenario:
    """A scenario on the same network with the trips of a file of turning counts, as long as these last.

    It keeps the types of vehicles of a random demand, and the shares of the turns where nothing was counted.

    Args:
        scenario: network, rules of the signals and usual shares.
        path: the file.

    Raises:
        FileError: the file cannot be read as counts.
        DemandError: the counts last longer than a demand can.
    """
    sheet = read_counts(path)
    usual: dict[str, Any] = {}
    if isinstance(scenario.demand, TurningFlows | OriginDestinationFlows):
        usual |= {"vehicles": scenario.demand.vehicles, "departures": scenario.demand.departures}
    if isinstance(scenario.demand, TurningFlows):
        usual["turning"] = scenario.demand.turning
    demand = CountedFlows(path=str(path.parent.resolve() / path.name), **usual)
    return scenario.model_copy(update={"demand": demand, "duration_s": _span(sheet), "window_s": None})


def _span(sheet: CountSheet) -> int:
    """[s] from the start of the first interval to the end of the last."""
    last = max(sheet.lines, key=lambda line: line.start)
    span = last.start - sheet.first + sheet.interval
    if span > LONGEST_DURATION:
        what = f"begins {last.start - sheet.first} s after the first interval"
        raise DemandError(last.where, what, f"give counts of at most {LONGEST_DURATION} s")
    return span
