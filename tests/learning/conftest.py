"""What the tests of learning share: one cluster of ray for all, and a task so small that a policy learns it at once."""

import pytest

from tests.helpers.nodes import Nodes
from traffic_marl.scenario import Entry, GridNetwork, Scenario, TurningFlows, TurningShares


@pytest.fixture(scope="session")
def cluster():
    """A running ray with room for two processes."""
    from traffic_marl.learning.rllib import cluster as ours  # before ray: sets what that reads when it is imported

    ours.start_ray(1)
    yield
    ours.ray.shutdown()


@pytest.fixture(scope="session")
def nodes(cluster):
    """The same ray as a cluster: with two more nodes of one CPU. A test may add others, and removes those again."""
    joined = Nodes()
    joined.add()
    joined.add()
    yield joined
    joined.close()


@pytest.fixture(scope="session")
def one_way():
    """One intersection with traffic from the west alone: best is green for it all the time."""
    return Scenario(
        name="one_way",
        network=GridNetwork(rows=1, columns=1, block_m=150.0),
        demand=TurningFlows(
            inflow_vph=0.0,
            turning=TurningShares(left=0.0, through=1.0, right=0.0),
            entries=(Entry(road="road_west_1_E", inflow_vph=900.0),),
        ),
        decision_interval_s=5,
        duration_s=300,
    )
