"""Placement: the machines on which the processes of ray run, and what each of them takes there."""

import re
from dataclasses import dataclass

from traffic_marl import checks
from traffic_marl.errors import UsageError

LOCAL = "local"  # address: processes of this program's own, on this machine
AUTO = "auto"  # address: the cluster that this machine belongs to
CLIENT = "ray://"  # prefix of the address of a cluster that this machine does not belong to
LAST_PORT = 65535
MOST_CPUS, MOST_GPUS = 1024, 64  # of one process
HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):([0-9]{1,5})")
SOME_ADDRESS = "give local, auto, HOST:PORT of the head of a cluster, or ray://HOST:PORT"
SOME_GPUS = f"give a share of one, such as 0.5, or a whole number up to {MOST_GPUS}"


@dataclass(frozen=True)
class Placement:
    """The machines on which the processes of ray run, and what each of them takes there.

    A placement has no effect on what is learnt: a run may go on at another one.

    Raises:
        UsageError: a value is of the wrong kind or out of its range.
    """

    address: str = LOCAL  # LOCAL, AUTO, HOST:PORT of the head of a cluster, or CLIENT and HOST:PORT
    cpus_per_runner: int = 1  # CPUs, and so threads, of each runner in a process of its own
    gpus_per_learner: float = 0.0  # GPUs of each learner
    dashboard: bool = False  # whether ray shows its dashboard, on this machine alone

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", _checked_address(self.address))
        cpus = checks.at_least_one("cpus_per_runner", self.cpus_per_runner, MOST_CPUS)
        object.__setattr__(self, "cpus_per_runner", cpus)
        object.__setattr__(self, "gpus_per_learner", _checked_gpus(self.gpus_per_learner))
        object.__setattr__(self, "dashboard", checks.boolean("dashboard", self.dashboard))
        if self.dashboard and not self.is_local:
            what = f"the cluster at {self.address} has one, or none, since it was started"
            raise UsageError("dashboard", what, "leave it out, or use `ray start --head --include-dashboard=true`")

    @property
    def is_local(self) -> bool:
        """Whether the processes are started on this machine for this program alone."""
        return self.address == LOCAL

    @property
    def is_client(self) -> bool:
        """Whether this program is outside of the cluster, and reaches it through ray's client server."""
        return self.address.startswith(CLIENT)


def flags_of(placement: Placement) -> tuple[str, ...]:
    """The flags of the command line that ask for a placement. There are none for those of the defaults."""
    values = {"--address": placement.address, "--cpus-per-runner": placement.cpus_per_runner}
    usual = {"--address": LOCAL, "--cpus-per-runner": 1}
    valued = [f"{flag} {value}" for flag, value in values.items() if value != usual[flag]]
    gpus = [f"--gpus-per-learner {placement.gpus_per_learner:g}"] if placement.gpus_per_learner else []
    return (*valued, *gpus, *(["--dashboard"] if placement.dashboard else []))


def host_and_port(address: str) -> tuple[str, int]:
    """The host and the port in an address, which is neither LOCAL nor AUTO."""
    found = HOST.fullmatch(address.removeprefix(CLIENT))
    assert found is not None, "the address has been checked"
    return found[1].strip("[]"), int(found[2])


def _checked_address(value: object) -> str:
    """The address as a text.

    Raises:
        UsageError: it is none.
    """
    address = value.strip() if isinstance(value, str) else ""
    if address in (LOCAL, AUTO):
        return address
    found = HOST.fullmatch(address.removeprefix(CLIENT))
    if found is None:
        raise UsageError("address", f"{checks.shown(value)} is not an address", SOME_ADDRESS)
    if not 1 <= int(found[2]) <= LAST_PORT:
        raise UsageError("address", f"{found[2]} is not a port", f"give a port from 1 to {LAST_PORT}")
    return address


def _checked_gpus(value: object) -> float:
    """The number of GPUs. Ray gives whole ones, or a share of one.

    Raises:
        UsageError: it is out of its range.
    """
    number = checks.number_at_least("gpus_per_learner", value, 0.0)
    if number > MOST_GPUS or (number > 1.0 and not number.is_integer()):
        raise UsageError("gpus_per_learner", f"{number:g} is out of range", SOME_GPUS)
    return number


HERE = Placement()
