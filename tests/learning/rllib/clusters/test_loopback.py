"""Ray's processes listen to this machine alone."""

import os
from pathlib import Path

import pytest

from traffic_marl.learning.rllib.clusters.loopback import SETTING, is_loopback, on_loopback, ray_constants

LISTENS = "0A"  # state of a socket in /proc/net


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("10.0.0.7", False), ("h", False)],
)
def test_the_loopback_has_several_names(host, expected):
    assert is_loopback(host) is expected


def test_the_setting_of_other_programs_comes_back(monkeypatch):
    monkeypatch.setenv(SETTING, "1")
    before = ray_constants.ENABLE_RAY_CLUSTER
    with on_loopback():
        assert (os.environ[SETTING], ray_constants.ENABLE_RAY_CLUSTER) == ("0", False)
    assert (os.environ[SETTING], ray_constants.ENABLE_RAY_CLUSTER) == ("1", before)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the test looks for sockets in /proc")
def test_no_process_of_a_ray_of_our_own_listens_to_a_network(cluster):
    from traffic_marl.learning.rllib.cluster import ray

    ray.get(ray.remote(lambda: None).remote())  # a worker is there, too
    hosts = [host for pid in descendants(os.getpid()) for host in listening(pid)]
    assert len(hosts) > 3
    assert set(hosts) <= {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def descendants(pid):
    """The ids of a process and of all that it has started."""
    children = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/stat")
        if int(path.read_text().rpartition(")")[2].split()[1]) == pid
    ]
    return [pid, *(each for child in children for each in descendants(child))]


def listening(pid):
    """The addresses, in the kernel's notation, at which a process listens."""
    links = [os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()]
    sockets = {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
    lines = [
        line.split() for kind in ("tcp", "tcp6") for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]
    ]
    return [line[1].partition(":")[0] for line in lines if line[3] == LISTENS and line[9] in sockets]
