"""Loopback: ray's processes listen to this machine alone, where all of them run on it.

Ray's ports execute code for everybody who reaches them. On Linux ray listens to all networks, as for a cluster. On
other systems it listens to the loopback unless it is told otherwise. That setting is used here for Linux, too.
"""

import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ray._private import ray_constants

SETTING = ray_constants.ENABLE_RAY_CLUSTERS_ENV_VAR


@contextmanager
def on_loopback() -> Iterator[None]:
    """In a `with` block, processes of ray that are started, or joined, use the loopback."""
    former, is_open = os.environ.get(SETTING), ray_constants.ENABLE_RAY_CLUSTER
    os.environ[SETTING] = "0"
    ray_constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        ray_constants.ENABLE_RAY_CLUSTER = is_open
        if former is None:
            del os.environ[SETTING]
        else:
            os.environ[SETTING] = former


def is_loopback(host: str) -> bool:
    """Whether a host is the loopback of this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # it is a name
        return False
