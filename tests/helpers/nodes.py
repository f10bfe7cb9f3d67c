"""Nodes of a cluster: further ones join the ray of the tests, each with processes of its own, as on another machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CPUS = 1  # of each further node
MEMORY = 80 * 1024 * 1024  # [bytes] of a node's object store


class Nodes:
    """The nodes that have joined the ray of this process, which is the head of the cluster."""

    def __init__(self) -> None:
        from ray._private.worker import _global_node
        from ray.cluster_utils import Cluster

        self._cluster = Cluster()
        self._cluster.head_node = _global_node
        self._cluster.redis_address = _global_node.redis_address
        self.address: str = _global_node.gcs_address  # HOST:PORT of the head

    def add(self, cpus: int = CPUS, **options: Any) -> Any:
        """A new node, once the head knows it.

        Args:
            cpus: that it offers.
            options: further ones of ray's parameters, such as `resources={"district": 1}`.
        """
        return self._cluster.add_node(num_cpus=cpus, object_store_memory=MEMORY, **options)

    def remove(self, node: Any, *, gently: bool = False) -> None:
        """Ends a node. Without grace it is lost, as a machine whose power fails."""
        self._cluster.remove_node(node, allow_graceful=gently)

    @contextmanager
    def added(self, cpus: int = CPUS, **options: Any) -> Iterator[Any]:
        """In a `with` block, a further node, which the block may remove."""
        node = self.add(cpus, **options)
        try:
            yield node
        finally:
            if node in self._cluster.worker_nodes:
                self.remove(node)

    @contextmanager
    def head_occupied(self) -> Iterator[None]:
        """In a `with` block, an actor holds all CPUs of the head, so that others go to the further nodes."""
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        head = next(each for each in ray.nodes() if each["Alive"] and "node:__internal_head__" in each["Resources"])
        pinned = NodeAffinitySchedulingStrategy(head["NodeID"], soft=False)
        actor = ray.remote(_Occupant).options(num_cpus=head["Resources"]["CPU"], scheduling_strategy=pinned).remote()
        ray.get(actor.ready.remote())
        try:
            yield
        finally:
            ray.kill(actor)

    def close(self) -> None:
        """Ends all nodes but the head."""
        for node in list(self._cluster.worker_nodes):
            self.remove(node)


class _Occupant:
    """An actor that does nothing."""

    def ready(self) -> None:
        """Returns once the actor has its CPUs."""
