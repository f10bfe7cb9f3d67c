"""How the ranking of strategies moves with the definition of travel time or delay."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.comparison.agreement import kendall
from traffic_marl.comparison.definitions.times import PRIMARY
from traffic_marl.comparison.statistics import Estimate, Verdict, estimate, paired, verdict

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


def rankings(times: Mapping[str, Times]) -> tuple[Ranking, ...]:
    """The rankings by each definition, the primary one first.

    Intervals of differences hold jointly for all pairs of strategies.

    Args:
        times: of each strategy by label.
    """
    labels = list(times)
    names = list(times[labels[0]]) if labels else []
    means = {name: {label: estimate(times[label][name]) for label in labels} for name in names}
    return tuple(_ranking(name, times, means[name], means[PRIMARY]) for name in names)


def _ranking(name: str, times: Mapping[str, Times], own: dict[str, Estimate], primary: dict[str, Estimate]) -> Ranking:
    """The strategies by one definition."""
    labels = list(times)
    here, there = (np.array([each[label].mean for label in labels]) for each in (own, primary))
    order = sorted(labels, key=lambda label: (np.isnan(own[label].mean), own[label].mean))
    pairs = [(one, other) for one, other in combinations(labels, 2)]
    ahead = [pair if primary[pair[0]].mean <= primary[pair[1]].mean else pair[::-1] for pair in pairs]
    turned = [(one, other) for one, other in ahead if own[one].mean > own[other].mean]
    certain = [
        pair
        for pair in turned
        if _says(times, PRIMARY, pair, len(pairs)) is Verdict.BETTER
        and _says(times, name, pair, len(pairs)) is Verdict.WORSE
    ]
    ranks = {label: place for place, label in enumerate(order, 1)}
    return Ranking(name, own, ranks, kendall(here, there), tuple(turned), tuple(certain))


def _says(times: Mapping[str, Times], name: str, pair: tuple[str, str], comparisons: int) -> Verdict:
    """The verdict on the first of a pair against the second."""
    one, other = (times[label][name] for label in pair)
    return verdict(paired(one, other, comparisons=comparisons))
