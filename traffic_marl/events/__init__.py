"""Runs as high-resolution logs of signal controllers: greens, yellows, reds and detectors, to a tenth of a second.

The codes are those of Indiana's traffic signal hi-resolution data logger enumerations (Sturdevant et al. 2012, doi
10.4231/K4RN35SH), so that tools for field data read them.
"""

from traffic_marl.events.analysis import PhaseCycles, arrivals_on_green, split_failures
from traffic_marl.events.codes import Code
from traffic_marl.events.log import EventLog, event_log
from traffic_marl.events.numbering import Detector, Numbering, numbering
from traffic_marl.events.presence import PresenceWatch

__all__ = (
    "Code",
    "Detector",
    "EventLog",
    "Numbering",
    "PhaseCycles",
    "PresenceWatch",
    "arrivals_on_green",
    "event_log",
    "numbering",
    "split_failures",
)
