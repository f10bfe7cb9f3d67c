"""Joining of a cluster by its address."""

import socket

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.rllib import cluster as ours
from traffic_marl.learning.rllib.clusters import joining


def test_a_ray_that_is_in_use_already_is_kept_for_its_own_address(nodes):
    ours.start_ray(0, Placement(address=nodes.address))
    ours.start_ray(0)
    assert len([node for node in ours.ray.nodes() if node["Alive"]]) == 3


def test_a_ray_that_is_in_use_already_is_refused_for_another_address(cluster):
    with pytest.raises(UsageError, match=r"address: this process uses the ray at .* already, not that at 10\.0\.0\.7"):
        ours.start_ray(0, Placement(address="10.0.0.7:6379"))


def test_an_address_at_which_nobody_listens_is_told_at_once():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
    with pytest.raises(UsageError, match=f"address: nobody answers at 127.0.0.1:{port} .*its head, usually 6379"):
        joining.join(Placement(address=f"127.0.0.1:{port}"))


def test_auto_is_the_cluster_of_the_environment(monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "head.example:6379")
    assert joining.known_address("auto") == "head.example:6379"


@pytest.mark.parametrize(("named", "told"), [("local", "is no cluster"), ("nonsense", "is not an address")])
def test_an_environment_without_a_cluster_is_refused(named, told, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", named)
    with pytest.raises(UsageError, match=told):
        joining.known_address("auto")


def test_auto_never_takes_the_ray_of_another_program(cluster, monkeypatch):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setattr(joining.services, "find_bootstrap_address", lambda folder: None)
    with pytest.raises(UsageError, match="address: this machine belongs to no cluster; run `ray start`"):
        joining.known_address("auto")
