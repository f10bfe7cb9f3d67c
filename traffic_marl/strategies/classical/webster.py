"""Webster's method: cycle and splits from the expected flows, each intersection for itself."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.greens import shared_greens
from traffic_marl.strategies.classical.critical_flows import NEGLIGIBLE, CriticalFlows, critical_flows
from traffic_marl.strategies.classical.timing_plan import PlanController, make_plan, plan_controller
from traffic_marl.strategies.parameters import number, seconds
from traffic_marl.strategies.strategy import BaseStrategy, Conditions
from traffic_marl.units import HOUR

LONGEST_CYCLE = 3600  # [s] that may be given


@dataclass(frozen=True)
class Design:
    """Values for the design of timing plans, the same at all intersections."""

    saturation_flow: float  # [veh/s] of a lane
    startup_lost: float  # [s] of a green, until the queue discharges at saturation flow
    shortest_cycle: int  # [s]
    longest_cycle: int  # [s]
    timing: Timing

    @property
    def intergreen(self) -> int:
        """[s] between two greens."""
        return self.timing.yellow + self.timing.all_red

    @property
    def shortest_green(self) -> int:
        """[s] the shortest green: the min green of the signals, and at least one second of discharge."""
        return max(self.timing.min_green, int(np.ceil(self.startup_lost)) + 1)


@dataclass(frozen=True)
class WebsterParameters(BaseStrategy):
    """The parameters of strategies that take cycle and splits from Webster's method."""

    interval: ClassVar[int | None] = 1  # a plan is kept to the second

    saturation_flow_vph: float = number(
        1470.0, "veh/h", "a saturation flow", "discharge of a queue at green, per lane", least=1.0, most=1e5
    )
    startup_lost_s: float = number(2.0, "s", "a duration", "green time lost while a queue starts to move", most=60.0)
    shortest_cycle_s: int = seconds(30, "shortest cycle", most=LONGEST_CYCLE)
    longest_cycle_s: int = seconds(120, "longest cycle", most=LONGEST_CYCLE)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.shortest_cycle_s > self.longest_cycle_s:
            raise StrategyError(
                f"{self.name}:shortest_cycle_s={self.shortest_cycle_s}",
                f"{self.shortest_cycle_s} s is longer than the longest cycle of {self.longest_cycle_s} s",
                "give a shortest cycle that is no longer than the longest",
            )

    def design(self, timing: Timing) -> Design:
        """The design that these parameters and the timing of the signals give.

        Raises:
            StrategyError: no green up to the max green of the signals lets anybody pass.
        """
        saturation_flow = self.saturation_flow_vph / HOUR
        design = Design(saturation_flow, self.startup_lost_s, self.shortest_cycle_s, self.longest_cycle_s, timing)
        if design.shortest_green > timing.max_green:
            raise StrategyError(
                f"{self.name}:startup_lost_s={self.startup_lost_s:g}",
                f"greens of {design.shortest_green} s would be the shortest ones in which somebody passes, and the max "
                f"green of the signals is {timing.max_green} s",
                f"give less than {timing.max_green}",
            )
        return design


@dataclass(frozen=True)
class Webster(WebsterParameters):
    """A fixed-time plan with cycle and splits from the expected flows, each intersection on a cycle of its own.

    The cycle is C = (1.5 L + 5) / (1 - Y). L is the lost time: an intergreen and a start-up loss for each phase. Y is
    the sum of the critical flow ratios of the phases. The effective green C - L is split in proportion to these
    ratios, in whole seconds. The cycle stays between the shortest and the longest one given. It is the longest one
    where Y reaches 1, and longer than Webster's where the min greens need more time.

    The flow of a movement is spread evenly over its lanes, and the fullest lane counts. Where several phases serve a
    movement, its flow is divided among them so that Y is least (a linear program; for a dual-ring phase table this is
    the sum along the critical path). Phases that are not needed are left out.

    Senses:
        The expected flow of each movement, once before the run. Then nothing but the time.

    Limits:
        The plan suits the mean flow and does not follow a peak. Intersections are not coordinated. Movements that are
        green in every phase count only by their vehicles on lanes shared with other movements. No green is longer than
        the max green of the signals, and no red may reach their max red.

    Source:
        Webster 1958, Traffic signal settings, Road Research Technical Paper 39.
    """

    name: ClassVar[str] = "webster"

    def start(self, conditions: Conditions) -> PlanController:
        """A controller that follows the plan.

        Raises:
            StrategyError: a red of the plan reaches the max red of the signals, or no green up to the max green lets
                anybody pass.
        """
        design = self.design(conditions.timing)
        flows = critical_flows(conditions, design.saturation_flow)
        greens = [greens_within(webster_cycle(critical, design), critical, design) for critical in flows]
        plan = make_plan([critical.phases for critical in flows], greens, design.intergreen)
        return plan_controller(plan, self.name, conditions.timing)


def webster_cycle(critical: CriticalFlows, design: Design) -> int:
    """[s] Webster's cycle, between the shortest and the longest, or longer where the shortest greens need it."""
    lost = len(critical.phases) * (design.intergreen + design.startup_lost)
    load = sum(critical.ratios)
    best = (1.5 * lost + 5.0) / (1.0 - load) if load < 1.0 else float(design.longest_cycle)
    clamped = min(max(best, design.shortest_cycle), design.longest_cycle)
    return max(round(clamped), shortest_possible_cycle(critical, design))


def shortest_possible_cycle(critical: CriticalFlows, design: Design) -> int:
    """[s] the shortest greens and the intergreens."""
    return len(critical.phases) * (design.shortest_green + design.intergreen)


def greens_within(cycle: int, critical: CriticalFlows, design: Design) -> list[int]:
    """[s] greens that fill the cycle, with the effective greens in proportion to the flow ratios.

    This is Webster's split where that is in whole seconds. No green is below the shortest or exceeds the max green.
    """
    count, longest = len(critical.phases), design.timing.max_green
    weights = critical.ratios if sum(critical.ratios) > NEGLIGIBLE else (1.0,) * count
    without_changes = cycle - count * design.intergreen
    greens = shared_greens(without_changes, weights, design.shortest_green, longest, design.startup_lost)
    return [int(green) for green in greens]
