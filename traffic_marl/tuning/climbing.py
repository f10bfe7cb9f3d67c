"""Search for a timing plan: the best plan so far is changed at one place, and kept if it is better.

A plan has a cycle, a split and an offset at each intersection, which are too many numbers for a model of all of them.
So each trial changes the cycle of all intersections, or the offset or the split of one. Where the cycles differ,
offsets mean little, so the second trial gives all intersections the longest cycle. Each trial is drawn by its own
number, so that a search that was interrupted goes on as if it had not been.

Source: TRANSYT climbs in the same way, over offsets and splits in turn: Robertson 1969, TRANSYT, a traffic network
study tool, Road Research Laboratory report LR 253. We climb on simulated delay, by random steps.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import exp

import numpy as np

from traffic_marl.kernels.tables import Timing
from traffic_marl.network.greens import shared_greens
from traffic_marl.strategies.plans.sheet import Green
from traffic_marl.tuning.trials import Parameters, Trial

METHOD = "random changes of cycle, splits and offsets, kept if better"
CYCLE = "cycle"  # parameter: factor on all cycles
COMMON = "common cycle"  # parameter: 1 if all intersections have the longest cycle of the plan
CYCLES = (0.6, 1.7)  # least and greatest factor
SHARE_OF_CYCLES = 0.25  # of the trials that change the cycle
STEP_OF_CYCLE, STEP_OF_SPLIT, STEP_OF_OFFSET = 0.15, 0.4, 0.2  # standard deviations. That of offsets in cycles.


def ask(greens: Sequence[Green], trials: Sequence[Trial]) -> Parameters:
    """The changes of a plan to try next: the best ones so far, changed at one place.

    Args:
        greens: of the plan that the search begins with. All times are written.
        trials: so far, of which the first is the plan itself.
    """
    if len(trials) == 1 and len({green.cycle for green in greens}) > 1:
        return {COMMON: 1}
    random = np.random.default_rng(len(trials))
    usable = [each for each in trials if each.delay is not None]
    best = min(usable, key=lambda each: each.delay or 0.0).parameters if usable else {}
    if random.random() < SHARE_OF_CYCLES:
        factor = _number(best, CYCLE, 1.0) * exp(STEP_OF_CYCLE * random.normal())
        return {**best, CYCLE: round(min(max(factor, CYCLES[0]), CYCLES[1]), 3)}
    names = [green.intersection for green in greens]
    several = [name for name in dict.fromkeys(names) if names.count(name) > 1] or names[:1]
    name = several[random.integers(len(several))]
    if names.count(name) == 1 or random.random() < 0.5:
        key = f"offset {name}"
        moved = (_number(best, key, 0.0) + STEP_OF_OFFSET * random.normal()) % 1.0
        return {**best, key: round(moved, 3)}
    key = f"split {name} {random.integers(names.count(name)) + 1}"
    return {**best, key: round(_number(best, key, 0.0) + STEP_OF_SPLIT * random.normal(), 3)}


def changed(greens: Sequence[Green], parameters: Parameters, timing: Timing) -> tuple[Green, ...]:
    """The plan with its changes.

    Args:
        greens: of the plan that the search began with.
        parameters: `common cycle`, 1 if all begin with the longest; `cycle`, a factor on all cycles; `offset NAME`, a
            part of the cycle that is added; `split NAME k`, the logarithm of a factor on the kth green of an
            intersection, whose others share what is left.
        timing: of the signals. All greens keep its limits where the cycle has room.
    """
    found: list[Green] = []
    longest = max(green.cycle or 0.0 for green in greens) if parameters.get(COMMON) else None
    for name in dict.fromkeys(green.intersection for green in greens):
        own = [green for green in greens if green.intersection == name]
        found += _at([replace(green, cycle=longest or green.cycle) for green in own], parameters, timing)
    return tuple(found)


def _at(greens: Sequence[Green], parameters: Parameters, timing: Timing) -> list[Green]:
    """The greens of one intersection with their changes. A phase that never ends stays as it is."""
    if len(greens) == 1:
        return [replace(green, cycle=green.green) for green in greens]
    name = greens[0].intersection
    lost = sum((green.yellow or 0.0) + (green.all_red or 0.0) for green in greens)
    first = greens[0]
    factor = _number(parameters, CYCLE, 1.0)
    wanted = round((first.cycle or 0.0) * factor - lost)
    weights = [
        green.green * exp(_number(parameters, f"split {name} {place}", 0.0)) for place, green in enumerate(greens, 1)
    ]
    lengths = shared_greens(wanted, weights, max(1, timing.min_green), timing.max_green).tolist()
    cycle = sum(lengths) + lost
    shift = _number(parameters, f"offset {name}", 0.0) * cycle
    offset = float(round((first.offset or 0.0) * factor + shift) % cycle)
    return [
        replace(green, green=float(length), offset=offset, cycle=cycle)
        for green, length in zip(greens, lengths, strict=True)
    ]


def _number(parameters: Parameters, name: str, default: float) -> float:
    return float(parameters.get(name, default))
