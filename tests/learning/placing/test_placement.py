"""Placement: where the processes of ray run."""

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.placing.placement import Placement, host_and_port


@pytest.mark.parametrize(
    ("address", "is_local", "is_client"),
    [
        ("local", True, False),
        (" auto ", False, False),
        ("10.0.0.7:6379", False, False),
        ("head.example:6379", False, False),
        ("[::1]:6379", False, False),
        ("ray://head:10001", False, True),
    ],
)
def test_an_address_is_local_a_cluster_or_a_server_for_clients(address, is_local, is_client):
    placement = Placement(address)
    assert (placement.address, placement.is_local, placement.is_client) == (address.strip(), is_local, is_client)


@pytest.mark.parametrize(
    "address",
    ["", "remote", "head", "http://head:1", "head:", "ray://", "ray://auto", "a b:1", "[::1:3", "h:0", 3, None],
)
def test_anything_else_is_no_address(address):
    with pytest.raises(UsageError, match=r"^address: .*; give (local, auto, HOST:PORT|a port from 1 to 65535)"):
        Placement(address)


def test_a_port_has_a_largest_number():
    assert host_and_port("head:65535") == ("head", 65535)
    with pytest.raises(UsageError, match="address: 65536 is not a port; give a port from 1 to 65535"):
        Placement("head:65536")


def test_an_address_of_the_sixth_version_has_brackets():
    assert host_and_port("ray://[fe80::1]:10001") == ("fe80::1", 10001)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cpus_per_runner", 0),
        ("cpus_per_runner", 1.5),
        ("cpus_per_runner", 2000),
        ("gpus_per_learner", -1),
        ("gpus_per_learner", 1.5),
        ("gpus_per_learner", float("nan")),
        ("gpus_per_learner", 65),
        ("dashboard", "yes"),
    ],
)
def test_a_demand_out_of_its_range_is_refused(field, value):
    with pytest.raises(UsageError, match=f"^{field}: "):
        Placement(**{field: value})


@pytest.mark.parametrize("gpus", [0, 0.25, 1, 2])
def test_a_learner_takes_a_share_of_a_gpu_or_whole_ones(gpus):
    assert Placement(gpus_per_learner=gpus).gpus_per_learner == gpus


def test_the_dashboard_of_a_cluster_is_the_matter_of_its_head():
    with pytest.raises(UsageError, match="dashboard: the cluster at auto has one, or none"):
        Placement("auto", dashboard=True)
