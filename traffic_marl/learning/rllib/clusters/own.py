"""A cluster of several nodes on this machine, which may lose a node and gain another one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ray.cluster_utils import Cluster

from traffic_marl.errors import ProcessError, one_line
from traffic_marl.learning.rllib.cluster import harmless_lines_dropped
from traffic_marl.learning.rllib.clusters.loopback import on_loopback
from traffic_marl.learning.rllib.clusters.tokens import make_token
from traffic_marl.learning.rllib.watchdog import watched

MEMORY = 100 * 1024 * 1024  # [bytes] of a node's object store


class OwnCluster:
    """The nodes of a cluster whose processes are those of this program.

    Args:
        cluster: of ray, with a head that offers no CPU.
    """

    def __init__(self, cluster: Any) -> None:
        self._cluster = cluster

    @property
    def address(self) -> str:
        """HOST:PORT of its head."""
        return str(self._cluster.address)

    @property
    def count(self) -> int:
        """Number of nodes besides the head."""
        return len(self._cluster.worker_nodes)

    def gain(self, cpus: int = 1) -> None:
        """Adds a node with so many CPUs."""
        with on_loopback(), harmless_lines_dropped():
            self._cluster.add_node(num_cpus=cpus, object_store_memory=MEMORY)

    def lose(self, place: int) -> None:
        """Loses a node without grace, as if its power had failed.

        Args:
            place: number of the node, from 0.
        """
        nodes = sorted(self._cluster.worker_nodes, key=lambda node: str(node.unique_id))
        self._cluster.remove_node(nodes[place], allow_graceful=False)


@contextmanager
def own_cluster(nodes: int, cpus: int = 1) -> Iterator[OwnCluster]:
    """In a `with` block, a cluster of a head and so many nodes with so many CPUs. It listens to this machine alone.

    Raises:
        ProcessError: it does not start.
    """
    make_token()
    with watched(), on_loopback(), harmless_lines_dropped():
        try:
            cluster = Cluster(
                initialize_head=True,
                head_node_args={"num_cpus": 0, "include_dashboard": False, "object_store_memory": MEMORY},
            )
        except Exception as error:  # ray raises anything, also a plain Exception
            reason = one_line(str(error).partition("\n")[0])
            raise ProcessError("ray", f"a cluster did not start ({reason})", "try again") from error
    own = OwnCluster(cluster)
    try:
        with watched():
            for _ in range(nodes):
                own.gain(cpus)
        yield own
    finally:
        cluster.shutdown()
