"""Mistakes of the user, as exceptions. Each text says the place, the mistake and the remedy.

TrafficError
├── ScenarioError   a field of a scenario, or a scenario's name
├── NetworkError    a road network that cannot be built, read or used
├── DemandError     a demand that cannot be drawn on its network
├── StrategyError   a strategy's name or parameters
├── FileError       a file that cannot be read or written
├── UsageError      a flag or argument that makes no sense
└── ProcessError    a process of a training that was killed; no mistake of the user
"""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_PLACE, LONGEST_TEXT, LONGEST_REMEDY = 400, 800, 4000  # [characters] of the parts of a message
FEW = 20  # names that a message lists
LIKENESS = 0.5  # of a near match: share of letters that two names have in common


class TrafficError(Exception):
    """A mistake of the user. The command line prints it as one line and exits with 2.

    Args:
        where: the field, file or flag at fault, such as `signals.min_green_s`.
        what: what is wrong with it, such as `-3 is not a duration`.
        remedy: what would do, such as `give seconds, at least 1`.
    """

    def __init__(self, where: str, what: str, remedy: str) -> None:
        self.where = one_line(where, LONGEST_PLACE)
        self.what = one_line(what, LONGEST_TEXT)
        self.remedy = "\n".join(one_line(line, LONGEST_REMEDY) for line in remedy.split("\n"))
        super().__init__(f"{self.where}: {self.what}; {self.remedy}")

    def __reduce__(self) -> tuple[type["TrafficError"], tuple[str, str, str]]:
        """The class and its three parts, so that the error can be copied and reach another process."""
        return type(self), (self.where, self.what, self.remedy)


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


class ProcessError(TrafficError):
    """A process of a training that was killed, by the system or by somebody. The command line exits with 1."""


def suggest_of_many(name: str, known: Iterable[str]) -> str:
    """A remedy for a name that does not exist, as `suggest` gives it, with the likeliest of very many names alone."""
    names = list(known)
    if len(names) > FEW:
        names = get_close_matches(name, names) or names[:FEW]
    return suggest(name, names)


def one_line(text: object, longest: int = 160) -> str:
    """A text in one line that can be printed, cut in the middle where it is long. Line breaks become spaces."""
    line = printable(" ".join(str(text).split("\n")))
    return line if len(line) <= longest else f"{line[: longest // 2]}...{line[-longest // 2 :]}"


def printable(text: str) -> str:
    r"""The text with an escape, such as `\x1b`, in place of each character that no terminal shows or that steers one.

    Names in files may hold anything. Line ends stay.
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter == "\n" else repr(letter)[1:-1] for letter in text)


def suggest(name: str, known: Iterable[str]) -> str:
    """The remedy for an unknown name: `did you mean X? Available: ...`.

    The names that begin with the unknown one are suggested, else the most similar one.

    Args:
        name: the unknown name.
        known: all names that would do, at least one, in the order in which they are shown.
    """
    names = list(known)
    longer = [each for each in names if name and each.startswith(name)]
    near = longer or get_close_matches(name, names, n=1, cutoff=LIKENESS)
    available = f"vailable: {', '.join(names)}"
    return f"did you mean {' or '.join(near)}? A{available}" if near else f"a{available}"
