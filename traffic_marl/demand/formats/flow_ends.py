"""First and last second of a flow in CityFlow's files, which have defaults for both."""

import math

from traffic_marl.network.formats.document import JsonValue
from traffic_marl.remarks import RemarkBook

NO_START = 0  # [s] the start of a flow without startTime
NO_END = -1  # [s] the end of a flow that goes on to the horizon


def flow_ends(flow: JsonValue, flows: int, book: RemarkBook) -> tuple[int, int]:
    """First and last second of one of the `flows` of a file [s], the last NO_END where it goes on to the horizon.

    A start before 0 s is 0 s, as in CityFlow. A start between two seconds is the second after it, and an end is the one
    before it. The book notes them.

    Raises:
        DemandError: a time is not a number or out of range, or the flow ends before it starts.
    """
    start, end = _start(flow.find("startTime"), flows, book), _end(flow.find("endTime"), flows, book)
    if end != NO_END and end < start:
        what = f"the flow ends at {end} s, before it starts at {start} s"
        raise flow["endTime"].error(what, "give -1 for no end, or a time from startTime on")
    return start, end


def _start(entry: JsonValue | None, flows: int, book: RemarkBook) -> int:
    if entry is None or entry.value is None:
        return NO_START
    number = entry.number()
    if number < 0:
        error = entry.error(f"{number:g} is not a second", "give a whole number, at least 0")
        book.add(f"startTime lies before 0 s in {{count}} of {flows:,} flows and counts as 0 s", entry.path, error)
        return NO_START
    second = math.ceil(number)
    if second != number:
        error = entry.error(f"{number:g} is not a second", "give a whole number, at least 0")
        kind = f"startTime lies between two seconds in {{count}} of {flows:,} flows and counts as the second after it"
        book.add(kind, entry.path, error)
    elif second != NO_START:
        _tell_decimals(entry, "startTime", flows, book)
    return second


def _end(entry: JsonValue | None, flows: int, book: RemarkBook) -> int:
    if entry is None or entry.value is None:
        return NO_END
    number = entry.number()
    if number < 0 and number != NO_END:
        raise entry.error(f"{number:g} is not a second", "give -1 for no end, or a whole number, at least 0")
    second = math.floor(number)
    if second != number:
        error = entry.error(f"{number:g} is not a second", "give -1 for no end, or a whole number, at least 0")
        kind = f"endTime lies between two seconds in {{count}} of {flows:,} flows and counts as the second before it"
        book.add(kind, entry.path, error)
    elif second != NO_END:
        _tell_decimals(entry, "endTime", flows, book)
    return second


def _tell_decimals(entry: JsonValue, name: str, flows: int, book: RemarkBook) -> None:
    """Notes a whole second with a decimal point, in place of which CityFlow takes the default."""
    if isinstance(entry.value, float):
        kind = f"{name} has a decimal point in {{count}} of {flows:,} flows and counts, while CityFlow ignores it"
        book.add(kind, f"{entry.path} ({entry.value})")
