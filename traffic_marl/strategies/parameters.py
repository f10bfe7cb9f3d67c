"""The parameters of strategies: allowed values, reading from text, and the message for a wrong one.

The fields of a strategy are made by `seconds`, `number`, `count`, `one_of`, `choice` or `path`. The field's name
carries its unit, because this is the border at which users give values. A user's own strategy may also have plain
fields or arguments with a default; their type is the only rule.
"""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from traffic_marl.errors import StrategyError

WORDS = {"": "a number", "s": "seconds", "veh": "vehicles", "veh s": "vehicle seconds"}  # units as messages write them
DAY = 86_400  # [s] the longest duration
MOST = 1e9  # of an amount without another limit
FARTHEST = 1e300  # from 0 of any number, so that arithmetic with it stays finite
PLAIN: dict[type, str] = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}


@dataclass(frozen=True)
class Parameter:
    """The values that a parameter of a strategy may take."""

    type: type[int] | type[float] | type[str] | type[bool]
    unit: str  # its symbol: "s", "veh/h"; "" for a choice
    noun: str  # its quantity with an article, such as "a duration"
    range: str  # the allowed values, such as "at least 1"; "" for all
    remedy: str  # instruction for the user, such as "give seconds, at least 1"
    meaning: str
    accepts: Callable[[Any], bool]
    most: float = math.inf  # largest number
    optional: bool = False  # None stands for a value that is worked out at the start

    def read(self, where: str, text: str) -> int | float | str:
        """The value written in `text`, not yet checked against its range."""
        if self.type is bool:
            if text.lower() not in ("true", "false"):
                raise self.refusal(where, text)
            return text.lower() == "true"
        try:
            return self.type(text)
        except ValueError:  # also for a number of thousands of digits
            raise self.refusal(where, text) from None

    def check(self, where: str, value: object) -> None:
        """Accepts a value or raises `StrategyError`; `where` names strategy and field."""
        if value is None and self.optional:
            return
        if not self._has_type(value) or not self.accepts(value):
            raise self.refusal(where, value)
        if isinstance(value, int | float) and value > self.most:
            shown = _shown(value)
            raise StrategyError(
                f"{where}={shown}", f"{shown} is too large", f"give {self._measure}, at most {self.most:g}"
            )

    def refusal(self, where: str, value: object) -> StrategyError:
        """The error for a wrong value."""
        shown = _shown(value)
        return StrategyError(f"{where}={shown}", f"{shown} is not {self.noun}", self.remedy)

    @property
    def _measure(self) -> str:
        """The unit, as messages write it."""
        return WORDS.get(self.unit, self.unit)

    def _has_type(self, value: object) -> bool:
        if isinstance(value, bool):
            return self.type is bool
        if self.type is float:
            return isinstance(value, (int, float)) and abs(value) <= FARTHEST
        return isinstance(value, self.type)


def seconds(default: int | None, meaning: str, least: int = 1, most: int = DAY) -> Any:
    """A field that holds whole seconds, from `least` to `most`."""
    return _amount(default, Amount(int, "s", "a duration in whole seconds", least, most), meaning)


def number(default: float | None, unit: str, noun: str, meaning: str, least: float = 0.0, most: float = MOST) -> Any:
    """A field that holds a number from `least` to `most`."""
    return _amount(default, Amount(float, unit, noun, least, most), meaning)


def count(default: int, unit: str, noun: str, meaning: str) -> Any:
    """A field that holds a whole number, at least 0."""
    remedy = f"give a whole number of {WORDS.get(unit, unit)}, at least 0"
    return _field(default, Parameter(int, unit, noun, "at least 0", remedy, meaning, lambda n: bool(n >= 0), MOST))


def one_of(default: int, values: tuple[int, ...], unit: str, noun: str, meaning: str) -> Any:
    """A field that holds one of a few whole numbers."""
    listed = ", ".join(map(str, values))
    remedy = f"give one of {listed} {unit}"
    return _field(default, Parameter(int, unit, noun, f"one of {listed}", remedy, meaning, lambda n: n in values))


def choice(default: str, values: tuple[str, ...], noun: str, meaning: str) -> Any:
    """A field that holds one of a few words."""
    listed = f"one of {', '.join(values)}"
    return _field(default, Parameter(str, "", noun, listed, f"give {listed}", meaning, lambda word: word in values))


def path(meaning: str) -> Any:
    """A field that holds the path of a file or folder, or None."""
    remedy = "give the path of a file or folder"
    return _field(
        None, Parameter(str, "", "a path", "a file or folder", remedy, meaning, lambda text: bool(text.strip()))
    )


@dataclass(frozen=True)
class Amount:
    """The amounts of a unit that a field may hold."""

    type: type[int] | type[float]
    unit: str
    noun: str
    least: float
    most: float


def _amount(default: float | None, amount: Amount, meaning: str) -> Any:
    """A field that holds an amount of a unit."""
    least, unit = amount.least, amount.unit
    range, remedy = f"at least {least:g}", f"give {WORDS.get(unit, unit)}, at least {least:g}"

    def accepts(value: Any) -> bool:
        return bool(value >= least)

    return _field(default, Parameter(amount.type, unit, amount.noun, range, remedy, meaning, accepts, amount.most))


def _field(default: int | float | str | None, parameter: Parameter) -> Any:
    return field(default=default, metadata={"parameter": replace(parameter, optional=default is None)})


def parameters_of(strategy: Any) -> dict[str, Parameter]:
    """The parameters of a strategy or of its class by name, in the order of its fields. Plain fields are left out."""
    if not is_dataclass(strategy):
        return {}
    return {item.name: item.metadata["parameter"] for item in fields(strategy) if "parameter" in item.metadata}


def check_parameters(strategy: Any) -> None:
    """Checks every field of a strategy that says which values it may take.

    Raises:
        StrategyError: naming the strategy, the field and its value.
    """
    for name, parameter in parameters_of(strategy).items():
        parameter.check(f"{strategy.name}:{name}", getattr(strategy, name))


def arguments_of(owner: Callable[..., Any], positional: int = 0) -> dict[str, Parameter]:
    """The parameters of a class or function that may be written in text, by name.

    Fields that say which values they may take come with their rules. Others count if the type of their default or
    their annotation is a whole number, number, text or truth value.

    Args:
        owner: a class that makes strategies, or a function that starts one.
        positional: number of its first arguments that are no parameters.
    """
    declared = parameters_of(owner)
    found: dict[str, Parameter] = {}
    for name, argument in list(inspect.signature(owner).parameters.items())[positional:]:
        variadic = argument.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        parameter = None if variadic else declared.get(name) or _plain(argument)
        if parameter is not None:
            found[name] = parameter
    return found


def _shown(value: object) -> str:
    """A value as a message writes it."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _plain(argument: inspect.Parameter) -> Parameter | None:
    """The rule of a plain argument, which allows any value of its type."""
    names = {each.__name__: each for each in PLAIN}
    written = names.get(str(argument.annotation).partition(" |")[0], argument.annotation)
    for each in (written, type(argument.default)):
        if each in PLAIN:
            return Parameter(each, "", PLAIN[each], "", f"give {PLAIN[each]}", "", lambda value: True)
    return None
