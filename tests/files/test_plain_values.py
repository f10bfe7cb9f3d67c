"""Nested plain values come back as they were, and nothing else is written or read."""

import json
import math
from collections import deque

import numpy as np
import pytest

from traffic_marl.errors import FileError
from traffic_marl.files.plain_values import read_values, write_values

VALUES = {
    "none": None,
    "text": "x",
    3: [1, -2.5, True, 10**30],
    "pair": (0.1, (1, [])),
    "empty": {},
    "odd": [math.inf, -math.inf],
    "array": np.arange(6, dtype=np.float32).reshape(2, 3) / 7,
    "nested": {0: {"bytes": np.frombuffer(b"\x00\xff", np.uint8), "scalar": np.float64(0.1), "count": np.int64(5)}},
}


def same(one, other):
    """Whether two values are the same, with their types. A scalar of numpy is a plain number."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and (one == other).all()
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return one == other and isinstance(other, str | bool | int | float | None)


def test_values_come_back(tmp_path):
    write_values(tmp_path, "state", VALUES)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state.json", "state.npz"]
    assert same(VALUES, read_values(tmp_path, "state"))
    write_values(tmp_path, "odd", [math.nan])
    assert math.isnan(read_values(tmp_path, "odd")[0])


@pytest.mark.parametrize("value", [object(), deque([1]), np.array([object()]), {1}, 1j, b"bytes", print])
def test_what_is_not_plain_is_not_written(tmp_path, value):
    with pytest.raises(TypeError, match="is not plain"):
        write_values(tmp_path, "state", {"a": [value]})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "structure",
    [{"pickle": "x"}, {"array": "missing"}, {"array": 3}, {"list": 3}, {"dictionary": [1]}, {}, {"a": 1, "b": 2}],
)
def test_another_structure_is_refused(tmp_path, structure):
    write_values(tmp_path, "state", VALUES)
    (tmp_path / "state.json").write_text(json.dumps({"values": structure}))
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_values(tmp_path, "state")


def test_a_missing_file_is_told(tmp_path):
    write_values(tmp_path, "state", VALUES)
    (tmp_path / "state.npz").unlink()
    with pytest.raises(FileError, match=r"state\.npz is missing"):
        read_values(tmp_path, "state")
