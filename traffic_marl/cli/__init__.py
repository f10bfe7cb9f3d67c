"""The command line. `cli.app` lists its commands."""

from traffic_marl.cli.app import main
from traffic_marl.cli.comparing import compare_scenario

__all__ = ["compare_scenario", "main"]
