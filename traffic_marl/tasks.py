"""Tasks: calls of a function that run at the same time elsewhere, in other processes or on other machines."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Protocol, TypeVar

from traffic_marl.errors import ScenarioError, TrafficError

Result = TypeVar("Result")
REMEDY = "put the same files at the same place on all machines"


class Tasks(Protocol):
    """Runs calls of a function elsewhere."""

    @property
    def threads(self) -> int:
        """Threads of each call."""
        ...

    @property
    def slots(self) -> int:
        """Number of calls that run at the same time."""
        ...

    def results(
        self, function: Callable[..., Result], calls: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Result]]:
        """The result of each call with its place in `calls`, in the order in which they are finished.

        The calls that are not finished end when the caller goes on without them.

        Args:
            function: at the top of a module. It gets and gives values that can be sent to other processes.
            calls: the arguments of each call.

        Raises:
            TrafficError: a call raises it.
            ProcessError: the process of a call has died again and again.
        """
        ...


def shared(seeds: Sequence[int], parts: int, most: int) -> list[tuple[int, ...]]:
    """The seeds in batches of about the same size, in their order.

    Args:
        seeds: to be shared out.
        parts: number of batches, if there are as many seeds.
        most: largest size of a batch.
    """
    count = min(len(seeds), max(1, parts, -(-len(seeds) // most)))
    ends = [len(seeds) * place // count for place in range(count + 1)] if count else [0]
    return [tuple(seeds[first:end]) for first, end in pairwise(ends)]


class Sent(Protocol):
    """A scenario, as far as it can be told from another one."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    def hash(self) -> str:
        """Digits that change with all that its results depend on, the files that it names included."""
        ...


def ensure_same(scenario: Sent, scenario_hash: str) -> None:
    """Checks that a scenario is the same in this process as in the one that sent it.

    Args:
        scenario: as it was sent.
        scenario_hash: its hash where it was sent.

    Raises:
        ScenarioError: a file that it names is missing here, or is another one.
    """
    try:
        here = scenario.hash()
    except TrafficError as error:
        raise ScenarioError(scenario.name, f"it cannot be used on another machine ({error})", REMEDY) from error
    if here != scenario_hash:
        raise ScenarioError(scenario.name, "a file that it names is another one on another machine", REMEDY)
