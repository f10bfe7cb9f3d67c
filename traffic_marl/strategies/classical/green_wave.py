"""Green wave: one cycle for all, offsets that carry platoons along the most loaded corridors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import NEVER
from traffic_marl.strategies.classical.corridors import Link, links_by_importance
from traffic_marl.strategies.classical.timing_plan import PlanController, TimingPlan, make_plan, plan_controller
from traffic_marl.strategies.classical.webster import (
    SECONDS_PER_HOUR,
    CriticalFlows,
    Design,
    check_cycles,
    critical_flows,
    greens_within,
    shortest_possible_cycle,
    webster_cycle,
)
from traffic_marl.strategies.parameters import number, seconds
from traffic_marl.strategies.strategy import BaseStrategy, Conditions

KMH = 1000.0 / SECONDS_PER_HOUR  # [m/s] in a kilometre per hour


@dataclass(frozen=True)
class GreenWave(BaseStrategy):
    """Fixed-time plans on a common cycle, with offsets that carry platoons along the most loaded corridors.

    The cycle is the largest that Webster's method asks for anywhere, or `cycle_s`; the splits are Webster's. Corridors
    are chains of through movements. In the order of their flow (vehicles times links) each sets the offsets of the
    intersections it meets: the green of its through movement starts a travel time, stop line to stop line, after the
    green that feeds it upstream. What a busier corridor has set stays, so that the offsets form a spanning tree of the
    network: on an arterial the busier direction has the wave, on a grid the rows or columns of the busier axis,
    tied to each other by one crossing corridor.

    Source: Signal Timing Manual 2nd ed. 2015, NCHRP 812, doi 10.17226/22097, for cycle, splits, offsets and coordinated
    phases. The spanning tree is ours, as are starts of green rather than a bandwidth as the object: queues standing
    before a signal are not cleared ahead of the platoon.
    """

    name: ClassVar[str] = "green_wave"
    interval: ClassVar[int | None] = 1  # a plan is kept to the second

    cycle_s: int | None = seconds(None, "common cycle; the largest that Webster's method asks for if not given")
    speed_kmh: float | None = number(
        None, "km/h", "a speed", "speed of the platoons; the roads' limit if not given", above=0
    )
    saturation_flow_vph: float = number(1470.0, "veh/h", "a saturation flow", "discharge of a queue, per lane", above=0)
    startup_lost_s: float = number(2.0, "seconds", "a duration", "green lost while a queue starts to move")
    shortest_cycle_s: int = seconds(30, "shortest cycle")
    longest_cycle_s: int = seconds(120, "longest cycle")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_cycles(self.name, self.shortest_cycle_s, self.longest_cycle_s)

    def start(self, conditions: Conditions) -> PlanController:
        """A controller that keeps the plans.

        Raises:
            StrategyError: if no cycle suits the min and max greens of all intersections.
        """
        design = Design(
            self.saturation_flow_vph / SECONDS_PER_HOUR,
            self.startup_lost_s,
            self.shortest_cycle_s,
            self.longest_cycle_s,
            conditions.timing,
        )
        needs = critical_flows(conditions, design.saturation_flow)
        cycle = self._common_cycle(needs, design)
        orders = [need.phases for need in needs]
        greens = [greens_within(cycle, need, design) for need in needs]
        plan = make_plan(orders, greens, design.intergreen)
        links = links_by_importance(conditions, None if self.speed_kmh is None else self.speed_kmh * KMH)
        offset = offsets(links, plan, conditions)
        return plan_controller(make_plan(orders, greens, design.intergreen, offset), self.name, conditions.timing)

    def _common_cycle(self, needs: Sequence[CriticalFlows], design: Design) -> int:
        """[s] the cycle of all intersections."""
        least = max((shortest_possible_cycle(need, design) for need in needs), default=1)
        most = min((longest_possible_cycle(need, design) for need in needs), default=NEVER)
        if least > most:
            raise StrategyError(
                self.name,
                "the min and max greens leave no cycle that suits all intersections",
                "give a longer max green",
            )
        if self.cycle_s is None:
            return min(max((webster_cycle(need, design) for need in needs), default=least), most)
        if not least <= self.cycle_s <= most:
            raise StrategyError(
                f"{self.name}:cycle_s={self.cycle_s}",
                f"{self.cycle_s} s does not suit the min and max greens of all intersections",
                f"give {least} to {most}",
            )
        return self.cycle_s


def longest_possible_cycle(need: CriticalFlows, design: Design) -> int:
    """[s] max greens and intergreens; a phase without a rival never ends and suits any cycle."""
    if len(need.phases) == 1:
        return NEVER
    return len(need.phases) * (design.timing.max_green + design.intergreen)


def offsets(links: Sequence[Link], plan: TimingPlan, conditions: Conditions) -> Ints:
    """[s] (N,) offsets that fit the first links; a link between intersections already tied to each other is dropped."""
    count = len(plan.cycle)
    start: Floats = np.zeros(count)  # [s] of each plan's cycle
    group = np.arange(count)  # intersections tied to each other, by their least
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
    """[s] from the start of the cycle to the longest green that serves the movement; the first of equals."""
    used = int(plan.used[intersection])
    serves = conditions.network.tables.served[movement, plan.order[intersection, :used]]
    length = plan.ends[intersection, :used] - plan.begins[intersection, :used]
    return int(plan.begins[intersection, np.where(serves, length, -1).argmax()])
