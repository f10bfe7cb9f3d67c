"""The balance of the work among runners: copies of the traffic go to those that are fast."""

import heapq
from collections.abc import Mapping

from traffic_marl.learning.costs.costs import RunnerCosts

NEWEST = 0.5  # weight of the newest measurement in the mean cost of a copy
LEAST_GAIN = 0.1  # share of the slowest runner's time that a move has to save, because measurements scatter


def fastest_shares(costs: Mapping[int, float], total: int) -> dict[int, int]:
    """Copies of each runner with which the slowest takes the least time. Each has at least one.

    Args:
        costs: of a copy, by number of the runner: above 0.
        total: copies of all runners, at least one each.
    """
    shares = dict.fromkeys(costs, 1)
    next_times = [(2.0 * cost, runner) for runner, cost in sorted(costs.items())]
    heapq.heapify(next_times)
    for _ in range(total - len(shares)):
        _, runner = next_times[0]
        shares[runner] += 1
        heapq.heapreplace(next_times, ((shares[runner] + 1) * costs[runner], runner))
    return shares


class Balance:
    """Follows the cost of a copy in each runner and says how many copies each is to step.

    Only runners that sampled in the last iteration count. The copies of one that is lost go to the others.

    Args:
        total: copies of all runners.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self._costs: dict[int, float] = {}  # [s] that a decision of a copy takes, by number of the runner
        self._asked: dict[int, int] = {}  # copies that runners have been asked to step, until they do

    def after(self, runners: Mapping[int, RunnerCosts]) -> dict[int, int] | None:
        """The copies that runners are to step from their next episode on. None leaves them as they are.

        Args:
            runners: their costs in the last iteration, by number.
        """
        present = {number: each.copies for number, each in runners.items()}
        if not present or len(present) > self.total or min(present.values()) < 1:
            return None
        self._costs = {number: self._mean(number, each) for number, each in runners.items()}
        if self._asked.keys() == present.keys() and self._asked != present:
            # They change when their episodes end, and one that was started again has to be told again.
            return self._asked
        shares = fastest_shares(self._costs, self.total)
        if shares == present or not self._is_worth_it(present, shares):
            return None
        self._asked = shares
        return shares

    def _mean(self, number: int, costs: RunnerCosts) -> float:
        """[s] that a decision of a copy takes, as a mean in which older measurements count less and less."""
        newest = max(costs.sampling, 1e-9) / max(costs.decisions, 1.0)
        former = self._costs.get(number, newest)
        return former + NEWEST * (newest - former)

    def _is_worth_it(self, present: Mapping[int, int], shares: Mapping[int, int]) -> bool:
        """Whether other shares save enough time, or the present ones are too many or too few."""
        if sum(present.values()) != self.total:
            return True
        now, then = (max(self._costs[each] * count for each, count in of.items()) for of in (present, shares))
        return then < (1.0 - LEAST_GAIN) * now
