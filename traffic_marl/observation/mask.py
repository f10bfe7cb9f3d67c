"""The action mask: which phases would be granted if they were asked for now."""

import numpy as np

from traffic_marl.arrays import Bools
from traffic_marl.checks import at_least_one, ensure_kind
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network
from traffic_marl.observation.kernel import write_mask
from traffic_marl.simulation import Readings


def allowed_phases(network: Network, timing: Timing, interval: int, readings: Readings) -> Bools:
    """(B, N, P) phases that would be granted if asked for now, before the next decision in `interval` [s].

    The phase shown, or about to be, is always allowed. Another one is where the intersection has it and a change can
    begin in time. The limits of the signals, max green and max red, may still overrule a request.

    Raises:
        UsageError: an argument has a wrong type.
    """
    ensure_kind("network", network, Network, "Scenario.build_network()")
    ensure_kind("timing", timing, Timing, "Scenario.timing()")
    ensure_kind("readings", readings, Readings, "Simulation.readings()")
    interval = at_least_one("interval", interval)
    out = np.empty(readings.since_served.shape, np.bool_)
    write_mask(network.tables.phase_count, readings.phase, readings.age, readings.interval, timing, interval, out)
    return out
