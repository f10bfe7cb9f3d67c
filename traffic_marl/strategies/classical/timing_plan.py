"""Timing plans, with the order and length of the greens, a cycle and an offset for each intersection."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.remarks import Remark
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
    ends = [[int(end) - intergreen for end in np.cumsum(np.asarray(green) + intergreen)] for green in greens]
    begins = [[end - length for end, length in zip(*each, strict=True)] for each in zip(ends, greens, strict=True)]
    cycle = [own[-1] + intergreen for own in ends]
    return tabulated(orders, begins, ends, cycle, [0] * len(cycle) if offset is None else offset)


def tabulated(
    orders: Sequence[Sequence[int]],
    begins: Sequence[Sequence[int]],
    ends: Sequence[Sequence[int]],
    cycle: Sequence[int],
    offset: Sequence[int] | Ints,
) -> TimingPlan:
    """A plan from the phases of each intersection in their order, and the times of their greens.

    Args:
        orders: the phases.
        begins: [s] start of each green after the start of the cycle.
        ends: [s] end of each green, likewise.
        cycle: [s] of each intersection.
        offset: [s] start of the first cycle of each intersection.
    """
    widest = max((len(order) for order in orders), default=1)
    shape = len(orders), widest
    tables = np.zeros(shape, np.int32), np.full(shape, NEVER, np.int32), np.full(shape, NEVER, np.int32)
    for row, columns in enumerate(zip(orders, begins, ends, strict=True)):
        tables[0][row] = orders[row][0]
        for table, own in zip(tables, columns, strict=True):
            table[row, : len(own)] = own
    used = np.asarray([len(order) for order in orders], dtype=np.int32)
    order_table, begin_table, end_table = tables
    times = np.asarray(cycle, dtype=np.int32), np.asarray(offset, dtype=np.int32)
    return TimingPlan(order_table, used, begin_table, end_table, *times)


@dataclass(frozen=True, eq=False)
class PlanController:
    """Follows a plan in every copy, whatever the traffic."""

    plan: TimingPlan
    remarks: tuple[Remark, ...] = ()  # what was done with the parts of a user's plan that could not be taken as written

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
