"""Lanes whose detectors fail: they are found out, and get the queue that is expected there in place of a reading."""

from traffic_marl.detection.lanes import LaneTable, lane_table
from traffic_marl.detection.watch import DetectorWatch

__all__ = ["DetectorWatch", "LaneTable", "lane_table"]
