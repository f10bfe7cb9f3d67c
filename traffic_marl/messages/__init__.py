"""Messages between intersections, which may be lost, late or false: what each intersection knows of its neighbours."""

from traffic_marl.messages.channel import Channel
from traffic_marl.messages.faults import NO_FAULTS, MessageFaults
from traffic_marl.messages.told import ToldReadings

__all__ = ["NO_FAULTS", "Channel", "MessageFaults", "ToldReadings"]
