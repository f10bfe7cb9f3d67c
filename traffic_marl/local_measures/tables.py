"""The tables of places: what `LocalMeasures` holds. B copies, G places of one kind."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from traffic_marl.arrays import Floats, Ints
from traffic_marl.local_measures.definitions import LOCAL_DEFINITIONS
from traffic_marl.local_measures.service import level_of_service

Kind = Literal["intersection", "approach", "movement"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WHOLE = ("demand", "arrived", "served", "p95_queue", "p95_queue_length", "spillback")  # numbers that are whole


@dataclass(frozen=True)
class Place:
    """An intersection, an approach or a movement. What a kind of place does not have is empty."""

    intersection: str
    road: str = ""  # the approach
    side: str = ""  # compass point that its traffic comes from, such as "N"
    turn: str = ""  # "left", "through" or "right"
    to_road: str = ""  # that the movement leads to

    @property
    def name(self) -> str:
        """The place in one phrase, such as `I1 from N left`."""
        words = (self.intersection, f"from {self.side}" if self.side else "", self.turn)
        return " ".join(word for word in words if word)


def names_of(places: Sequence[Place]) -> list[str]:
    """The names of the places. Where movements have one in common, the road that they lead to is told as well."""
    shared = Counter(place.name for place in places)
    return [
        f"{place.name} to {place.to_road}" if shared[place.name] > 1 and place.to_road else place.name
        for place in places
    ]


@dataclass(frozen=True, eq=False)
class PlaceMeasures:
    """The measures of all places of one kind, defined in `LOCAL_DEFINITIONS`. A mean over no vehicle is nan."""

    kind: Kind
    places: tuple[Place, ...]  # (G,) in the order of the network
    demand: Ints  # [veh] (B, G)
    arrived: Ints  # [veh] (B, G)
    served: Ints  # [veh] (B, G)
    volume: Floats  # [veh/h] (B, G)
    mean_delay: Floats  # [s/veh] (B, G)
    p95_delay: Floats  # [s] (B, G)
    entry_delay: Floats  # [s/veh] (B, G)
    stops: Floats  # [1/veh] (B, G)
    mean_queue: Floats  # [veh] (B, G)
    p95_queue: Ints  # [veh] (B, G)
    mean_queue_length: Floats  # [m] (B, G)
    p95_queue_length: Ints  # [m] (B, G)
    capacity: Floats  # [veh/h] (B, G)
    saturation: Floats  # (B, G)
    arrivals_on_green: Floats  # (B, G)
    spillback: Ints  # [s] (B, G)
    total_delay: Floats  # [veh s] (B, G)

    def __iter__(self) -> Iterator[tuple[str, NDArray[np.generic]]]:
        """Names and values (B, G) of the numbers, in the order of the definitions."""
        for field in fields(self):
            if field.name in LOCAL_DEFINITIONS:
                yield field.name, getattr(self, field.name)

    def levels(self, copy: int) -> tuple[str, ...]:
        """Level of service of each place in one copy, `A` to `F`. Empty for a place that nobody visited."""
        return tuple(level_of_service(delay) for delay in self.mean_delay[copy].tolist())


@dataclass(frozen=True, eq=False)
class Balance:
    """The delay of the whole network by where it arose: `places` + `elsewhere` + `unfinished` = `network`."""

    network: Floats  # [veh s] (B,) mean delay of the network times its demanded vehicles
    places: Floats  # [veh s] (B,) sum over all movements, which is that over all approaches or intersections
    elsewhere: Floats  # [veh s] (B,) of completed trips on roads that end without a signal
    unfinished: Floats  # [veh s] (B,) the same of unserved vehicles, less the free travel time still ahead of them


@dataclass(frozen=True, eq=False)
class LocalMeasures:
    """The measures of a run by place."""

    intersections: PlaceMeasures
    approaches: PlaceMeasures  # roads that end at a signal
    movements: PlaceMeasures  # at signals
    balance: Balance
    saturation_flow: dict[str, Floats]  # [veh/h] (B,) of a lane by turn, on which capacities rest
    time_lost: dict[str, Floats]  # [s] (B,) of a green by turn until its queue discharges at that flow
    headways: dict[str, Ints]  # (B,) from which both of them were measured; 0 where they were assumed

    def of(self, kind: Kind) -> PlaceMeasures:
        """The table of this kind of place."""
        return {"intersection": self.intersections, "approach": self.approaches, "movement": self.movements}[kind]
