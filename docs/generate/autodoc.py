"""How Sphinx's autodoc shows signatures."""

import re
from dataclasses import is_dataclass
from typing import Any

ARRAY = r"(?:numpy\.)?ndarray\[(?:tuple\[(?:typing\.)?Any, \.\.\.\]|[\w.]+), (?:numpy\.)?dtype\[(?:numpy\.)?(\w+)\]\]"
NAMES = {"int32": "Ints", "float64": "Floats", "float32": "Singles", "bool": "Bools"}  # as in traffic_marl.arrays


def shorten(
    app: Any, what: str, name: str, described: Any, options: Any, signature: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """The signature with short names of arrays; none for a data class, whose fields stand in a table."""
    if what == "class" and (is_dataclass(described) or hasattr(described, "model_fields")):
        return "", None
    return _named(signature), _named(returned)


def _named(text: str | None) -> str | None:
    """A piece of a signature with short names of arrays."""
    return text and re.sub(ARRAY, lambda found: NAMES.get(found[1], found[0]), text)
