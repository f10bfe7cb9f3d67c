"""The group of all districts, as the one who averages sees it."""

from typing import Any, Protocol


class Group(Protocol):
    """The districts of a training. Each works on its own machine."""

    def each(self, method: str, *arguments: Any, **named: Any) -> list[Any]:
        """Calls a method of every `DistrictTraining` at the same time, and gives the results in their order.

        Raises:
            LostProcessError: a district has died.
            TrafficError: a district refuses.
        """
        ...

    def close(self) -> None:
        """Releases processes and memory."""
        ...
