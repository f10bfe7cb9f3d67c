"""Links: for the slots of movements in observations, the slots of the movements that lead to their roads."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network
from traffic_marl.observation import ObservationLayout
from traffic_marl.observation.slots import slots


@dataclass(frozen=True)
class Links:
    """The roads between two intersections, by the slots of the movements that lead to them and leave from them."""

    sending: tuple[tuple[tuple[int, ...], ...], ...]  # (L, J, I) places among all slots (N P S), NONE where none is
    receiving: tuple[tuple[int, ...], ...]  # (N, P S) road of the movement in each slot, NONE where it is no such road


def links_of(network: Network, layout: ObservationLayout) -> Links:
    """The links of a road network. There is at least one road, to which nothing may lead.

    A movement that every phase serves has no slot, and so it sends and receives nothing.

    Args:
        network: the road network.
        layout: of the observations. It may have more phases and slots than the network needs.

    Raises:
        UsageError: the layout has fewer slots than the movements of a phase.
    """
    movements = _padded(network, layout)
    places: dict[int, list[int]] = defaultdict(list)
    for place, m in enumerate(movements.flatten().tolist()):
        if m != NONE:
            places[m].append(place)
    into: dict[str, list[list[int]]] = defaultdict(list)
    for m, (_, road) in enumerate(network.movement_roads):
        if m in places:
            into[road].append(places[m])
    entered = {network.movement_roads[m][0] for m in places}
    roads = [road for road in network.roads if road in into and road in entered]
    number = {road: each for each, road in enumerate(roads)}
    receiving = [
        [NONE if m == NONE else number.get(network.movement_roads[m][0], NONE) for m in row]
        for row in movements.reshape(len(movements), -1).tolist()
    ]
    return Links(_table([into[road] for road in roads]), tuple(map(tuple, receiving)))


def _padded(network: Network, layout: ObservationLayout) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """Movements (N, P, S) in the slots of the layout, NONE where there is none."""
    known = slots(network)
    agents, phases, held = known.shape
    if phases > layout.phases or held > layout.movements:
        what = f"messages need a slot for each of {held} movements of a phase, and there are {layout.movements}"
        raise UsageError("observation", what, "use one with the slots of upstream, or the policy shared")
    table = np.full((agents, layout.phases, layout.movements), NONE, np.int32)
    table[:, :phases, :held] = known
    return table


def _table(lists: list[list[list[int]]]) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """The lists as a table (L, J, I) of at least one entry, padded with NONE."""
    filled = lists or [[[NONE]]]
    widest = max(len(group) for each in filled for group in each)
    longest = max(len(each) for each in filled)
    return tuple(
        tuple(tuple(group + [NONE] * (widest - len(group))) for group in each + [[]] * (longest - len(each)))
        for each in filled
    )
