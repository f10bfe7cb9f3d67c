"""The part of a demand that a run takes: its first and last second, and their checks."""

from typing import Annotated

from pydantic import Field

from traffic_marl.checks import whole_number
from traffic_marl.errors import UsageError
from traffic_marl.scenario.validation import WholeNumber, refuse

Second = Annotated[WholeNumber, Field(ge=0)]
Window = tuple[Second, Second]  # [s] of the demand: the first that a run takes, and the one at which it ends


def checked_window(window: Window, duration: int) -> Window:
    """The window, if it lies within a demand of this duration [s].

    Raises:
        PydanticCustomError: it does not. A validator raises it further.
    """
    first, last = window
    if last > duration:
        raise refuse(f"{last} s is past the end of the demand at {duration} s", f"give at most {duration}", "[1]")
    if first >= last:
        raise refuse(f"{first} s is not before {last} s", "give an earlier first second", "[0]")
    return window


def told_span(horizon: int, window: Window | None) -> str:
    """The seconds of demand of a run, for a title.

    Args:
        horizon: [s] when the demand ends.
        window: of the scenario.
    """
    begin = f" from second {window[0]:,}" if window is not None and window[0] else ""
    return f"{horizon} s of demand{begin}"


def narrowed_window(
    window: Window | None, duration: int, first: int | None, last: int | None, names: tuple[str, str]
) -> Window | None:
    """The window after its first or last second has been chosen. None is all of the demand.

    Args:
        window: the former window.
        duration: [s] of the demand.
        first: [s] first second. None takes the former one.
        last: [s] second at which demand and run end. None takes the former one.
        names: the arguments or flags of `first` and `last`, for messages.

    Raises:
        UsageError: one is no whole number or not within the demand, or the end does not come after the first.
    """
    begin, end = window or (0, duration)
    begin = begin if first is None else whole_number(names[0], first, least=0)
    end = end if last is None else _end(last, duration, names[1])
    if begin >= end:
        where = names[1] if first is None else names[0]
        raise UsageError(where, *_wrong_order(begin, end, where == names[0]))
    return None if (begin, end) == (0, duration) else (begin, end)


def _end(given: int, duration: int, name: str) -> int:
    """[s] The end that is given, if it is a second of the demand."""
    end = whole_number(name, given)
    if end < 1:
        raise UsageError(name, f"{end} is not a duration", "give whole seconds, at least 1")
    if end > duration:
        raise UsageError(name, f"{end} is past the end of the demand at {duration} s", f"give at most {duration}")
    return end


def _wrong_order(begin: int, end: int, tells_begin: bool) -> tuple[str, str]:
    """The mistake and its remedy."""
    if tells_begin:
        return f"{begin} is not before the end of the run at second {end} of the demand", f"give at most {end - 1}"
    return f"{end} is not after the beginning of the run at second {begin} of the demand", f"give at least {begin + 1}"
