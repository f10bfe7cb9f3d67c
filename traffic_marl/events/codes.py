"""Codes of events of a signal controller."""

from enum import IntEnum


class Code(IntEnum):
    """The events that a log has. The parameter is the phase, or the detector for the last two."""

    BEGIN_GREEN = 1
    GAP_OUT = 4  # the green ended, and nobody was at the stop line
    MAX_OUT = 5  # the green ended by its longest duration
    FORCE_OFF = 6  # the green was ended, although somebody was at the stop line
    GREEN_TERMINATION = 7
    BEGIN_YELLOW = 8
    END_YELLOW = 9
    BEGIN_RED_CLEARANCE = 10
    END_RED_CLEARANCE = 11
    DETECTOR_OFF = 81
    DETECTOR_ON = 82
