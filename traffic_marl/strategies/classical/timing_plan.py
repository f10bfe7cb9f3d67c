"""Timing plans, with the order and length of the greens, a cycle and an offset for each intersection."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.simulation import Readings


@dataclass(frozen=True, eq=False)
class TimingPlan:
    """Greens by the clock. The cycle of an intersection starts at its offset and repeats."""

    order: Ints  # (N, P) phases in the order in which they are green; padded with the first
    used: Ints  # (N,) phases in the plan
    begins: Ints  # [s] (N, P) start of each green after the start of the cycle, padded with NEVER
    ends: Ints  # [s] (N, P) end of each green, likewise
    cycle: Ints  # [s] (N,)
    offset: Ints  # [s] (N,)

    def phases_at(self, time: int) -> Ints:
        """(N,) phases to ask for. From the end of a green on, this is the next phase."""
        position = (time - self.offset) % self.cycle
        turn = (self.ends <= position[:, None]).sum(axis=1) % self.used
        return np.asarray(self.order[np.arange(len(turn)), turn])


def make_plan(
    orders: Sequence[Sequence[int]], greens: Sequence[Sequence[int]], intergreen: int, offset: Ints | None = None
) -> TimingPlan:
    """A plan from the phases and their greens, with an intergreen after each green.

    Args:
        orders: the phases of each intersection in their order.
        greens: [s] the green of each of them.
        intergreen: [s] yellow and all-red.
        offset: [s] (N,) start of the first cycle. None stands for 0.
    """
    widest = max((len(order) for order in orders), default=1)
    intersections = len(orders)
    order_table = np.zeros((intersections, widest), dtype=np.int32)
    begins = np.full((intersections, widest), NEVER, dtype=np.int32)
    ends = np.full((intersections, widest), NEVER, dtype=np.int32)
    cycle = np.zeros(intersections, dtype=np.int32)
    for row, (order, green) in enumerate(zip(orders, greens, strict=True)):
        slots = np.asarray(green, dtype=np.int32) + intergreen
        order_table[row] = order[0]
        order_table[row, : len(order)] = order
        cycle[row] = slots.sum()
        begins[row, : len(order)] = slots.cumsum() - slots
        ends[row, : len(order)] = slots.cumsum() - intergreen
    used = np.asarray([len(order) for order in orders], dtype=np.int32)
    start = np.zeros(intersections, dtype=np.int32) if offset is None else offset
    return TimingPlan(order_table, used, begins, ends, cycle, start)


@dataclass(frozen=True, eq=False)
class PlanController:
    """Follows a plan in every copy, whatever the traffic."""

    plan: TimingPlan

    def decide(self, readings: Readings) -> Ints:
        """Phases of the plan at this time, (B, N)."""
        phases = self.plan.phases_at(readings.time)
        return np.tile(phases, (len(readings.phase), 1))


def plan_controller(plan: TimingPlan, where: str, timing: Timing) -> PlanController:
    """A controller that follows the plan.

    Raises:
        StrategyError: a red of the plan reaches the max red, at which the signals themselves would end it.
    """
    reds = plan.cycle[:, None] - (plan.ends - plan.begins) - (timing.yellow + timing.all_red)
    longest = int(np.where(plan.begins == NEVER, 0, reds).max(initial=0))
    if longest >= timing.max_red:
        raise StrategyError(
            where,
            f"its longest red of {longest} s reaches the max red of the signals, {timing.max_red} s",
            "give shorter greens or cycles, fewer phases, or a longer max red",
        )
    return PlanController(plan)
