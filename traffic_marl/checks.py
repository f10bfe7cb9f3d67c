"""Checks of arguments, shared by all public functions. Most give back the checked value in one plain type."""

from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from inspect import signature
from math import isfinite, nan
from operator import index
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.errors import UsageError, suggest

LAST_SEED = 2**62
LARGEST_COUNT = 2**31 - 1  # of anything; the kernels count in 32 bits
MOST_COPIES = 10_000  # of the traffic, stepped together; each takes its own memory
LONGEST_RUN = 2 * 86_400  # [s] of traffic


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


def whole_number(where: str, value: Any, least: int | None = None, most: int | None = None) -> int:
    """The value as a plain whole number, also those of numpy. True and False are refused.

    Raises:
        UsageError: it is no whole number, below `least`, or above `most`.
    """
    bound = "" if least is None else f", at least {least}"
    if isinstance(value, bool):
        raise UsageError(where, f"{value} is not a whole number", f"give a whole number{bound}")
    try:
        number = index(value)
    except TypeError:
        raise UsageError(where, f"{shown(value)} is not a whole number", f"give a whole number{bound}") from None
    if least is not None and number < least:
        raise UsageError(where, f"{shown(number)} is too small", f"give a whole number{bound}")
    if most is not None and number > most:
        remedy = f"give a whole number, {least} to {most}" if least is not None else f"give at most {most}"
        raise UsageError(where, f"{shown(number)} is too large", remedy)
    return number


def at_least_one(where: str, value: Any, most: int = LARGEST_COUNT) -> int:
    """The value as a plain whole number from 1 to `most`, which is what 32 bits hold where nothing else is said.

    Raises:
        UsageError: it is no whole number, below 1, or above `most`.
    """
    return whole_number(where, value, 1, most)


def number_at_least(where: str, value: Any, least: float) -> float:
    """The value as a plain finite number.

    Raises:
        UsageError: it is no finite number, or below `least`.
    """
    number = finite_number(where, value, f"give a number, at least {least:g}")
    if number < least:
        raise UsageError(where, f"{shown(value)} is too small", f"give a number, at least {least:g}")
    return number


def finite_number(where: str, value: Any, remedy: str) -> float:
    """The value as a plain finite number. True, False and text are none.

    Raises:
        UsageError: it is no finite number.
    """
    try:
        number = nan if isinstance(value, bool | str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):  # also a whole number of 400 digits
        number = nan
    if not isfinite(number):
        raise UsageError(where, f"{shown(value)} is not a number", remedy)
    return number


def boolean(where: str, value: Any) -> bool:
    """True or False, also those of numpy. Numbers and texts are refused.

    Raises:
        UsageError: it is neither.
    """
    if isinstance(value, bool | np.bool_):
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
    """The seeds of several draws, as a tuple of plain whole numbers. A range stays a range.

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


def ensure_kind(where: str, value: Any, kind: type, source: str) -> None:
    """Checks the class of a value.

    Args:
        where: the argument.
        value: what was given.
        kind: the class that it should have.
        source: what gives such a value, such as `Scenario.timing()`.

    Raises:
        UsageError: it has another class.
    """
    if not isinstance(value, kind):
        raise UsageError(where, f"{shown(value)} is no {kind.__name__}", f"give one, as from {source}")


def check_call(function: Callable[..., Any], where: str, label: str, arguments: tuple[str, ...]) -> None:
    """Checks that a function of the user's can be called with some arguments.

    Args:
        function: the function.
        where: the argument or flag that holds it.
        label: names the function in the error.
        arguments: names of what it will be given.

    Raises:
        UsageError: it cannot, or it is a built-in function that does not tell its arguments.
    """
    try:
        known = signature(function)
    except (TypeError, ValueError):
        what = f"{label} does not tell which arguments it takes"
        raise UsageError(where, what, f"call it in a function of ({', '.join(arguments)})") from None
    try:
        known.bind(*arguments)
    except TypeError:
        what = f"{label}{known} cannot be called with ({', '.join(arguments)})"
        raise UsageError(where, what, "let it take these arguments") from None


def ensure_function(where: str, value: Any, arguments: tuple[str, ...]) -> None:
    """Checks that a value is a function which can be called with so many arguments.

    Args:
        where: the argument or flag that holds it.
        value: what was given.
        arguments: names of what the function will be given.

    Raises:
        UsageError: it is no function, or cannot be called with them.
    """
    if not callable(value):
        raise UsageError(where, f"{shown(value)} is not a function", f"give a function of ({', '.join(arguments)})")
    check_call(value, where, getattr(value, "__name__", type(value).__name__), arguments)


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
