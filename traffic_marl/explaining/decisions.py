"""One moment of a run: the decisions of all intersections against the others that they could have taken."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.branching import Branch, Trunk

LEAST_JOINT, MOST_JOINT = 8, 60  # branches in which all intersections decide otherwise at once
STREAM = 0xB4A9C4  # keeps these draws apart from others made from the same seed
ONE, SEVERAL = "one other decision", "several other decisions"  # kinds of branches, beside the labels of strategies


@dataclass(frozen=True, eq=False)
class Decisions:
    """The decisions of all N intersections at one moment, and the delay of the whole network that follows from them."""

    time: int  # [s]
    cost: float  # [veh s] delay from the moment on, as decided
    could: Bools  # (N,) the intersection could have asked for another phase
    saved: Floats  # [veh s] (N,) difference reward: mean delay after its other phases less `cost`, 0 without a choice
    regret: Floats  # [veh s] (N,) `cost` less the least delay after one of its other phases, at least 0
    together: float  # [veh s] mean delay if all that could decide otherwise do so at once, less `cost`
    best: float  # [veh s] least delay of all branches, at most `cost`
    best_kind: str  # of the branch with the least delay, empty for the decisions as they are
    branches: int  # number of them

    @property
    def not_explained(self) -> float:
        """[veh s] what all intersections save together, less the sum of what each saves alone."""
        return self.together - float(self.saved.sum())


def examine(trunk: Trunk, ahead: int) -> Decisions:
    """Branches a trunk at the decision that is due.

    Args:
        trunk: its first strategy decides. Branches in which one of the others decides from now on are tried too.
        ahead: [s] how far the branches go.
    """
    others = other_phases(trunk)
    able = {n: phases for n, phases in enumerate(others) if phases}
    singles = [Branch({n: p}) for n, phases in able.items() for p in phases]
    combined = [Branch(each) for each in joint(able, np.random.default_rng((trunk.seed, trunk.time, STREAM)))]
    rivals = [Branch(follows=place) for place in range(1, len(trunk.strategies))]
    costs = trunk.futures([Branch(), *singles, *combined, *rivals], ahead).cost
    own, alone, jointly, _ = np.split(costs, np.cumsum([1, len(singles), len(combined)]))
    cost, by_intersection = float(own[0]), _split(alone, others)
    sets = _improving(by_intersection, others, cost)
    every = np.concatenate([costs, trunk.futures(sets, ahead).cost])
    labels = [each.label for each in trunk.strategies[1:]]
    kinds = ["", *[ONE] * len(singles), *[SEVERAL] * len(combined), *labels, *[SEVERAL] * len(sets)]
    return Decisions(
        time=trunk.time,
        cost=cost,
        could=np.array([len(phases) > 0 for phases in others]),
        saved=np.array([part.mean() - cost if len(part) else 0.0 for part in by_intersection]),
        regret=np.array([max(cost - part.min(initial=cost), 0.0) for part in by_intersection]),
        together=float(jointly.mean()) - cost if combined else 0.0,
        best=float(every.min()),
        best_kind=kinds[int(every.argmin())],
        branches=len(every),
    )


def other_phases(trunk: Trunk) -> list[list[int]]:
    """The phases that each intersection could ask for now beside the one that it asks for."""
    chosen, allowed = trunk.next_phases(), trunk.choices()
    phases = [np.flatnonzero(row).tolist() for row in allowed]
    return [[p for p in row if p != chosen[n]] for n, row in enumerate(phases)]


def joint(others: Mapping[int, list[int]], generator: np.random.Generator) -> list[dict[int, int]]:
    """Phases of branches in which each intersection with a choice takes one of its other phases.

    Few combinations are taken all. Of many, some are drawn in which each phase occurs equally often. So if the
    intersections have nothing to do with each other, the mean over these branches is the sum of the means over single
    changes.

    Args:
        others: the other phases of each intersection that has a choice.
        generator: draws the combinations.
    """
    if math.prod(len(phases) for phases in others.values()) <= MOST_JOINT:
        return [dict(zip(others, phases, strict=True)) for phases in product(*others.values())] if others else []
    count = joint_count([len(phases) for phases in others.values()])
    drawn = {n: generator.permutation(np.resize(phases, count)).tolist() for n, phases in others.items()}
    return [{n: phases[k] for n, phases in drawn.items()} for k in range(count)]


def joint_count(numbers: list[int]) -> int:
    """Number of joint branches, so that each intersection can take each of these numbers of phases equally often."""
    together = math.lcm(*numbers)
    return min(-(-LEAST_JOINT // together) * together, MOST_JOINT)


def _split(costs: Floats, others: list[list[int]]) -> list[Floats]:
    """The costs of single changes by intersection."""
    ends: Ints = np.cumsum([len(phases) for phases in others])
    return list(np.split(costs, ends[:-1]))


def _improving(by_intersection: list[Floats], others: list[list[int]], cost: float) -> list[Branch]:
    """Sets of single changes that lower the delay: the best two, the best three, and so on to all of them.

    Of each intersection the set has the best change alone.
    """
    least = [
        (float(part.min()), n, phases[int(part.argmin())])
        for n, (part, phases) in enumerate(zip(by_intersection, others, strict=True))
        if phases
    ]
    better = sorted(each for each in least if each[0] < cost)
    return [Branch({n: phase for _, n, phase in better[:count]}) for count in range(2, len(better) + 1)]
