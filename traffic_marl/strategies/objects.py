"""Strategies made from a user's objects: the accepted forms, labels and parameters."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import partial
from inspect import Parameter as Argument
from inspect import signature
from typing import Any, TypeAlias

from traffic_marl.checks import at_least_one, check_call, shown
from traffic_marl.errors import StrategyError, UsageError
from traffic_marl.strategies.parameters import Parameter, arguments_of
from traffic_marl.strategies.strategy import Conditions, Controller, Decide, Strategy

Start: TypeAlias = Callable[[Conditions], Controller | Decide]

INTERVALS = "interval", "default_interval"  # members of a strategy [s], None or missing if it has none
REMEDY = "give a name such as max_pressure, path/to/file.py:Name, or an object with start(conditions)"


@dataclass(frozen=True)
class StartedBy:
    """A strategy made of the function, or of the class, that starts its controllers."""

    begin: Start
    interval: int | None = None  # [s] between decisions; None leaves it to the user and the scenario
    default_interval: int | None = None  # [s] where neither user nor scenario give one

    def start(self, conditions: Conditions) -> Controller | Decide:
        """A controller for a new run, or a function that decides."""
        return self.begin(conditions)


def strategy_from(given: Any, where: str, name: str, values: dict[str, Any] | None = None) -> Strategy:
    """The strategy that an object is, that a class makes, or that a function starts.

    Args:
        given: an object or class with `start(conditions)`, a function of conditions that gives a controller or a
            function of readings, or a class of controllers that is made from conditions.
        where: the argument or flag, for messages.
        name: the strategy, for messages.
        values: of its parameters; the others keep their defaults.

    Raises:
        UsageError: it is none of these, or it cannot be called with conditions.
        StrategyError: a parameter without a default has no value.
    """
    values = values or {}
    if not isinstance(given, type) and hasattr(given, "start"):
        strategy = given
    elif not _is_callable(given):
        raise UsageError(where, f"{shown(given)} is not a strategy", REMEDY)
    else:
        _ensure_complete(given, values, name)
        begun = partial(given, **values)
        intervals = [getattr(given, name, None) for name in INTERVALS]
        strategy = begun() if hasattr(given, "start") else StartedBy(begun, *intervals)
    if not callable(strategy.start):
        raise UsageError(where, f"{shown(given)} is not a strategy, because its start cannot be called", REMEDY)
    start = strategy.begin if isinstance(strategy, StartedBy) else strategy.start
    check_call(start, where, name if isinstance(strategy, StartedBy) else f"{name}.start", ("conditions",))
    for each in INTERVALS:
        if getattr(strategy, each, None) is not None:
            at_least_one(f"{name}.{each}", getattr(strategy, each))
    checked: Strategy = strategy
    return checked


def parameters_from(given: Any) -> dict[str, Parameter]:
    """The parameters that `strategy_from` takes values for. An object that already is a strategy has none."""
    if (not isinstance(given, type) and hasattr(given, "start")) or not _is_callable(given):
        return {}
    return arguments_of(given, positional=_positional(given))


def label_of(given: Any, strategy: Strategy) -> str:
    """The name of a strategy and those of its parameters that differ from the defaults, as in text."""
    made_by = given if isinstance(strategy, StartedBy) or isinstance(given, type) else type(given)
    name = str(getattr(made_by, "name", None) or getattr(made_by, "__name__", type(given).__name__))
    items: list[Any] = [] if isinstance(strategy, StartedBy) or not is_dataclass(strategy) else list(fields(strategy))
    values = [(item, getattr(strategy, item.name)) for item in items]
    changed = [f"{item.name}={value}" for item, value in values if _is_changed(item.default, value)]
    return f"{name}:{','.join(changed)}" if changed else name


def _is_changed(default: Any, value: Any) -> bool:
    """Whether a field holds a plain value that is not its default."""
    return isinstance(value, int | float | str) and (default is MISSING or value != default)


def _is_callable(given: Any) -> bool:
    """Whether it can be called to make a strategy or a controller."""
    if isinstance(given, type) and not (hasattr(given, "start") or hasattr(given, "decide")):
        return False
    try:
        return callable(given) and signature(given) is not None
    except ValueError:  # functions that are not written in Python
        return False


def _positional(given: Any) -> int:
    """Number of first arguments that are no parameters: a function that starts controllers takes the conditions."""
    return 0 if hasattr(given, "start") else 1


def _ensure_complete(given: Any, values: dict[str, Any], name: str) -> None:
    """Checks that each parameter has a value.

    Raises:
        StrategyError: one has neither a value nor a default.
    """
    variadic = (Argument.VAR_POSITIONAL, Argument.VAR_KEYWORD)
    for argument in list(signature(given).parameters.values())[_positional(given) :]:
        if argument.name not in values and argument.default is Argument.empty and argument.kind not in variadic:
            raise StrategyError(name, f"needs a value for {argument.name}", _remedy(given, name, argument.name))


def _remedy(given: Any, name: str, argument: str) -> str:
    """A way to give the argument a value; a text can only if the file says the type."""
    if argument in parameters_from(given):
        return f"write {name}:{argument}=VALUE, or in Python {given.__name__}({argument}=...)"
    return f"let the file say its type, as in {argument}: float, or give it a default"
