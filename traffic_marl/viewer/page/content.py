"""Content: the numbers of a page, packed and compressed."""

import base64
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.viewer.recording.tracks import packed, steps

FINENESS = 128.0  # floats are rounded to 1 / FINENESS. A power of 2 packs well


class Content:
    """Columns of numbers one after the other, with an index."""

    def __init__(self) -> None:
        self.columns: list[dict[str, Any]] = []
        self._packed: list[bytes] = []

    def whole(self, name: str, values: Ints) -> None:
        """Adds integers as they are."""
        self._add(name, values, "int", 0)

    def changing(self, name: str, values: Ints) -> None:
        """Adds integers as steps from row to row."""
        self.stepped(name, steps(values))

    def stepped(self, name: str, values: Ints) -> None:
        """Adds integers that are steps from row to row already."""
        self._add(name, values, "int", int(np.prod(values.shape[1:])))

    def floats(self, name: str, values: Floats) -> None:
        """Adds floats, rounded."""
        self._add(name, np.round(values * FINENESS) / FINENESS, "float", 0)

    def shapes(self, name: str, shapes: Iterable[Floats], origin: Floats) -> None:
        """Adds polylines or polygons, [m] (points, 2) each, relative to an origin."""
        several = list(shapes)
        self.whole(f"{name}.count", np.array([len(shape) for shape in several], np.int32))
        self.floats(f"{name}.points", np.concatenate([np.zeros((0, 2)), *several]) - origin)

    def text(self) -> str:
        """All columns, compressed, as characters that are safe in HTML."""
        return base64.b64encode(zlib.compress(b"".join(self._packed))).decode()

    def _add(self, name: str, values: Ints | Floats, kind: str, width: int) -> None:
        self.columns.append({"name": name, "kind": kind, "size": values.size, "width": width})
        self._packed.append(packed(values))
