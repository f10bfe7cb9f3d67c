"""A comparison as one page of HTML, to hand on: verdict, tables, charts, maps and a replay."""

from traffic_marl.report.findings import Findings
from traffic_marl.report.gathering import Recorded, gather
from traffic_marl.report.page import write_report

__all__ = ["Findings", "Recorded", "gather", "write_report"]
