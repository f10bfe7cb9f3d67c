"""Spaces of parameters: for each strategy the parameters that are tuned, and the values that are tried.

The ranges of the catalogue's strategies are ours. They are wide: at least from half to twice the values of the
literature, as far as signals can be run with them.
"""

import inspect
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from traffic_marl.checks import shown
from traffic_marl.errors import StrategyError, UsageError, suggest
from traffic_marl.imported import is_reference, load_reference
from traffic_marl.strategies.classical.longest_queue import REACHES
from traffic_marl.strategies.objects import parameters_from
from traffic_marl.strategies.parameters import Parameter

Value: TypeAlias = int | float | str
FACTOR = 4.0  # a user's own parameter is tried from a quarter of its default to four times that
DIGITS = 4  # of a number that is tried


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`."""

    low: float
    high: float
    is_whole: bool = True
    is_log: bool = False  # equal ratios are equally likely, not equal differences


@dataclass(frozen=True)
class Words:
    """A few values without an order."""

    values: tuple[Value, ...]


Space: TypeAlias = Mapping[str, Range | Words]
INTERVAL = Range(3, 40, is_log=True)  # [s] between decisions
GREEN = Range(10, 120, is_log=True)  # [s] longest green
WEBSTER: Space = {
    "longest_cycle_s": Range(40, 240, is_log=True),
    "startup_lost_s": Range(0.0, 6.0, is_whole=False),
    "saturation_flow_vph": Range(1000, 2400),
}
SPACES: dict[str, Space] = {
    "fixed_time": {"green_s": Range(5, 90, is_log=True)},
    "webster": WEBSTER,
    "green_wave": {"cycle_s": Range(30, 240, is_log=True), "speed_kmh": Range(15, 90), **WEBSTER},
    "actuated": {"gap_s": Range(0, 6), "longest_green_s": GREEN},
    "actuated_longest_queue": {"gap_s": Range(0, 6), "longest_green_s": GREEN, "longest_wait_s": Range(60, 400)},
    "rolling_horizon": {
        "horizon_s": Range(20, 180, is_log=True),
        "saturation_flow_vph": Range(1000, 2400),
        "startup_lost_s": Range(0, 6),
        "urgency": Range(0.0, 2.0, is_whole=False),
        "sight": Words(("bands", "positions")),
        "room": Words(("ignored", "foreseen")),
        "longest_green_s": GREEN,
    },
    "sotl": {
        "threshold_veh_s": Range(10, 1000, is_log=True),
        "reach_m": Words(REACHES[1:]),
        "shortest_green_s": Range(0, 30),
        "platoon_veh": Range(0, 12),
    },
    "max_pressure": {"exit": Words(("sum", "mean")), "interval_s": INTERVAL},
    "efficient_max_pressure": {"interval_s": INTERVAL},
    "longest_queue": {"reach_m": Words(REACHES), "hold": Range(0.0, 8.0, is_whole=False), "interval_s": INTERVAL},
}


def space_of(text: str, where: str = "strategy") -> dict[str, Range | Words]:
    """The space of a strategy's parameters. Those that the text gives keep their values.

    Args:
        text: a name of the catalogue or `FILE.py:NAME`, with values of parameters if wanted.
        where: the argument or flag, for messages.

    Raises:
        StrategyError: the strategy has nothing to tune.
        UsageError: its file cannot be loaded.
    """
    name, given = split(text)
    space = _own_space(name, where) if is_reference(text) else dict(SPACES.get(name, {}))
    left = {key: each for key, each in space.items() if key not in given}
    if not left:
        known = ", ".join(SPACES)
        raise StrategyError(text, "it has no parameter that can be tuned", f"give one of {known}, plan or FILE.py:NAME")
    return left


def narrowed(space: dict[str, Range | Words], texts: tuple[str, ...], flag: str) -> dict[str, Range | Words]:
    """The space with ranges of the user's own, written `parameter=low:high`.

    Raises:
        UsageError: one is written otherwise, or names no number of the space.
    """
    found = dict(space)
    for text in texts:
        match = re.fullmatch(r"\s*(\w+)\s*=\s*([-+.\de]+)\s*:\s*([-+.\de]+)\s*", text)
        try:
            name, low, high = (match[1], float(match[2]), float(match[3])) if match else ("", 1.0, 0.0)
        except ValueError:
            name, low, high = "", 1.0, 0.0
        if not (low < high and math.isfinite(high - low)):
            raise UsageError(flag, f"{shown(text)} is no range", "write it as longest_green_s=20:90")
        former = found.get(name)
        if not isinstance(former, Range):
            numbers = [key for key, each in found.items() if isinstance(each, Range)]
            raise UsageError(flag, f"there is no number {name!r} to tune", suggest(name, numbers or ["none"]))
        found[name] = Range(low, high, former.is_whole, former.is_log and low > 0.0)
    return found


def split(text: str) -> tuple[str, dict[str, str]]:
    """The name of a strategy, and the values that its text gives, by parameter."""
    match = re.fullmatch(r"(.*?)(?::(\s*\w+\s*=.*))?", text.strip(), flags=re.DOTALL)
    assert match is not None, "every text is a name at least"
    pairs = [pair.partition("=") for pair in (match[2] or "").split(",") if pair.strip()]
    return match[1].strip(), {key.strip(): value.strip() for key, _, value in pairs}


def written(text: str, values: Mapping[str, Value]) -> str:
    """A strategy with values of its parameters, as `compare` takes it."""
    name, given = split(text)
    pairs = [f"{key}={value}" for key, value in (*given.items(), *values.items())]
    return f"{name}:{','.join(pairs)}" if pairs else name


def rounded(value: Value, kind: Range | Words) -> Value:
    """A value that is tried, with few digits."""
    if isinstance(kind, Words) or isinstance(value, str):
        return value
    return int(value) if kind.is_whole else float(f"{value:.{DIGITS}g}")


def _own_space(name: str, where: str) -> dict[str, Range | Words]:
    """The space of a strategy in a user's file: its numbers around their defaults, and the interval if it is free."""
    owner = load_reference(name, where)
    arguments = inspect.signature(owner).parameters if callable(owner) else {}
    space: dict[str, Range | Words] = {}
    for key, rule in parameters_from(owner).items():
        found = _derived(rule, arguments[key].default)
        if found is not None:
            space[key] = found
    if getattr(owner, "interval", None) is None:
        space.setdefault("interval_s", INTERVAL)
    return space


def _derived(rule: Parameter, default: Any) -> Range | None:
    """A range around the default of a user's own parameter. None if it is no positive number."""
    if rule.type not in (int, float) or isinstance(default, bool) or not isinstance(default, int | float):
        return None
    if default <= 0:
        return None
    low, high = default / FACTOR, min(default * FACTOR, rule.most)
    if rule.type is int:
        low, high = max(1.0, round(low)), float(round(high))
    return Range(low, high, rule.type is int, is_log=True) if low < high and rule.accepts(low) else None
