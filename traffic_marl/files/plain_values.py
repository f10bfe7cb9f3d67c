"""Nested plain values in files that cannot execute anything: JSON for the structure, .npz for the arrays.

Plain values are None, truth values, numbers, text, arrays, and lists, tuples and dictionaries of these. Libraries keep
their states in them. A pickle would hold them as well, but to read a pickle is to run it.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.files.sealed import read_arrays, read_object
from traffic_marl.files.writing import replace, replace_text

SCALARS = (str, bool, int, type(None))
LIST, TUPLE, DICTIONARY, ARRAY, NUMBER = "list", "tuple", "dictionary", "array", "number"  # keys in the JSON


def write_values(folder: Path, name: str, values: Any) -> None:
    """Writes plain values to `name.json` and `name.npz` in a folder.

    Raises:
        TypeError: a value is not plain.
        FileError: a file cannot be written.
    """
    arrays: dict[str, Any] = {}
    structure = json.dumps({"values": _packed(values, arrays)}, allow_nan=False)
    replace(folder / f"{name}.npz", None, lambda draft: np.savez(draft, **arrays), is_synced=False)
    replace_text(folder / f"{name}.json", None, structure + "\n", is_synced=False)


def read_values(folder: Path, name: str) -> Any:
    """The values that `write_values` wrote.

    Raises:
        FileError: a file is missing or damaged.
        KeyError, TypeError, ValueError: the files do not belong together, or hold something else.
    """
    return _unpacked(read_object(folder, f"{name}.json")["values"], read_arrays(folder, f"{name}.npz"))


def _packed(value: Any, arrays: dict[str, Any]) -> Any:
    """A value as JSON has it. Arrays go to `arrays`, under the names that the JSON holds."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, SCALARS):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {NUMBER: str(value)}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        arrays[name := f"array_{len(arrays)}"] = value
        return {ARRAY: name}
    if isinstance(value, dict):
        return {DICTIONARY: [[_packed(each, arrays) for each in pair] for pair in value.items()]}
    if isinstance(value, list | tuple):
        return {TUPLE if isinstance(value, tuple) else LIST: [_packed(each, arrays) for each in value]}
    raise TypeError(f"{type(value).__name__} is not plain")


def _unpacked(value: Any, arrays: dict[str, Any]) -> Any:
    """The value that `_packed` was given."""
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == ARRAY:
        return arrays[content]
    if kind == NUMBER:
        return float(content)
    if kind == DICTIONARY:
        return {_unpacked(key, arrays): _unpacked(each, arrays) for key, each in content}
    members = [_unpacked(each, arrays) for each in content]
    return {LIST: members, TUPLE: tuple(members)}[kind]
