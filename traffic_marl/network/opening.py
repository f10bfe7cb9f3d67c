"""Networks of which some intersections have no signals."""

from collections.abc import Sequence
from dataclasses import replace

from traffic_marl.errors import NetworkError, suggest
from traffic_marl.network.assemble import assemble
from traffic_marl.network.network import Network


def opened(network: Network, names: Sequence[str], sight: float = 0.0) -> Network:
    """The network without signals at some intersections. Their connections are always open and yield by their turns.

    Args:
        network: any network whose phases are the default ones.
        names: of intersections.
        sight: [m] with which the network was built, see `assemble.build_network`.

    Raises:
        NetworkError: there is no such intersection, or none would have signals.
    """
    if not names:
        return network
    graph = network.graph.copy()
    for name in names:
        if name not in network.intersections:
            what = f"there is no intersection {name!r} with signals"
            raise NetworkError("without_signals", what, suggest(name, network.intersections))
        graph.nodes[name]["node"] = replace(graph.nodes[name]["node"], rows=())
    return assemble(graph, sight)
