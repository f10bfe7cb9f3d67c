"""Networks, demand and signal plans as files of SUMO, and SUMO's programs where they are installed."""

from traffic_marl.exchange.sumo.folder import SumoFiles, write_sumo

__all__ = ["SumoFiles", "write_sumo"]
