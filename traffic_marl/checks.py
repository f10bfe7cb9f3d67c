"""Checks of arguments, shared by all public functions: each gives back the checked value in one plain type."""

from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from math import inf
from operator import index
from os import PathLike
from pathlib import Path
from typing import Any

from traffic_marl.errors import UsageError, suggest

LAST_SEED = 2**62


def check_name(where: str, name: Any, known: Iterable[str]) -> None:
    """Checks that a name is one of those known.

    Args:
        where: the argument or flag, such as `reward` or `--reward`.
        name: what was given.
        known: the names that would do.

    Raises:
        UsageError: it is none of them.
    """
    names = list(known)
    if not isinstance(name, str):
        raise UsageError(where, f"{shown(name)} is not a name", f"available: {', '.join(names)}")
    if name not in names:
        noun = where.lstrip("-").replace("_", " ")
        raise UsageError(where, f"unknown {noun} {name!r}", suggest(name, names))


def whole_number(where: str, value: Any, least: int | None = None) -> int:
    """The value as a plain whole number; numpy's whole numbers are accepted, True and False are not.

    Raises:
        UsageError: it is no whole number, or below `least`.
    """
    bound = "" if least is None else f", at least {least}"
    if isinstance(value, bool):
        raise UsageError(where, f"{value} is not a whole number", f"give a whole number{bound}")
    try:
        number = index(value)
    except TypeError:
        raise UsageError(where, f"{shown(value)} is not a whole number", f"give a whole number{bound}") from None
    if least is not None and number < least:
        raise UsageError(where, f"{number} is too few", f"give a whole number{bound}")
    return number


def at_least_one(where: str, value: Any) -> int:
    """The value as a plain whole number, at least 1.

    Raises:
        UsageError: it is no whole number, or below 1.
    """
    return whole_number(where, value, least=1)


def number_at_least(where: str, value: Any, least: float) -> float:
    """The value as a plain finite number.

    Raises:
        UsageError: it is no finite number, or below `least`.
    """
    try:
        number = float("nan") if isinstance(value, bool | str | bytes) else float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not least <= number < inf:
        raise UsageError(where, f"{shown(value)} will not do", f"give a number, at least {least:g}")
    return number


def boolean(where: str, value: Any) -> bool:
    """True or False; numpy's are accepted, numbers and texts are not.

    Raises:
        UsageError: it is neither.
    """
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise UsageError(where, f"{shown(value)} is neither true nor false", "give True or False")


def checked_seed(seed: Any, where: str = "seed") -> int:
    """The seed of one draw of the traffic, as a plain whole number.

    Raises:
        UsageError: it is no whole number, negative or too large.
    """
    number = whole_number(where, seed)
    if not 0 <= number < LAST_SEED:
        raise UsageError(where, f"{number} is not a seed", f"give a whole number, 0 to {LAST_SEED - 1}")
    return number


def checked_seeds(seeds: Any, where: str = "seeds") -> Sequence[int]:
    """The seeds of several draws, as a tuple of plain whole numbers; a range stays a range.

    Raises:
        UsageError: it is no sequence, empty, or holds something that is no seed.
    """
    remedy = "give a sequence of whole numbers, such as range(10)"
    if isinstance(seeds, str | bytes | dict | set | frozenset) or not hasattr(seeds, "__getitem__"):
        raise UsageError(where, f"{shown(seeds)} is not a sequence of seeds", remedy)
    try:
        count = len(seeds)
    except TypeError:
        raise UsageError(where, f"{shown(seeds)} is not a sequence of seeds", remedy) from None
    if count == 0:
        raise UsageError(where, "there are none", "give at least one")
    if isinstance(seeds, range):
        checked_seed(min(seeds[0], seeds[-1]), where)
        checked_seed(max(seeds[0], seeds[-1]), where)
        return seeds
    return tuple(checked_seed(seed, where) for seed in seeds)


def checked_path(where: str, path: Any) -> Path:
    """The path, if it is one.

    Raises:
        UsageError: it is neither text nor a path.
    """
    if not isinstance(path, str | PathLike):
        raise UsageError(where, f"{shown(path)} is not a path", "give the path of a file as text")
    return Path(path)


def ensure_installed(where: str, *libraries: str, extra: str = "learning") -> None:
    """Checks that libraries of an extra of the package are installed.

    Raises:
        UsageError: one is missing.
    """
    for name in libraries:
        if find_spec(name) is None:
            raise UsageError(where, f"{name} is not installed", f'run: pip install "traffic-marl[{extra}]"')


def shown(value: Any) -> str:
    """The value as an error shows it: what Python would write, cut where it is long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
