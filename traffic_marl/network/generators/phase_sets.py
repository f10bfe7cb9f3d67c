"""Phase tables of generated intersections with two, four or eight phases, for any set of legs.

A side is the direction that an approach comes from. Traffic of side "N" enters from the north and drives south.
"""

from collections.abc import Sequence
from typing import Literal, get_args

from traffic_marl.network.model import PhaseRow

PhaseSet = Literal["two", "four", "eight"]
PHASE_SETS: tuple[PhaseSet, ...] = get_args(PhaseSet)
DEFAULT_PHASES: PhaseSet = "four"
AXES = (("N", "S"), ("E", "W"))
GREEN_TIME, CLEARANCE_TIME = 30.0, 5.0  # [s] of a row in the fixed-time plan that is written to a file

Stream = tuple[str, str]  # a movement by side and turn, such as ("N", "left")


def phase_table(phases: str, streams: Sequence[Stream]) -> tuple[PhaseRow, ...]:
    """The rows for an intersection with these movements: right turns only, the phases, then rows between two phases.

    Right turns are green in every row, and they yield. `two` serves one axis at a time, with left turns that yield.
    `four` serves the through movements of an axis and then its left turns. `eight` adds each side on its own. Where
    only one side of an axis can turn left, it does so together with its own through movement. A phase that another
    phase contains is left out.

    Args:
        phases: one of PHASE_SETS.
        streams: the intersection's movements; their places are the indices in the rows.
    """
    rights = {stream for stream in streams if stream[1] == "right"}
    greens = {name: green | rights for name, green in _protected(phases, set(streams) - rights).items()}
    return table_of_greens(greens or {"right turns": rights}, rights, streams)


def table_of_greens(
    greens: dict[str, set[Stream]], always: set[Stream], streams: Sequence[Stream]
) -> tuple[PhaseRow, ...]:
    """The rows: movements that are always green, the phases in their order, then what two phases share.

    Args:
        greens: movements of each phase by name.
        always: movements that are green in every row.
        streams: the intersection's movements.
    """
    rows = [_row("", always, streams, CLEARANCE_TIME)]
    rows += [_row(name, green, streams, GREEN_TIME) for name, green in greens.items()]
    known = [always, *greens.values()]
    for place, one in enumerate(greens.values()):
        for other in list(greens.values())[:place]:
            if one & other not in known:
                known.append(one & other)
                rows.append(_row("", one & other, streams, CLEARANCE_TIME))
    return tuple(rows)


def _row(name: str, green: set[Stream], streams: Sequence[Stream], time: float) -> PhaseRow:
    return PhaseRow(name, tuple(place for place, stream in enumerate(streams) if stream in green), time)


def _protected(phases: str, streams: set[Stream]) -> dict[str, set[Stream]]:
    """Name and protected movements of each phase, largest sets only."""
    greens: dict[str, set[Stream]] = {}
    for axis in AXES:
        greens |= _axis(axis, streams) if phases == "two" else _through_and_left(axis, streams)
    if phases == "eight":
        for side in (side for axis in AXES for side in axis):
            greens |= _side(side, streams)
    return {
        name: green
        for name, green in greens.items()
        if green and not any(green < other for other in greens.values()) and name == _first(greens, green)
    }


def _first(greens: dict[str, set[Stream]], green: set[Stream]) -> str:
    return next(name for name, other in greens.items() if other == green)


def _axis(axis: tuple[str, str], streams: set[Stream]) -> dict[str, set[Stream]]:
    return {"".join(axis): {stream for stream in streams if stream[0] in axis}}


def _side(side: str, streams: set[Stream]) -> dict[str, set[Stream]]:
    return {f"{side} all": {stream for stream in streams if stream[0] == side}}


def _through_and_left(axis: tuple[str, str], streams: set[Stream]) -> dict[str, set[Stream]]:
    through = {stream for stream in streams if stream[0] in axis and stream[1] == "through"}
    left = {stream for stream in streams if stream[0] in axis and stream[1] == "left"}
    phases = {f"{''.join(axis)} through": through}
    if len(left) == 1:
        (stream,) = left
        return phases | _side(stream[0], streams)
    return phases | {f"{''.join(axis)} left": left}
