"""Controllers of one copy as controllers of many copies, with the memory that they have at that moment.

Two controllers of the same strategy have followed the same run, one with a single copy and one with two copies that
are alike. Where they differ, they hold something for each copy: an axis of an array, a list, or the number of copies.
There, as many copies as are wanted are put in place.
"""

from collections import deque
from collections.abc import Iterable
from copy import deepcopy
from types import BuiltinFunctionType, CellType, FunctionType, MethodType
from typing import Any

import numpy as np

KNOWN = ("numba", "numpy", "scipy", "torch", "traffic_marl")  # packages whose objects are understood
PLAIN = (bool, int, float, str, bytes, type(None), np.generic)
OWN, NETWORKS = "traffic_marl", "torch"


class UnlikeError(Exception):
    """Two controllers differ in a way that is not understood, or hold objects that are not understood."""


class Widening:
    """Makes objects of many copies out of those of one and of two. Parts that occur twice do so in the result.

    Args:
        copies: number of copies of the result.
        shared: objects that never change, such as the network. The result has the same ones.
    """

    def __init__(self, copies: int, shared: Iterable[Any]) -> None:
        self._copies = copies
        self._shared = {id(each) for each in shared}
        self._made: dict[int, Any] = {}  # by the identity of the object of one copy

    def __call__(self, one: Any, two: Any) -> Any:
        """The object of many copies.

        Raises:
            UnlikeError: the objects are not understood.
        """
        if id(one) in self._shared and one is two:
            return one
        if isinstance(one, PLAIN):
            return self._plain(one, two)
        if type(one) is not type(two):
            raise UnlikeError
        if id(one) not in self._made:
            self._made[id(one)] = self._object(one, two)
        return self._made[id(one)]

    def _plain(self, one: Any, two: Any) -> Any:
        """A value, or the number of copies."""
        if type(one) is int and (one, two) == (1, 2):
            return self._copies
        if type(one) is not type(two) or not (one == two or (one != one and two != two)):
            raise UnlikeError
        return one

    def _object(self, one: Any, two: Any) -> Any:
        """An object that is met for the first time."""
        if isinstance(one, np.ndarray):
            return self._array(one, two)
        if isinstance(one, np.random.Generator):
            return deepcopy(one)
        if isinstance(one, MethodType):
            return MethodType(one.__func__, self(one.__self__, two.__self__))
        if isinstance(one, dict):
            return self._dictionary(one, two)
        if isinstance(one, list | tuple | deque):
            return self._sequence(one, two)
        if isinstance(one, set | frozenset) and one == two:
            return one.copy()
        if isinstance(one, FunctionType) and one.__closure__ and _package(one) == OWN:
            return self._function(one, two)
        if _package(type(one)) == OWN and hasattr(one, "__dict__") and not _is_constant(type(one)):
            return self._instance(one, two)
        return self._constant(one, two)

    def _array(self, one: Any, two: Any) -> Any:
        """An array. The copies are along the one axis, if any, on which the second one is twice as long."""
        if one.dtype != two.dtype or one.ndim != two.ndim or one.dtype.hasobject:
            raise UnlikeError
        axes = [axis for axis, (short, long) in enumerate(zip(one.shape, two.shape, strict=True)) if short != long]
        if not axes:
            return one.copy()
        if len(axes) > 1 or two.shape[axes[0]] != 2 * one.shape[axes[0]]:
            raise UnlikeError
        return np.concatenate([one] * self._copies, axis=axes[0])

    def _dictionary(self, one: Any, two: Any) -> Any:
        """A dictionary with the same keys."""
        if type(one) is not dict or one.keys() != two.keys():
            raise UnlikeError
        made: dict[Any, Any] = {}
        self._made[id(one)] = made
        made.update({key: self(value, two[key]) for key, value in one.items()})
        return made

    def _sequence(self, one: Any, two: Any) -> Any:
        """A sequence of parts, or of one part for each copy."""
        if (len(one), len(two)) == (1, 2):
            part = self(one[0], two[0])
            parts = [part, *(deepcopy(part) for _ in range(self._copies - 1))]
        elif len(one) == len(two):
            parts = [self(first, second) for first, second in zip(one, two, strict=True)]
        else:
            raise UnlikeError
        if isinstance(one, deque):
            return deque(parts, one.maxlen)
        return type(one)(*parts) if hasattr(one, "_fields") else type(one)(parts)

    def _instance(self, one: Any, two: Any) -> Any:
        """An object of a class of this package."""
        if vars(one).keys() != vars(two).keys():
            raise UnlikeError
        made = object.__new__(type(one))
        self._made[id(one)] = made
        for name, value in vars(one).items():
            object.__setattr__(made, name, self(value, vars(two)[name]))
        return made

    def _function(self, one: FunctionType, two: FunctionType) -> FunctionType:
        """A function of this package within another function, whose variables it uses."""
        if one.__code__ is not two.__code__:
            raise UnlikeError
        values = [
            self(first.cell_contents, second.cell_contents)
            for first, second in zip(one.__closure__ or (), two.__closure__ or (), strict=True)
        ]
        cells = tuple(CellType(value) for value in values)
        return FunctionType(one.__code__, one.__globals__, one.__name__, one.__defaults__, cells)

    def _constant(self, one: Any, two: Any) -> Any:
        """A function without memory, a class, or an object of a known library that never changes."""
        is_function = isinstance(one, FunctionType | BuiltinFunctionType | type)
        package = _package(one if is_function else type(one))
        if package not in KNOWN or getattr(one, "__closure__", None) is not None or (is_function and one is not two):
            raise UnlikeError
        return one


def copied(thing: Any, shared: Iterable[Any]) -> Any:
    """A copy of a controller of any number of copies that goes on by itself. None if it is not understood.

    Args:
        thing: the controller.
        shared: objects that never change, such as the network. The copy has the same ones.
    """
    try:
        return Widening(1, shared)(thing, thing)
    except UnlikeError:
        return None


def _is_constant(kind: type) -> bool:
    """Whether objects of a class are networks of a library, whose weights never change in a run."""
    return any(_package(base) == NETWORKS for base in kind.__mro__)


def _package(thing: Any) -> str:
    """The package that a class or a function comes from."""
    return str(getattr(thing, "__module__", None) or "").partition(".")[0]
