"""The features of an observation, in one table: names, units, scales, widths and the kernel's order follow from it."""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from traffic_marl.kernels.tables import BAND_EDGES, LEFT, RIGHT, SPACE, THROUGH

VEHICLES = 40.0  # [veh] on a movement's lanes that are shown as 1
EXIT_VEHICLES = 80.0  # [veh] on all lanes of an exit road that are shown as 1
WAIT = 300.0  # [s] shown as 1
SINCE_SERVED = 240.0  # [s] shown as 1
AGE = 60.0  # [s] shown as 1
ARRIVAL = 20.0  # [s] shown as 1
EXCESSES = {"plan_near": 15.0, "plan_far": 80.0}  # [veh s] beyond the least planned delay that are shown as 1 / e
NEAREST = "plan_near"  # the feature of a plan that tells small differences
NEAR_BANDS = 2  # bands before the stop line in which a vehicle upstream can cross within a decision or two

TURN_RANKS = {"through": THROUGH, "left": LEFT, "right": RIGHT}

PRESENT, PHASE, SIGNAL = "present", "phase", "signal"  # groups that every observation has
PLAN = "plan"


@dataclass(frozen=True)
class Feature:
    """One number of an observation."""

    name: str
    group: str
    meaning: str
    unit: str = ""  # of `full`
    full: float = 1.0  # value that is shown as 1, as all beyond it is
    one: str = "yes"  # what 1 stands for without a unit


MOVEMENT_GROUPS: dict[str, str] = {  # of a movement's features, in their order
    "queue": "halted vehicles on the movement's lanes",
    "bands": "moving vehicles on the movement's lanes, by distance from the stop line",
    "backlog": "vehicles without room to enter the movement's lanes",
    "delay": "vehicles delayed on the movement's lanes, mean over the decision interval",
    "wait": "longest present standstill on the movement's lanes",
    "exit": "queue and vehicles on the road that the movement leads to",
    "inflow": "vehicles that the intersection upstream sends and holds back",
    "turns": "turns that the intersection upstream lets go",
    "blind": "lanes of the movement whose detectors are known to fail",
    "arrival": "time until the next vehicle arrives at the movement's stop lines",
    "room": "how full the fullest lane of the road is that the movement leads to",
}
PHASE_GROUPS: dict[str, str] = {  # of further features of a phase
    PLAN: "how close the delay planned for the vehicles in sight, with the phase next, comes to the least of any phase",
}
GROUPS = MOVEMENT_GROUPS | PHASE_GROUPS  # that can be chosen, in their order

NEIGHBOURS = ("exit", "inflow", "turns", "room")  # groups of movements that tell of other intersections


def _bands() -> tuple[Feature, ...]:
    """Moving vehicles in each band before the stop line."""
    edges = (0.0, *BAND_EDGES)
    spans = [(f"{near:g}_{far:g}", f"{near:g} to {far:g} m") for near, far in pairwise(edges)]
    spans.append((f"over_{edges[-1]:g}", f"over {edges[-1]:g} m"))
    return tuple(
        Feature(f"moving_{name}", "bands", f"moving vehicles {words} from the stop line", "veh", VEHICLES)
        for name, words in spans
    )


_NEAR = f"vehicles upstream that stand or are within {BAND_EDGES[NEAR_BANDS - 1]:g} m, on movements to this road that"

MOVEMENT_FEATURES: tuple[Feature, ...] = (
    Feature("present", PRESENT, "the slot holds a movement"),
    Feature("queue", "queue", "halted vehicles", "veh", VEHICLES),
    *_bands(),
    Feature("backlog", "backlog", "vehicles without room to enter", "veh", VEHICLES),
    Feature("delay", "delay", "sum of 1 - v / free speed, mean over the seconds of the interval", "veh", VEHICLES),
    Feature("longest_wait", "wait", "longest present standstill", "s", WAIT),
    Feature("exit_queue", "exit", "halted vehicles on all lanes of the exit road", "veh", EXIT_VEHICLES),
    Feature("exit_vehicles", "exit", "vehicles on all lanes of the exit road", "veh", EXIT_VEHICLES),
    Feature("sent", "inflow", f"{_NEAR} have green", "veh", VEHICLES),
    Feature("held", "inflow", f"{_NEAR} have red", "veh", VEHICLES),
    *(
        Feature(f"{turn}_sends", "turns", f"{turn} movements upstream to this road have green")
        for turn in sorted(TURN_RANKS, key=TURN_RANKS.__getitem__)
    ),
    Feature("blind", "blind", "share of the movement's lanes whose detectors are known to fail", one="all lanes"),
    Feature(
        "next_arrival", "arrival", "until the first moving vehicle is at the stop line, at its speed", "s", ARRIVAL
    ),
    Feature(
        "exit_fullness",
        "room",
        f"vehicles on the fullest lane of the exit road, {SPACE:g} m each, over its length",
        one="a full lane",
    ),
)
PHASE_FEATURES: tuple[Feature, ...] = (
    Feature("shown", PHASE, "the phase is shown, or comes next during an intergreen"),
    Feature("since_served", PHASE, "time since the phase was last green", "s", SINCE_SERVED),
    Feature("allowed", PHASE, "a request for it would be granted before the next decision: the action mask"),
    *(
        Feature(
            name, PLAN, f"exp(-x / {excess:g}), x [veh s] the planned delay beyond the least one", one="the best phase"
        )
        for name, excess in EXCESSES.items()
    ),
)
SIGNAL_FEATURES: tuple[Feature, ...] = (
    Feature("age", SIGNAL, "time since the present interval of the signal began", "s", AGE),
    Feature("yellow", SIGNAL, "the signal shows yellow"),
    Feature("all_red", SIGNAL, "the signal shows all-red"),
)
FEATURES = (*MOVEMENT_FEATURES, *PHASE_FEATURES, *SIGNAL_FEATURES)


class Preset(NamedTuple):
    """A choice of groups under a name of its own."""

    groups: tuple[str, ...]
    meaning: str


_LOCAL = ("queue", "bands", "backlog", "delay", "wait")
_UPSTREAM = (*_LOCAL, "exit", "inflow")

OBSERVATIONS: dict[str, Preset] = {
    "local": Preset(_LOCAL, "queues, approaching vehicles by distance, backlog, delay and longest wait of a movement"),
    "pressure": Preset((*_LOCAL, "exit"), "local, and queue and vehicles on the exit roads, as PressLight sees"),
    "upstream": Preset(_UPSTREAM, "pressure, and what the intersections upstream send and hold back"),
    "neighbours": Preset((*_UPSTREAM, "turns"), "upstream, and which turns the intersections upstream let go"),
    "detectors": Preset((*_UPSTREAM, "blind"), "upstream, and which lanes have detectors that are known to fail"),
    "arrivals": Preset((*_UPSTREAM, "blind", "arrival"), "detectors, and the time until the next vehicle arrives"),
}


def feature(name: str) -> Feature:
    """The feature of this name."""
    return next(each for each in FEATURES if each.name == name)


def names(features: tuple[Feature, ...], *groups: str) -> tuple[str, ...]:
    """Names of the features, or of those in some groups."""
    return tuple(each.name for each in features if not groups or each.group in groups)


def offset(name: str) -> int:
    """Place of a feature within its group."""
    group = feature(name).group
    return names(FEATURES, group).index(name)
