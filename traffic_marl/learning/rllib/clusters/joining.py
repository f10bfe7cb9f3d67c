"""Joining of a cluster that runs already, by its address."""

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import ray
from ray._private import services
from ray.exceptions import AuthenticationError, RayError

from traffic_marl.errors import ProcessError, UsageError, one_line
from traffic_marl.learning.placing.placement import AUTO, CLIENT, Placement, host_and_port
from traffic_marl.learning.rllib.clusters.libraries import ensure_libraries
from traffic_marl.learning.rllib.clusters.loopback import is_loopback, on_loopback
from traffic_marl.learning.rllib.clusters.package import portable_package
from traffic_marl.learning.rllib.clusters.tokens import use_token

ADDRESS = "RAY_ADDRESS"  # variable in which ray's tools keep the address of the cluster in use
REFUSED = b"InvalidAuthToken"  # in what ray writes or raises
PATIENCE = 10.0  # [s] for the first answer of a cluster
NAMESPACE = "traffic_marl"


def join(placement: Placement, written: Callable[[], bytes] = bytes) -> None:
    """Joins the cluster at the address of a placement, and sends it this package.

    Args:
        placement: with the address.
        written: gives the lines that ray has written to the terminal, where it tells its reasons.

    Raises:
        UsageError: there is none, it cannot be reached, or it refuses this user.
        ProcessError: it was lost meanwhile.
    """
    address = known_address(placement.address)
    use_token(address)
    host, port = host_and_port(address)
    _ensure_open(address, host, port)
    with (
        portable_package() as package,
        on_loopback() if is_loopback(host) else nullcontext(),
        refusals_told(address, written),
    ):
        ray.init(
            address=address,
            namespace=NAMESPACE,
            runtime_env={"py_modules": [str(package)]},
            log_to_driver=False,
            logging_level=logging.CRITICAL,
        )
    try:
        ensure_libraries()
    except UsageError:
        ray.shutdown()
        raise


def known_address(address: str) -> str:
    """The address in full. For AUTO it is that of the variable RAY_ADDRESS, or of the cluster of this machine.

    A ray that another program has started for itself alone is none.

    Raises:
        UsageError: this machine belongs to no cluster, or the variable holds no address.
    """
    if address != AUTO:
        return address
    named = os.environ.get(ADDRESS, "").strip()
    found = named if named and named != AUTO else services.find_bootstrap_address(None)
    if not found:
        what, remedy = (
            "this machine belongs to no cluster",
            "run `ray start` on it first, or give HOST:PORT of the head",
        )
        raise UsageError("address", what, remedy)
    placement = Placement(address=found)
    if placement.is_local:
        raise UsageError(
            "address", f"{ADDRESS} is {found}, which is no cluster", f"change {ADDRESS}, or give HOST:PORT"
        )
    return placement.address


def ensure_joined(placement: Placement) -> None:
    """Checks that the ray that this process uses already is the one at the address.

    Raises:
        UsageError: it is another one.
    """
    if placement.is_local:
        return
    address, used = known_address(placement.address), _address_in_use()
    if used is None or _reachable(address) == _reachable(used):
        return
    what = f"this process uses the ray at {used} already, not that at {address}"
    raise UsageError("address", what, "leave it out, or use another process")


def _address_in_use() -> str | None:
    """The address of the head of the ray that this process uses. None if it is used through a client server."""
    return None if ray.util.client.ray.is_connected() else str(ray.get_runtime_context().gcs_address)


def _reachable(address: str) -> tuple[str, int]:
    """Host and port, with one name for all those of the loopback."""
    host, port = host_and_port(address)
    return ("127.0.0.1" if is_loopback(host) else host), port


def _ensure_open(address: str, host: str, port: int) -> None:
    """Checks that somebody listens at the address. Ray would wait for a minute, and end this process then.

    Raises:
        UsageError: nobody does.
    """
    try:
        socket.create_connection((host, port), PATIENCE).close()
    except OSError as error:
        what = f"nobody answers at {address} ({one_line(error.strerror or error)})"
        head = "the server for clients, usually 10001" if address.startswith(CLIENT) else "its head, usually 6379"
        raise UsageError("address", what, f"start the cluster, or give the port of {head}") from error


@contextmanager
def refusals_told(address: str, written: Callable[[], bytes]) -> Iterator[None]:
    """In a `with` block, failures of ray to join a cluster become errors in one line.

    Raises:
        UsageError: the cluster refuses this user, or cannot be used.
        ProcessError: it was lost meanwhile.
    """
    try:
        yield
    except AuthenticationError as error:
        ray.shutdown()
        raise _refusal(address) from error
    except RayError as error:
        ray.shutdown()
        reason = one_line(str(error).partition("\n")[0])
        raise ProcessError(
            "address", f"the cluster at {address} was lost ({reason})", "start it, and try again"
        ) from error
    except Exception as error:  # ray raises anything, also a plain Exception
        ray.shutdown()
        if REFUSED in written() or REFUSED in str(error).encode():
            raise _refusal(address) from error
        what = f"the cluster at {address} cannot be joined ({one_line(' '.join(str(error).split()), 300)})"
        raise UsageError("address", what, "see whether `ray status` works on this machine") from error


def _refusal(address: str) -> UsageError:
    """The error for a token that the cluster does not know."""
    what = f"the cluster at {address} refuses the token of this user"
    return UsageError("address", what, "copy ~/.ray/auth_token from its head, and set RAY_AUTH_MODE=token")
