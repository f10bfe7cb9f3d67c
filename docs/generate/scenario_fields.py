"""The reference of a scenario's fields, from the models that validate them."""

import inspect
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from docs.generate.markdown import inline, table
from traffic_marl.scenario import Scenario
from traffic_marl.scenario.validation import ScenarioPart, models_in

HEAD = """# Scenario fields

Every model, field, range and default of a scenario. A Python script writes them as
`Scenario(network=GridNetwork(rows=3, columns=5), ...)` and imports the models from `traffic_marl.scenario`. A JSON file
holds the same fields, and `kind` then names the model. The last word of a field's name is its unit. An invalid field is
rejected with its name, the problem and a remedy.
"""

LONGEST_DEFAULT = 60  # characters; a longer one is a model with the defaults of its own section


def page() -> str:
    """The page: a section for each model, the scenario first."""
    return HEAD + "".join(f"\n{_section(model)}" for model in models())


def models() -> list[type[ScenarioPart]]:
    """The scenario and all models that its fields hold, in the order in which they are met."""
    found: list[type[ScenarioPart]] = [Scenario]
    for model in found:
        for field in model.model_fields.values():
            found += [inner for inner in models_in(field.annotation) if inner not in found]
    return found


def _section(model: type[ScenarioPart]) -> str:
    """A model with a table of its fields."""
    rows = [
        (inline(name), _kind(field), _default(field), _meaning(field.description or ""))
        for name, field in model.model_fields.items()
    ]
    return f"## {model.__name__}\n\n{inspect.getdoc(model)}\n\n" + table(("field", "value", "default", "meaning"), rows)


def _kind(field: FieldInfo) -> str:
    """What a field takes, in words."""
    words = _type(field.annotation)
    limits = _limits(field.metadata)
    if not field.is_required() and field.default is None and not words.endswith("None"):
        words += " or None"
    return f"{words}, {limits}" if limits else words


def _type(annotation: Any) -> str:
    """A type in words; models link to their section."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        limits = _limits(_flat(inner[1:]))
        return f"{_type(inner[0])}, {limits}" if limits else _type(inner[0])
    if origin in (Union, types.UnionType):
        return " or ".join(_type(each) for each in inner)
    if origin is Literal:
        return " or ".join(inline(str(each)) for each in inner)
    if origin is dict:
        return f"{_type(inner[1])} by name"
    if origin is tuple:
        return f"list of ({_type(inner[0])})" if inner[-1] is Ellipsis else f"({', '.join(map(_type, inner))})"
    if isinstance(annotation, type) and issubclass(annotation, ScenarioPart):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return {Any: "function or text", int: "whole number", float: "number", str: "text", type(None): "None"}.get(
        annotation, str(annotation)
    )


def _flat(metadata: Any) -> Iterator[Any]:
    """Annotations of a type, those within a Field one by one."""
    for each in metadata:
        yield from each.metadata if isinstance(each, FieldInfo) else (each,)


def _limits(metadata: Any) -> str:
    """The range that annotations ask for, in words."""
    bounds = {
        name: getattr(each, name) for each in metadata for name in ("ge", "gt", "le", "lt") if hasattr(each, name)
    }
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    if {"ge", "le"} <= bounds.keys():
        return f"{bounds['ge']:g} to {bounds['le']:.10g}"
    return ", ".join(f"{words[name]} {value:.10g}" for name, value in bounds.items())


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    written = repr(field.default)
    return inline(written) if len(written) <= LONGEST_DEFAULT else "its defaults"


def _meaning(text: str) -> str:
    return " ".join(text.split())
