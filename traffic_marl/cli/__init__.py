"""The command line: the commands list, compare, simulate, watch, replay, train and export."""

from traffic_marl.cli.app import main
from traffic_marl.cli.comparing import compare_scenario

__all__ = ["compare_scenario", "main"]
