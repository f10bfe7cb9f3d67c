"""The base of all parts of a scenario: frozen pydantic models whose mistakes become ScenarioErrors.

A field is documented by the text below it, with its unit where the name does not say it; `field.description` holds it.
"""

import re
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Annotated, Any, ClassVar, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from traffic_marl.checks import shown
from traffic_marl.errors import ScenarioError, UsageError, suggest
from traffic_marl.reading import content_digest

UNITS = {  # last word of a field's name: its quantity and its unit, as messages name them
    "s": ("a duration", "seconds"),
    "m": ("a length", "metres"),
    "kmh": ("a speed", "kilometres per hour"),
    "vph": ("a flow", "vehicles per hour"),
    "mps2": ("an acceleration", "metres per second squared"),
    "share": ("a share", "a number"),
    "factor": ("a factor", "a number"),
}
BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "above"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "below"),
}
LEAST_FACTOR, MOST_FACTOR = 0.01, 100.0  # on a demand
WHOLE = ("int_type", "int_parsing", "int_parsing_size", "int_from_float")
NUMBER = ("float_type", "float_parsing", "finite_number")

_inside: ContextVar[bool] = ContextVar("inside", default=False)  # a model that contains this one is being validated


class ScenarioPart(BaseModel):
    """A part of a scenario: frozen, without unknown fields, every mistake a ScenarioError."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

    part: ClassVar[str] = ""  # its field in a scenario

    def __new__(cls, *values: Any, **fields: Any) -> Self:
        """An instance whose fields pydantic fills in.

        Raises:
            ScenarioError: a value is given without the name of its field.
        """
        if values:
            own = [name for name in cls.model_fields if name != "kind"]
            name = next((each for each in own if cls.model_fields[each].is_required()), own[0])
            what = f"{shown(values[0])} is given without the name of a field"
            raise ScenarioError(cls.__name__, what, f"name each field, as in {cls.__name__}({name}=...)")
        return super().__new__(cls)

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Turns pydantic's errors into a single ScenarioError, in the outermost model."""
        is_outermost = not _inside.get()
        token = _inside.set(True)
        try:
            return handler(values)
        except ValidationError as error:
            if is_outermost:
                raise scenario_error(cls, error) from None
            raise
        finally:
            _inside.reset(token)

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

    def digest(self) -> bytes:
        """Changes with the content of the file that the part is read from. Empty for a part without a path."""
        path = getattr(self, "path", None)
        return b"" if path is None else content_digest(path)

    def place(self, where: str) -> str:
        """The field of the scenario that is at fault. Places within a file are told after its path.

        Args:
            where: the place in an error of the network or demand that was built from this part, such as `block`.
        """
        fields = type(self).model_fields
        if where == self.part:
            return where
        if "path" in fields and where not in fields:
            return f"{self.part}.path: {where}"
        head = re.split(r"[.\[]", where, maxsplit=1)[0]
        names = {name.rpartition("_")[0]: name for name in fields}  # without the unit
        return f"{self.part}.{names.get(head, head)}{where[len(head) :]}"


def checked_factor(where: str, factor: float) -> float:
    """The factor on a demand.

    Raises:
        UsageError: it is no number from 0.01 to 100.
    """
    is_number = isinstance(factor, int | float) and not isinstance(factor, bool)
    if not is_number or not LEAST_FACTOR <= factor <= MOST_FACTOR:
        what = f"{shown(factor)} is no factor on the demand"
        raise UsageError(where, what, f"give a number from {LEAST_FACTOR:g} to {MOST_FACTOR:g}, such as 1.2")
    return float(factor)


def refuse(what: str, remedy: str, field: str = "") -> PydanticCustomError:
    """An error for a validator to raise; `field` names the part of the value at fault."""
    return PydanticCustomError("refused", "{what}", {"what": what, "remedy": remedy, "field": field})


def _of_one_line(text: str) -> str:
    if not text.isprintable():
        raise refuse(f"{shown(text)} is not text of one line", "leave line breaks and control characters out")
    return text


def _no_truth_value(value: Any) -> Any:
    """Refuses True and False, which Python takes for 1 and 0."""
    if isinstance(value, bool):
        raise refuse(f"{value} is not a number", "give one")
    return value


Number = Annotated[float, BeforeValidator(_no_truth_value)]
WholeNumber = Annotated[int, BeforeValidator(_no_truth_value)]
Text = Annotated[str, AfterValidator(_of_one_line)]  # of one line


def scenario_error(model: type[ScenarioPart], error: ValidationError) -> ScenarioError:
    """All mistakes of a model, one line each. The first is the error's own."""
    first, *others = [_explained(model, details) for details in error.errors() if not _follows(details)]
    lines = [first[2], *(f"{where}: {what}; {remedy}" for where, what, remedy in others)]
    return ScenarioError(first[0], first[1], "\n".join(lines))


def _follows(details: ErrorDetails) -> bool:
    """Whether a list only seems empty because its members were refused, each with an error of its own."""
    return details["type"] == "too_short" and bool(details["input"])


def _explained(model: type[ScenarioPart], details: ErrorDetails) -> tuple[str, str, str]:
    """Place, description and remedy of one mistake."""
    where, siblings = _located(model, details["loc"])
    mistake, value, context = details["type"], details["input"], details.get("ctx", {})
    name = where.rpartition(".")[2]
    noun, unit = UNITS.get(name.partition("[")[0].rpartition("_")[2], ("", "a number"))
    if mistake == "refused":
        joint = "." if where and context["field"] and not context["field"].startswith("[") else ""
        return f"{where}{joint}{context['field']}", context["what"], context["remedy"]
    if mistake == "missing":
        return where, "is missing", "add this field"
    if mistake == "extra_forbidden":
        return where, "unknown field", suggest(name, siblings)
    if mistake in BOUNDS:
        key, words = BOUNDS[mistake]
        what = f"{value} is not {noun}" if noun else f"{value} is out of range"
        return where, what, f"give {unit}, {words} {context[key]:g}"
    if mistake in WHOLE:
        return where, f"{value!r} is not a whole number", f"give whole {unit}" if unit != "a number" else "give one"
    if mistake in NUMBER:
        return where, f"{value!r} is not a number", f"give {unit}"
    if mistake in ("literal_error", "union_tag_invalid"):
        expected = context.get("expected") or context["expected_tags"]
        return f"{where}.kind" if mistake == "union_tag_invalid" else where, _chosen(value), f"use one of {expected}"
    if mistake == "union_tag_not_found":
        return f"{where}.kind", "is missing", "give the kind"
    if mistake in ("model_type", "model_attributes_type"):
        return where or "scenario", f"{shown(value)} has no fields", "give the fields by name"
    if mistake == "string_type":
        return where, f"{shown(value)} is not text", "give text"
    if mistake in ("too_short", "string_too_short"):
        return where, "is empty", "give at least one entry"
    return where, f"{shown(value)} is not accepted", details["msg"][0].lower() + details["msg"][1:]


def _chosen(value: Any) -> str:
    """The part of a message that names a choice that does not exist."""
    return f"{shown(value.get('kind') if isinstance(value, dict) else value)} is not one of the choices"


def _located(model: type[ScenarioPart], path: tuple[int | str, ...]) -> tuple[str, list[str]]:
    """The dotted place of a mistake, and the fields that may stand there."""
    where, models = model.part, [model]
    siblings = sorted(model.model_fields)
    for step in path:
        of_kind = [one for one in models if step in _kinds(one)]
        if of_kind and len(models) > 1:
            models = of_kind  # pydantic's loc names the kind chosen; a place does not
            continue
        if step == "[key]":  # the name of an entry is at fault, and stands there already
            continue
        if isinstance(step, int):
            where += f"[{step}]"
            continue
        siblings = sorted({name for one in models for name in one.model_fields})
        where = f"{where}.{step}" if where else step
        fields = [one.model_fields[step] for one in models if step in one.model_fields]
        models = [inner for field in fields for inner in models_in(field.annotation)]
    return where, siblings


def _kinds(model: type[ScenarioPart]) -> tuple[Any, ...]:
    """The kinds of networks or demands that a model describes."""
    field = model.model_fields.get("kind")
    return get_args(field.annotation) if field else ()


def models_in(annotation: Any) -> Iterator[type[ScenarioPart]]:
    """The models in an annotation such as `A | B` or `tuple[A, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, ScenarioPart):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)
