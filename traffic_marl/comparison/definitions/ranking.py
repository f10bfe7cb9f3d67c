"""How the ranking of strategies moves with the definition of travel time or delay."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.comparison.agreement import kendall
from traffic_marl.comparison.definitions.times import PRIMARY
from traffic_marl.comparison.statistics import Estimate, Verdict, estimate, joint_verdicts

Times = Mapping[str, Floats]  # [s/veh] (B,) by definition


@dataclass(frozen=True, eq=False)
class Ranking:
    """The strategies by one definition."""

    definition: str
    estimates: dict[str, Estimate]  # [s/veh] mean of each strategy by label
    ranks: dict[str, int]  # by the mean, 1 is the best
    tau: float  # Kendall's rank correlation with the primary definition; nan without an order
    reversed: tuple[
        tuple[str, str], ...
    ]  # pairs, the better one by the primary definition first, in opposite order here
    certain: tuple[tuple[str, str], ...]  # those of them that differ significantly by both definitions


@dataclass(frozen=True, eq=False)
class _Judged:
    """The strategies by one definition, before they are ranked."""

    estimates: dict[str, Estimate]  # [s/veh] mean of each strategy by label
    better: frozenset[tuple[str, str]]  # pairs of which the first is significantly better


def rankings(times: Mapping[str, Times]) -> tuple[Ranking, ...]:
    """The rankings by each definition, the primary one first.

    Intervals of differences hold jointly for all pairs of strategies.

    Args:
        times: of each strategy by label.
    """
    labels = list(times)
    names = list(times[labels[0]]) if labels else []
    found = {name: _judged({label: times[label][name] for label in labels}) for name in names}
    return tuple(_ranking(name, found[name], found[PRIMARY]) for name in names)


def _judged(times: Mapping[str, Floats]) -> _Judged:
    """The strategies by one definition.

    Args:
        times: [s/veh] (B,) by label.
    """
    labels = list(times)
    said = joint_verdicts(list(times.values()))
    better = frozenset((labels[one], labels[other]) for (one, other), each in said.items() if each is Verdict.BETTER)
    return _Judged({label: estimate(each) for label, each in times.items()}, better)


def _ranking(name: str, judged: _Judged, by_primary: _Judged) -> Ranking:
    """The strategies by one definition, beside the primary one."""
    own, primary = judged.estimates, by_primary.estimates
    labels = list(own)
    here, there = (np.array([each[label].mean for label in labels]) for each in (own, primary))
    order = sorted(labels, key=lambda label: (np.isnan(own[label].mean), own[label].mean))
    pairs = combinations(labels, 2)
    ahead = [pair if primary[pair[0]].mean <= primary[pair[1]].mean else pair[::-1] for pair in pairs]
    turned = [(one, other) for one, other in ahead if own[one].mean > own[other].mean]
    certain = [pair for pair in turned if pair in by_primary.better and pair[::-1] in judged.better]
    ranks = {label: place for place, label in enumerate(order, 1)}
    return Ranking(name, own, ranks, kendall(here, there), tuple(turned), tuple(certain))
