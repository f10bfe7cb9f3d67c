"""Networks whose junctions are kept clear: vehicles do not enter one before they can leave it."""

from dataclasses import replace

import numpy as np

from traffic_marl.network.network import Network


def kept_clear(network: Network, kept: bool = True) -> Network:
    """The network with all of its junctions kept clear, or with none."""
    keeps = np.full_like(network.tables.keeps_clear, kept)
    return replace(network, tables=network.tables._replace(keeps_clear=keeps))
