"""Joining of a cluster by its address."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.documents import ROOT
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


def test_a_token_that_the_cluster_does_not_know_is_told(monkeypatch):
    def fail(**options):
        raise ConnectionError("Failed to connect to Ray cluster")

    monkeypatch.setattr(joining.ray, "init", fail)
    monkeypatch.setattr(joining.ray, "shutdown", lambda: None)
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with socket.create_server(("127.0.0.1", 0)) as head:
        address = f"127.0.0.1:{head.getsockname()[1]}"
        with pytest.raises(UsageError, match=f"address: the cluster at {address} refuses the token of this user; copy"):
            joining.join(Placement(address=address), lambda: b"... InvalidAuthToken: Authentication token is missing")
        with pytest.raises(
            UsageError, match=rf"address: the cluster at {address} cannot be joined \(Failed to connect"
        ):
            joining.join(Placement(address=address))


def test_another_program_joins_with_the_package_that_it_brings(nodes, tmp_path):
    code = (
        "from traffic_marl.learning.placing.placement import Placement\n"
        "from traffic_marl.learning.rllib.cluster import ray, start_ray\n"
        f"start_ray(0, Placement(address={nodes.address!r}))\n"
        "import traffic_marl\n"
        "asked = ray.remote(lambda: __import__('traffic_marl').__file__).options(scheduling_strategy='SPREAD')\n"
        "print(traffic_marl.__file__, *set(ray.get([asked.remote() for _ in range(3)])))\n"
    )
    elsewhere = {**os.environ, "PYTHONPATH": str(ROOT)}  # because ray shows the folder of a program to its processes
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=elsewhere, check=False)
    assert done.returncode == 0, done.stderr
    here, *there = done.stdout.split()
    assert Path(here).parents[1] == ROOT
    assert there
    assert all("py_modules_files" in name for name in there)
