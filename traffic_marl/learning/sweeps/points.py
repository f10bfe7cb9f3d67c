"""Points of a sweep: the combinations of values that are trained, of a grid or drawn."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from traffic_marl.errors import TrafficError, UsageError
from traffic_marl.learning.algorithms import ALGORITHMS, PPO
from traffic_marl.learning.sweeps.dimensions import FLAG, Dimension, Values, labelled
from traffic_marl.tuning import asking
from traffic_marl.tuning.spaces import Range, Words, rounded
from traffic_marl.tuning.trials import Trial

MOST_POINTS = 10_000  # of one sweep
MOST_REPEATS = 50  # draws in a row without a new point, after which all are taken to be known

Check: TypeAlias = Callable[[Values], object]  # raises a TrafficError for values that cannot be trained
Tell: TypeAlias = Callable[[str], None]
Judged: TypeAlias = tuple[Values, Sequence[float] | None]  # values, and delay [s/veh] of each seed if they are known


@dataclass(frozen=True)
class Source:
    """What points are made from.

    Args:
        dimensions: of the sweep, at least one.
        base: values of settings that all points have.
        check: refuses values that cannot be trained.
    """

    dimensions: tuple[Dimension, ...]
    base: Mapping[str, Any]
    check: Check

    def reduced(self, values: Values) -> Values:
        """The values that make a difference with the algorithm of the point."""
        name = values.get("algorithm", self.base.get("algorithm", PPO.name))
        unused = ALGORITHMS[name].unused if name in ALGORITHMS else ()
        return {each: value for each, value in values.items() if each not in unused}


def grid(source: Source, tell: Tell) -> list[Values]:
    """All combinations that can be trained, each once.

    Args:
        source: of the points.
        tell: called with a line about combinations that are left out.

    Raises:
        UsageError: a dimension is a range, or there are too many combinations.
        TrafficError: no combination can be trained.
    """
    for each in source.dimensions:
        if each.range is not None:
            raise UsageError(FLAG, f"{each} is a range, and a grid needs values", "give trials, which draw from it")
    count = int(np.prod([float(len(each.values)) for each in source.dimensions]))
    if count > MOST_POINTS:
        raise UsageError(FLAG, f"{count:,} combinations are too many", f"give at most {MOST_POINTS:,}, or trials")
    names = [each.name for each in source.dimensions]
    combined = product(*(each.values for each in source.dimensions))
    return usable((dict(zip(names, values, strict=True)) for values in combined), source, tell)


def drawn(source: Source, count: int, seed: int, tell: Tell) -> list[Values]:
    """Points at random, at most `count`, each once.

    Raises:
        TrafficError: none of them can be trained.
    """
    return usable(_draws(source, count, seed), source, tell)


def usable(candidates: Iterator[Values], source: Source, tell: Tell) -> list[Values]:
    """The points that can be trained, each once, without values that make no difference. Others are told.

    Raises:
        TrafficError: there is none.
    """
    found: list[Values] = []
    same = 0
    first: TrafficError | None = None
    for values in candidates:
        point = source.reduced(values)
        if point in found:
            same += 1
            continue
        try:
            source.check(point)
        except TrafficError as error:
            first = first or error
            tell(f"{labelled(values)} cannot be trained and is left out ({error})")
        else:
            found.append(point)
    if same:
        tell(f"{same} further combination{'s differ' if same > 1 else ' differs'} in nothing that the algorithm uses")
    if not found:
        assert first is not None, "a sweep has at least one combination"
        raise first
    return found


def asked(source: Source, judged: Sequence[Judged]) -> Values | None:
    """The point that Optuna asks for next. None if it repeats those it has asked for.

    Args:
        source: of the points.
        judged: points so far with the delays of their seeds, None for those that have none yet.

    Raises:
        UsageError: Optuna is not installed.
    """
    space: dict[str, Range | Words] = {each.name: each.space for each in source.dimensions}
    trials = [Trial(_as_drawn(source, values), _delays(delays), 0.0) for values, delays in judged]
    for _ in range(MOST_REPEATS):
        values = _values_of(source, asking.ask(space, trials, _first(space)))
        if source.reduced(values) not in [each for each, _ in judged]:
            return values
        trials.append(Trial(_as_drawn(source, values), None, 0.0))
    return None


def _draws(source: Source, count: int, seed: int) -> Iterator[Values]:
    """Different random combinations."""
    generator = np.random.default_rng(seed)
    known: list[Values] = []
    repeats = 0
    while len(known) < count and repeats < MOST_REPEATS:
        values = {each.name: each.value(_draw(each.space, generator)) for each in source.dimensions}
        if source.reduced(values) in known:
            repeats += 1
            continue
        repeats = 0
        known.append(source.reduced(values))
        yield values


def _draw(space: Range | Words, generator: np.random.Generator) -> Any:
    """A value at random."""
    if isinstance(space, Words):
        return space.values[int(generator.integers(len(space.values)))]
    if space.is_log:
        number = float(np.exp(generator.uniform(np.log(space.low), np.log(space.high))))
    else:
        number = float(generator.uniform(space.low, space.high))
    if space.is_whole:
        return int(np.clip(round(number), space.low, space.high))
    return float(np.clip(rounded(number, space), space.low, space.high))


def _values_of(source: Source, parameters: Mapping[str, Any]) -> Values:
    return {each.name: each.value(parameters[each.name]) for each in source.dimensions}


def _as_drawn(source: Source, values: Values) -> dict[str, Any]:
    """The values as a search has them, as far as the point has them."""
    known = {each.name: each for each in source.dimensions if each.name in values}
    spaces = {name: each.space for name, each in known.items()}
    return {
        name: values[name] if isinstance(space, Range) else _word(known[name], values[name])
        for name, space in spaces.items()
    }


def _word(dimension: Dimension, value: Any) -> Any:
    """The word of the space that stands for a value."""
    space = dimension.space
    assert isinstance(space, Words), "it has a few values"
    return next(word for word in space.values if dimension.value(word) == value)


def _first(space: Mapping[str, Range | Words]) -> dict[str, Any]:
    """A value of each setting, for points in which it makes no difference."""
    return {name: kind.values[0] if isinstance(kind, Words) else _low(kind) for name, kind in space.items()}


def _low(kind: Range) -> int | float:
    return int(kind.low) if kind.is_whole else kind.low


def _delays(delays: Sequence[float] | None) -> tuple[float, ...] | None:
    return None if delays is None else tuple(delays)
