"""Parameters of strategies that have a low mean delay on a scenario's validation seeds: a few settings, or a search."""

from traffic_marl.tuning.settings import CLASSICAL, delay_of, mean_delays, tuned

__all__ = ["CLASSICAL", "delay_of", "mean_delays", "tuned"]
