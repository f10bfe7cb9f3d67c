"""SUMO's own actuated control, adjusted to the vehicles and phases of a scenario.

SUMO puts a loop on each lane. A green that has lasted its shortest time goes on while vehicles follow one another on
one of its loops within the gap. The loop lies as far before the stop line as the queue that leaves in the shortest
green. SUMO's usual values fit its usual drivers, who keep a headway of 1 s. With longer headways the loop would lie
beyond that queue, nobody would reach it in time, and greens would end while the queue still stands.

Source: https://sumo.dlr.de/docs/Simulation/Traffic_Lights.html (type actuated).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from traffic_marl.demand.trips import Trips
from traffic_marl.exchange.sumo.naming import Naming
from traffic_marl.exchange.sumo.signals import green_members, members
from traffic_marl.network.network import Network

SHORTEST_GREEN = 5  # [s] as netconvert gives it to actuated programs
LONGEST_GREEN = 60  # [s]
USUAL_GAP = 3.0  # [s] SUMO's max-gap
USUAL_PASSING = 1.9  # [s] SUMO's passing-time, from one vehicle of a queue to the next
USUAL_HEADWAY = 1.0  # [s] tau of SUMO's usual drivers
NO_LOOP = "NO_DETECTOR"  # SUMO's word for a lane without loop
NO_JAM = 86_400.0  # [s] a loop that is occupied for longer would not count


@dataclass(frozen=True)
class ActuatedControl:
    """The values of SUMO's actuated control that a user may choose."""

    shortest_green: int = SHORTEST_GREEN  # [s] at least the min green of the signals
    longest_green: int = LONGEST_GREEN  # [s] at most their max green
    gap: float | None = None  # [s] None fits SUMO's usual gap to the headway of the vehicles


def control_values(control: ActuatedControl, trips: Trips) -> dict[str, str]:
    """The values of all programs, by SUMO's names of them."""
    more = max(0.0, mean_headway(trips) - USUAL_HEADWAY)
    gap = USUAL_GAP + more if control.gap is None else control.gap
    return {
        "max-gap": f"{gap:g}",
        "passing-time": f"{USUAL_PASSING + more:g}",
        # With a limit of jams, SUMO also counts vehicles on lanes whose turns yield. Otherwise a phase of yielding
        # turns alone would have no loop.
        "jam-threshold": f"{NO_JAM:g}",
    }


def mean_headway(trips: Trips) -> float:
    """[s] mean headway of the vehicles, SUMO's usual one if there are none."""
    headways = np.array([each.headway for each in trips.types])
    return float(headways[trips.type_row].mean()) if len(trips) else USUAL_HEADWAY


def lanes_without_loop(network: Network, naming: Naming, intersection: int) -> Iterator[str]:
    """Names of the lanes whose connections are green in each phase, and would lengthen all greens."""
    tables = network.tables
    rows = tables.phase_row[intersection, : tables.phase_count[intersection]]
    always = np.logical_and.reduce([green_members(network, intersection, int(row)) for row in rows])
    lanes = tables.start_lane[members(network, intersection)]
    controlled = set(lanes[~always].tolist())
    for lane in sorted(set(lanes.tolist()) - controlled):
        yield naming.lane(network, lane)
