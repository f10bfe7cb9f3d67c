"""What the tests of learning share: one cluster of ray for all, and a task so small that a policy learns it at once."""

import os
from pathlib import Path

import pytest

from traffic_marl.scenario import Entry, GridNetwork, Scenario, TurningFlows, TurningShares


@pytest.fixture(scope="session")
def cluster():
    """A running cluster with room for two processes."""
    from traffic_marl.learning.rllib import cluster as ours  # before ray: sets what that reads when it is imported

    ray = ours.ray
    folders = (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, folders))  # for the tasks that tests make up, too
    if not ray.is_initialized():
        ray.init(num_cpus=2, include_dashboard=False, address="local", log_to_driver=False, logging_level="ERROR")
    ours.start_ray(0)
    yield
    ray.shutdown()


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
