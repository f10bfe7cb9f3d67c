"""Two comparisons of the same strategies and seeds in two simulators, and how far their conclusions agree.

Kendall's tau counts the pairs of strategies in the same and in the opposite order. It is 1 for the same order, 0 for
none in common and -1 for the reverse. Each seed gives one tau, and the interval is that of their mean.

Source: M. G. Kendall, A new measure of rank correlation, 1938, doi 10.1093/biomet/30.1-2.81; pairs that are equal in
one of the two as in Kendall 1945, doi 10.1093/biomet/33.3.239 (tau-b).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.comparison.comparison import Comparison
from traffic_marl.comparison.statistics import Estimate, Verdict, estimate, joint_verdicts
from traffic_marl.errors import UsageError

MOST = 1.0  # of a rank correlation


@dataclass(frozen=True, eq=False)
class Agreement:
    """The same strategies in two simulators."""

    here: Comparison
    there: Comparison
    labels: tuple[str, ...]  # strategies that ran in both, in the order of the first
    tau: Estimate  # rank correlation of their mean delays, mean over the seeds
    confirmed: tuple[tuple[str, str], ...]  # pairs of which the first is significantly better in both
    reversed: tuple[tuple[str, str], ...]  # pairs of which the first is better in one and the second in the other

    @property
    def pairs(self) -> int:
        """Number of pairs of strategies that ran in both."""
        return len(self.labels) * (len(self.labels) - 1) // 2


def agreement(here: Comparison, there: Comparison) -> Agreement:
    """How far two comparisons agree.

    Raises:
        UsageError: they are of other seeds, or have fewer than two strategies in common.
    """
    if here.seeds != there.seeds:
        raise UsageError("seeds", "the two comparisons have other seeds", "compare on the same seeds")
    others = {row.label for row in there.rows}
    labels = tuple(row.label for row in here.rows if row.label in others)
    if len(labels) < 2:
        raise UsageError("strategies", "fewer than two ran in both simulators", "give at least two")
    delays = [_delays(comparison, labels) for comparison in (here, there)]
    taus = np.array([kendall(*each) for each in zip(*(table.T for table in delays), strict=True)])
    said_here, said_there = (joint_verdicts(list(table)) for table in delays)
    ahead = [pair for pair, said in said_here.items() if said is Verdict.BETTER]
    said = [(said_there[one, other], (labels[one], labels[other])) for one, other in ahead]
    return Agreement(
        here=here,
        there=there,
        labels=labels,
        tau=estimate(taus),
        confirmed=tuple(names for each, names in said if each is Verdict.BETTER),
        reversed=tuple(names for each, names in said if each is Verdict.WORSE),
    )


def kendall(one: Floats, other: Floats) -> float:
    """Kendall's tau-b of two rankings (strategies,). nan if all are equal in one of them."""
    first, second = (np.sign(values[:, None] - values[None, :]) for values in (one, other))
    weight = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / weight if weight else float("nan")


def _delays(comparison: Comparison, labels: Sequence[str]) -> Floats:
    """[s/veh] (strategies, seeds) mean delays."""
    return np.stack([comparison.row(label).measures.mean_delay for label in labels])
