"""The seconds at which the flows of CityFlow's flow files create vehicles, and the end of a data set.

Source: Zhang et al. (2019), doi 10.1145/3308558.3314139 (CityFlow).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traffic_marl.demand.anchors import AnchoredRoutes, Undrivable
from traffic_marl.demand.formats.flow_ends import NO_END, NO_START
from traffic_marl.errors import FileError
from traffic_marl.network.formats.contents import Kind
from traffic_marl.network.formats.document import read_json
from traffic_marl.network.network import Network

USUAL_HORIZON = 3600  # [s] of published figures
QUARTER = 900  # [s] to which the end of a longer data set is rounded up
FOREVER = 1e12  # [s] later times are left to the reader
ROUNDING = 1e-9  # [vehicles] that a whole number may fall short of by rounding


@dataclass(frozen=True)
class FlowTimes:
    """When a flow creates vehicles: at its start, then every interval, the end included."""

    start: int  # [s]
    end: int  # [s], or NO_END
    interval: float  # [s] above 0

    def seconds_before(self, horizon: int) -> range:
        """The seconds before the horizon [s] in which the flow may create vehicles."""
        return range(self.start, horizon if self.end == NO_END else min(horizon, self.end + 1))

    def creations(self, horizon: int) -> Iterator[int]:
        """[s] when the vehicles are created before the horizon [s], by CityFlow's own accumulator."""
        ready = self.interval
        for second in self.seconds_before(horizon):
            while ready >= self.interval:
                yield second
                ready -= self.interval
            ready += 1.0

    def count(self) -> int:
        """[veh] created in all by a flow that has an end. The accumulator may make one less by rounding."""
        return max(0, math.floor((self.end - self.start) / self.interval + ROUNDING) + 1)

    def count_after(self, horizon: int, before: int) -> int:
        """[veh] created at the horizon [s] or later, if `before` are created earlier. None without an end."""
        return max(0, self.count() - before) if self.end >= horizon else 0

    def last(self) -> int:
        """[s] when the last vehicle is created, or the first one of a flow without end."""
        if self.end == NO_END:
            return self.start
        return self.start + math.ceil((self.count() - 1) * self.interval - ROUNDING)


def natural_horizon(paths: Iterable[Path], network: Network, longest: int) -> int:
    """[s] The end of a data set: an hour, or if vehicles are due later, the quarter of an hour after the last of them.

    A last vehicle that is due at 3,600 s leaves the end at the hour, unless no flow begins earlier. CityFlow would
    create it after an hour of steps. Flows without an end go on to the end that the others have. Their first vehicle
    counts like the last of another one. Flows whose routes cannot be driven do not count. Anything wrong in the files
    is left to their reader.

    Args:
        paths: the flow files.
        network: the road network.
        longest: [s] the horizon is not longer than this.
    """
    found = [each for path in paths for each in _readable(path)]
    least = USUAL_HORIZON + 1 if any(times.start < USUAL_HORIZON for times, _ in found) else USUAL_HORIZON
    lasts = ((times.last(), flow) for times, flow in found)
    late = sorted((each for each in lasts if each[0] >= least), key=lambda each: each[0], reverse=True)
    if not late:
        return USUAL_HORIZON
    routes = AnchoredRoutes(network)
    last = next((second for second, flow in late if _is_driven(flow, routes)), 0)
    return min(longest, (last // QUARTER + 1) * QUARTER) if last else USUAL_HORIZON


def _is_driven(flow: dict[str, Any], routes: AnchoredRoutes) -> bool:
    """Whether vehicles can drive along the route of a flow, as far as it is one."""
    anchors = flow.get("route")
    is_route = isinstance(anchors, list) and all(isinstance(anchor, str) for anchor in anchors)
    return is_route and not isinstance(routes.roads(anchors or (), ""), Undrivable)


def _readable(path: Path) -> Iterator[tuple[FlowTimes, dict[str, Any]]]:
    """The flows that have times, with these."""
    try:
        content = read_json(path, Kind.FLOW)
    except FileError:
        return
    for flow in content if isinstance(content, list) else ():
        found = _times(flow) if isinstance(flow, dict) else None
        if found is not None:
            yield found, flow


def _times(flow: dict[str, Any]) -> FlowTimes | None:
    """The times of a flow, None if they are not numbers in order."""
    start, end, interval = flow.get("startTime"), flow.get("endTime"), flow.get("interval", 0)
    start = NO_START if start is None else start
    end = NO_END if end is None else end
    if not (_is_number(start) and _is_number(end) and _is_number(interval)) or interval <= 0:
        return None
    first, last = max(NO_START, math.ceil(start)), math.floor(end)
    return None if first > last >= 0 else FlowTimes(first, last, float(interval))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -FOREVER <= value <= FOREVER
