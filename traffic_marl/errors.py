"""The mistakes a user can make, as exceptions whose text says where, what, and what would do."""

from collections.abc import Iterable
from difflib import get_close_matches


class TrafficError(Exception):
    """A mistake of the user; the command line prints it as one line and exits with 2.

    Args:
        where: the field, file or flag at fault, such as `signals.min_green_s`.
        what: what is wrong with it, such as `-3 is not a duration`.
        remedy: what would do, such as `give seconds, at least 1`.
    """

    def __init__(self, where: str, what: str, remedy: str) -> None:
        self.where = where
        self.what = what
        self.remedy = remedy
        super().__init__(f"{where}: {what}; {remedy}")


class ScenarioError(TrafficError):
    """A field of a scenario, or a scenario's name."""


class NetworkError(TrafficError):
    """A road network that cannot be built, read or used."""


class DemandError(TrafficError):
    """A demand that cannot be drawn on its network."""


class StrategyError(TrafficError):
    """A strategy's name or parameters."""


class FileError(TrafficError):
    """A file that cannot be read or written."""


class UsageError(TrafficError):
    """A flag or argument that makes no sense on its own or with the others."""


def check_name(what: str, name: str, known: Iterable[str]) -> None:
    """Holds that a name is one of those known.

    Raises:
        UsageError: it is not.
    """
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}? There are" if near else "there are"
        raise UsageError(what, f"{name!r} is not the name of one", f"{hint} {', '.join(known)}")
