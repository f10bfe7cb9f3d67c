"""A cluster of this program's own loses a node without grace, and gains another one."""

import time

import pytest


@pytest.fixture
def own(nodes):
    from traffic_marl.learning.rllib.clusters.own import OwnCluster

    return OwnCluster(nodes._cluster)


def alive():
    import ray

    return {each["NodeID"] for each in ray.nodes() if each["Alive"]}


@pytest.mark.slow
def test_a_node_is_lost_and_another_one_joins(own):
    before, count = alive(), own.count
    own.gain()
    joined = alive() - before
    assert len(joined) == 1
    assert own.count == count + 1
    places = sorted(str(node.unique_id) for node in own._cluster.worker_nodes)
    (new,) = [place for place, name in enumerate(places) if name not in _former(own, joined)]
    own.lose(new)
    for _ in range(100):
        if alive() == before:
            break
        time.sleep(0.2)
    assert alive() == before
    assert own.count == count


def _former(own, joined):
    return {str(node.unique_id) for node in own._cluster.worker_nodes if node.node_id not in joined}
