"""Green wave: a common cycle, and offsets that carry platoons along the busiest corridors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import NEVER
from traffic_marl.strategies.classical.corridors import Link, links_by_importance
from traffic_marl.strategies.classical.critical_flows import CriticalFlows, critical_flows
from traffic_marl.strategies.classical.timing_plan import PlanController, TimingPlan, make_plan, plan_controller
from traffic_marl.strategies.classical.webster import (
    LONGEST_CYCLE,
    Design,
    WebsterParameters,
    greens_within,
    shortest_possible_cycle,
    webster_cycle,
)
from traffic_marl.strategies.parameters import number, seconds
from traffic_marl.strategies.strategy import Conditions
from traffic_marl.units import KMH


@dataclass(frozen=True)
class GreenWave(WebsterParameters):
    """Fixed-time plans on a common cycle, with offsets that carry platoons along the busiest corridors.

    The common cycle is `cycle_s`, or the longest that Webster's method gives for any intersection. The splits are
    Webster's. A corridor is a chain of through movements. Corridors are taken in the order of their flow, summed over
    their links. Each one sets the offsets of the intersections along it: the green of its through movement starts one
    travel time, from stop line to stop line, after the green that feeds it upstream. An offset that a busier corridor
    has set stays. The offsets therefore form a spanning tree of the network. On an arterial the busier direction has
    the wave. On a grid it is the rows or the columns of the busier axis, tied to each other by one crossing corridor.

    Senses:
        The expected flow of each movement, once before the run. Then nothing but the time.

    Limits:
        The plan suits the mean flow and does not follow a peak. The wave serves starts of green, not a bandwidth: a
        queue that stands before a signal is not cleared ahead of the platoon. All intersections need a common cycle
        that their min and max greens allow.

    Source:
        Signal Timing Manual, 2nd ed., 2015, NCHRP 812, doi 10.17226/22097, for cycle, splits, offsets and coordinated
        phases. The spanning tree is ours.
    """

    name: ClassVar[str] = "green_wave"

    cycle_s: int | None = seconds(
        None, "common cycle; by default the longest that Webster's method gives", most=LONGEST_CYCLE
    )
    speed_kmh: float | None = number(
        None, "km/h", "a speed", "speed of the platoons; by default the speed limit of each road", 1.0, 1000.0
    )

    def start(self, conditions: Conditions) -> PlanController:
        """A controller that follows the plans.

        Raises:
            StrategyError: no cycle suits the min and max greens of all intersections, or a red reaches the max red.
        """
        design = self.design(conditions.timing)
        flows = critical_flows(conditions, design.saturation_flow)
        cycle = self._common_cycle(flows, design)
        orders = [critical.phases for critical in flows]
        greens = [greens_within(cycle, critical, design) for critical in flows]
        plan = make_plan(orders, greens, design.intergreen)
        links = links_by_importance(conditions, None if self.speed_kmh is None else self.speed_kmh * KMH)
        offset = offsets(links, plan, conditions)
        return plan_controller(make_plan(orders, greens, design.intergreen, offset), self.name, conditions.timing)

    def _common_cycle(self, flows: Sequence[CriticalFlows], design: Design) -> int:
        """[s] the cycle of all intersections."""
        least = max((shortest_possible_cycle(critical, design) for critical in flows), default=1)
        most = min((longest_possible_cycle(critical, design) for critical in flows), default=NEVER)
        if least > most:
            raise StrategyError(
                self.name,
                "the min and max greens leave no cycle that suits all intersections",
                "give a longer max green",
            )
        if self.cycle_s is None:
            return min(max((webster_cycle(critical, design) for critical in flows), default=least), most)
        if not least <= self.cycle_s <= most:
            raise StrategyError(
                f"{self.name}:cycle_s={self.cycle_s}",
                f"{self.cycle_s} s does not suit the min and max greens of all intersections",
                f"give {least} to {most}",
            )
        return self.cycle_s


def longest_possible_cycle(critical: CriticalFlows, design: Design) -> int:
    """[s] max greens and intergreens; a single phase never ends and suits any cycle."""
    if len(critical.phases) == 1:
        return NEVER
    return len(critical.phases) * (design.timing.max_green + design.intergreen)


def offsets(links: Sequence[Link], plan: TimingPlan, conditions: Conditions) -> Ints:
    """[s] (N,) offsets that fit the links in their order. Links between intersections already tied are left out."""
    count = len(plan.cycle)
    start: Floats = np.zeros(count)  # [s] of each plan's cycle
    group = np.arange(count)  # of intersections tied to each other, by the lowest number
    for link in links:
        upstream, downstream = link.upstream, link.downstream
        if group[upstream] == group[downstream]:
            continue
        released = start[upstream] + green_start(plan, upstream, link.feeding, conditions)
        wanted = released + link.travel_time - green_start(plan, downstream, link.served, conditions)
        tied = group == group[downstream]
        start[tied] += wanted - start[downstream]
        group[tied] = group[upstream]
    return np.asarray(np.rint(start) % plan.cycle, dtype=np.int32)


def green_start(plan: TimingPlan, intersection: int, movement: int, conditions: Conditions) -> int:
    """[s] from the start of the cycle to the longest green that serves the movement, the first of equals."""
    used = int(plan.used[intersection])
    serves = conditions.network.tables.served[movement, plan.order[intersection, :used]]
    length = plan.ends[intersection, :used] - plan.begins[intersection, :used]
    return int(plan.begins[intersection, np.where(serves, length, -1).argmax()])
