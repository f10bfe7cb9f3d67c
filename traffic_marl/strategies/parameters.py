"""The parameters of strategies: what each may be, how it is read from text and what a wrong one is told.

A strategy is a frozen dataclass whose fields are made by `seconds`, `number`, `one_of` or `choice`; the field's name
carries its unit, because this is the border at which users give values.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from traffic_marl.errors import StrategyError


@dataclass(frozen=True)
class Parameter:
    """What values a field of a strategy may take."""

    kind: type[int] | type[float] | type[str]
    unit: str  # as a reader writes it: "s", "veh/h", "" for a choice
    noun: str  # what a wrong value is not: "a duration"
    remedy: str  # what would do
    meaning: str
    accepts: Callable[[Any], bool]
    optional: bool = False  # None stands for "work it out"

    def read(self, where: str, text: str) -> int | float | str:
        """The value written in `text`, not yet checked against its range."""
        try:
            return self.kind(text)
        except ValueError:
            raise self.refusal(where, text) from None

    def check(self, where: str, value: object) -> None:
        """Accepts a value or raises `StrategyError`; `where` names strategy and field."""
        if value is None and self.optional:
            return
        if not self._is_of_kind(value) or not self.accepts(value):
            raise self.refusal(where, value)

    def refusal(self, where: str, value: object) -> StrategyError:
        """The error that a wrong value deserves."""
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        return StrategyError(f"{where}={shown}", f"{shown} is not {self.noun}", self.remedy)

    def _is_of_kind(self, value: object) -> bool:
        if isinstance(value, bool):
            return False
        if self.kind is float:
            return isinstance(value, (int, float)) and math.isfinite(value)
        return isinstance(value, self.kind)


def seconds(default: int | None, meaning: str, least: int = 1) -> Any:
    """A field that holds whole seconds, at least `least`."""
    return _field(
        default,
        Parameter(
            int,
            "s",
            "a duration in whole seconds",
            f"give seconds, at least {least}",
            meaning,
            lambda s: bool(s >= least),
        ),
    )


def number(default: float | None, unit: str, noun: str, meaning: str, above: float | None = None) -> Any:
    """A field that holds a number: at least 0, or greater than `above`."""
    if above is None:
        return _field(
            default, Parameter(float, unit, noun, f"give {unit}, at least 0", meaning, lambda value: bool(value >= 0))
        )
    remedy = f"give {unit}, more than {above:g}"
    return _field(default, Parameter(float, unit, noun, remedy, meaning, lambda value: bool(value > above)))


def count(default: int, unit: str, noun: str, meaning: str) -> Any:
    """A field that holds a whole number, at least 0."""
    return _field(
        default,
        Parameter(int, unit, noun, f"give a whole number of {unit}, at least 0", meaning, lambda n: bool(n >= 0)),
    )


def one_of(default: int, values: tuple[int, ...], unit: str, noun: str, meaning: str) -> Any:
    """A field that holds one of a few whole numbers."""
    remedy = f"give one of {', '.join(map(str, values))} {unit}"
    return _field(default, Parameter(int, unit, noun, remedy, meaning, lambda value: value in values))


def choice(default: str, values: tuple[str, ...], noun: str, meaning: str) -> Any:
    """A field that holds one of a few words."""
    remedy = f"give one of {', '.join(values)}"
    return _field(default, Parameter(str, "", noun, remedy, meaning, lambda value: value in values))


def _field(default: int | float | str | None, parameter: Parameter) -> Any:
    if default is None:
        parameter = Parameter(**{**parameter.__dict__, "optional": True})
    return field(default=default, metadata={"parameter": parameter})


def parameters_of(strategy: Any) -> dict[str, Parameter]:
    """The parameters of a strategy or of its class by name, in the order of its fields."""
    return {item.name: item.metadata["parameter"] for item in fields(strategy)}


def check_parameters(strategy: Any) -> None:
    """Checks every field of a strategy.

    Raises:
        StrategyError: naming the strategy, the field and its value.
    """
    for name, parameter in parameters_of(strategy).items():
        parameter.check(f"{strategy.name}:{name}", getattr(strategy, name))
