"""The notation of strategies as text, `name:key=value,key=value`, and of lists of them."""

import re
from dataclasses import dataclass
from typing import Any

from traffic_marl.errors import StrategyError, suggest
from traffic_marl.strategies.parameters import Parameter, parameters_of, seconds

CONTINUES = re.compile(r"\w+\s*=")  # the beginning of a piece of a list that belongs to the strategy before it


@dataclass(frozen=True)
class EveryStrategy:
    """The parameters that every strategy takes in text."""

    interval_s: int | None = seconds(None, "time between decisions, before all other intervals")


def split_list(text: str) -> list[str]:
    """The strategies of a comma list, whose parameters may contain commas.

    `a:k=1,l=2,b` holds `a:k=1,l=2` and `b`: a piece that begins with `key=` continues the strategy before it.

    Raises:
        StrategyError: for an empty list or an empty place in it.
    """
    found: list[str] = []
    for piece in (part.strip() for part in text.split(",")):
        if not piece:
            remedy = "separate strategies by single commas, as in fixed_time,max_pressure"
            raise StrategyError(f"strategies {text!r}", "there is an empty place in the list", remedy)
        if found and CONTINUES.match(piece):
            found[-1] += f",{piece}"
        else:
            found.append(piece)
    return found


def read_values(name: str, text: str, own: dict[str, Parameter]) -> tuple[dict[str, Any], int | None]:
    """The values of a strategy's own parameters, and the interval that every strategy takes [s].

    Args:
        name: the strategy, as messages name it.
        text: `key=value,key=value`.
        own: the parameters of the strategy.

    Raises:
        StrategyError: the text is written otherwise, or a key or a value is wrong.
    """
    known = {**own, **parameters_of(EveryStrategy)}
    values: dict[str, Any] = {}
    for pair in text.split(","):
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not key or not value:
            raise StrategyError(
                f"{name}:{text}", f"{pair.strip()!r} is not key=value", f"write {name}:key=value,key=value"
            )
        if key in values:
            raise StrategyError(f"{name}:{text}", f"{key} is given twice", "give it once")
        values[key] = _value(name, key, value, known)
    if "interval_s" in own:
        return values, None
    return values, values.pop("interval_s", None)


def _value(name: str, key: str, text: str, known: dict[str, Parameter]) -> int | float | str:
    if key not in known:
        raise StrategyError(name, f"unknown parameter {key!r}", suggest(key, known))
    where = f"{name}:{key}"
    value = known[key].read(where, text)
    known[key].check(where, value)
    return value
