"""The flag that chooses the machines on which batches of seeds run."""

from typing import Annotated

import typer

from traffic_marl.checks import ensure_installed
from traffic_marl.errors import UsageError
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.tasks import Tasks

FLAG = "--address"
WHERE = (
    "local for processes of ray on this machine, auto for the cluster of ray that it belongs to, HOST:PORT of the head "
    "of a cluster, or ray://HOST:PORT of its server for clients"
)
Address = Annotated[
    str | None,
    typer.Option(
        FLAG,
        metavar="WHERE",
        help=f"Machines on which batches of seeds run, with the same results: {WHERE}. [default: this process alone]",
    ),
]


def check_address(address: str | None) -> None:
    """Checks an address, if it is given, and that ray is installed.

    Raises:
        UsageError: it is none, or ray is missing.
    """
    if address is not None:
        ensure_installed(FLAG, "ray", "torch")
        placement_at(address)


def placement_at(address: str | None) -> Placement:
    """The placement at an address.

    Raises:
        UsageError: it is no address.
    """
    if address is None:
        return Placement()
    try:
        return Placement(address=address)
    except UsageError as error:
        raise UsageError(FLAG, error.what, error.remedy) from error


def tasks_at(address: str | None, threads: int | None) -> Tasks | None:
    """What runs batches of seeds at an address. None where this process runs them.

    Args:
        address: of ray, if it is given.
        threads: of each batch. None takes one.

    Raises:
        UsageError: no such cluster can be used, or no machine has so many CPUs.
    """
    if address is None:
        return None
    from traffic_marl.learning.rllib.clusters.tasks import RayTasks

    try:
        return RayTasks(placement_at(address), threads or 1)
    except UsageError as error:
        if error.where in ("address", "threads"):
            raise UsageError(f"--{error.where}", error.what, error.remedy) from error
        raise
