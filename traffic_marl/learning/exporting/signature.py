"""The inputs and outputs of an exported controller: names, shapes, units and meanings."""

from dataclasses import dataclass

from traffic_marl.actions.gap_out import CLOCK, GAP, LEAST_GREEN, RETRY, SHARE
from traffic_marl.actions.tables import REACH, ZONE
from traffic_marl.kernels.tables import ALL_RED, BANDS, FULL, GREEN, SPACE, YELLOW
from traffic_marl.observation.counts import BROKEN
from traffic_marl.observation.features import GROUPS, MOVEMENT_FEATURES, PRESENT, feature

ROWS, MOVEMENTS = "rows", "movements"  # names of the dimensions of any length
EMPTY_SLOT = -1
COUNTED = tuple(each for each in MOVEMENT_FEATURES if each.group not in (PRESENT, "bands"))  # an input for each


@dataclass(frozen=True)
class Port:
    """One input or output of the graph."""

    name: str
    shape: tuple[str | int, ...]
    meaning: str
    unit: str = ""
    dtype: str = "int64"


SIGNAL: tuple[Port, ...] = (
    Port("phase", (ROWS,), "phase shown. During an intergreen the one that comes next"),
    Port("interval", (ROWS,), f"interval of the signal: {GREEN} green, {YELLOW} yellow, {ALL_RED} all-red"),
    Port("age", (ROWS,), "time since the present interval began", "s"),
    Port("span", (ROWS,), "time since the last decision. 0 at the first one", "s"),
    Port("min_green", (ROWS,), "shortest green of the signal", "s"),
    Port("max_green", (ROWS,), "longest green of the signal. A very large number if it has no limit", "s"),
    Port("yellow", (ROWS,), "yellow between two greens", "s"),
    Port("all_red", (ROWS,), "all-red after the yellow", "s"),
    Port("wait_bound", (ROWS,), "bound of the wait of a call for its green", "s"),
)
FLOW: tuple[Port, ...] = (
    Port("left", (ROWS, MOVEMENTS), "vehicles that left the movement's lanes since the last decision", "veh"),
    Port("full_exits", (ROWS, MOVEMENTS), "full lanes of the road that the movement leads to"),
    Port("open_exits", (ROWS, MOVEMENTS), "lanes of that road that are not full"),
)
MEMORY: tuple[Port, ...] = (
    Port("waited", (ROWS, MOVEMENTS), "`next_waited` of the last decision. 0 at the first one", "s"),
    Port("empty", (ROWS,), "`next_empty` of the last decision. 0 at the first one", "s"),
)


def inputs(phases: int, slots: int, movement_features: tuple[str, ...]) -> tuple[Port, ...]:
    """The inputs of a controller, in their order.

    Args:
        phases: P.
        slots: S of each phase.
        movement_features: names of the features of a movement in the policy's observation.
    """
    return (
        Port("slots", (ROWS, phases, slots), f"movements that each phase serves. {EMPTY_SLOT} in slots without one"),
        Port(
            "since_served", (ROWS, phases), "time since each phase was last green. 0 for phases that there are not", "s"
        ),
        *SIGNAL,
        *counts(movement_features),
        *MEMORY,
    )


def counts(movement_features: tuple[str, ...]) -> tuple[Port, ...]:
    """The inputs for each movement: those of the action space always, others if the observation has them."""
    each = tuple(_count(name) for name in counted(movement_features))
    bands = Port("moving", (ROWS, MOVEMENTS, BANDS), GROUPS["bands"], "veh")
    return (Port("queue", (ROWS, MOVEMENTS), GROUPS["queue"], "veh"), bands, *FLOW, *each)


def counted(movement_features: tuple[str, ...]) -> tuple[str, ...]:
    """The features that are inputs of their own beside queue and moving vehicles."""
    return tuple(each.name for each in COUNTED if each.name in movement_features and each.name != "queue")


def _count(name: str) -> Port:
    """The input of a feature."""
    if name == "delay":
        meaning = "sum of 1 - v / free speed over the vehicles on the movement's lanes and the seconds of `span`"
        return Port(name, (ROWS, MOVEMENTS), meaning, "veh s", "float64")
    described = feature(name)
    dtype = "float64" if name in BROKEN else "int64"
    return Port(name, (ROWS, MOVEMENTS), described.meaning, described.unit, dtype)


def outputs(phases: int) -> tuple[Port, ...]:
    """The outputs of a controller, in their order."""
    return (
        Port("next_phase", (ROWS,), "phase to ask for: the most probable one"),
        Port("probabilities", (ROWS, phases), "probability of each phase under the stochastic policy", dtype="float32"),
        Port(
            "allowed", (ROWS, phases), "phases that may be asked for now. A choice if there are several", dtype="bool"
        ),
        Port("next_waited", (ROWS, MOVEMENTS), "memory for the next decision", "s"),
        Port("next_empty", (ROWS,), "memory for the next decision", "s"),
    )


def described_rules(longest_green: int) -> dict[str, dict[str, object]]:
    """The rules of the action space with their units and meanings.

    Args:
        longest_green: [s] of the policy.
    """
    told = {
        "zone": (ZONE, "bands", "first bands of `moving` in which a vehicle keeps a green"),
        "reach": (REACH, "bands", "first bands of `moving` in which a vehicle calls for a green"),
        "full": (FULL, "", f"share of its room, {SPACE:g} m for a vehicle, that is taken on a lane that is full"),
        "gap": (GAP, "s", "time for which the zones of a green are empty when it may end"),
        "longest_green": (
            longest_green,
            "s",
            "after it a green ends if there is a call elsewhere; max_green - 1 at most",
        ),
        "least_green": (LEAST_GREEN, "s", "before it no occupied green is left; min_green if more"),
        "clock": (CLOCK, "s", "time between two moments at which an occupied green may be left"),
        "share": (SHARE, "s", "green of each of several overdue phases before the next one's turn; min_green if more"),
        "retry": (
            RETRY,
            "s",
            "before its bound, at which a call goes on after a turn in which nobody left; half the bound if less",
        ),
    }
    return {name: {"value": value, "unit": unit, "meaning": text} for name, (value, unit, text) in told.items()}
