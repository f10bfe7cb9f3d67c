"""The comments behind fields as their descriptions, for Sphinx's autodoc."""

import inspect
import re
from importlib import import_module
from typing import Any

from docs.generate.comments import field_comments


def describe_fields(app: Any, what: str, name: str, described: Any, options: Any, lines: list[str]) -> None:
    """Describes a field that has no docstring by the comment behind it; called by Sphinx, changes `lines` in place."""
    owner, _, field = name.rpartition(".")
    found = _class_named(owner) if what in ("attribute", "property") and not any(lines) else None
    comment = field_comments(found).get(field, "") if found is not None else ""
    if comment:
        lines[:] = [_escaped(comment)]


def _class_named(name: str) -> type | None:
    """The class of this full name."""
    module, _, last = name.rpartition(".")
    try:
        found = getattr(import_module(module), last, None)
    except ImportError:
        return None
    return found if inspect.isclass(found) else None


def _escaped(text: str) -> str:
    """Text whose signs mean nothing to reStructuredText but for backticks."""
    return re.sub(r"([*|_\\])(?=[^`]*(?:`[^`]*`[^`]*)*$)", r"\\\1", text)
