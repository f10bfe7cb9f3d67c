"""Fixed time: every phase in turn, with the same green."""

from dataclasses import dataclass
from typing import ClassVar

from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import Timing
from traffic_marl.strategies.classical.timing_plan import PlanController, make_plan, plan_controller
from traffic_marl.strategies.parameters import seconds
from traffic_marl.strategies.strategy import BaseStrategy, Conditions


@dataclass(frozen=True)
class FixedTime(BaseStrategy):
    """Every phase in turn by the clock, each with the same green.

    The plan starts with phase 0 at second 0 and repeats without end. An intergreen follows each green.
    Each intersection follows its plan whatever the traffic.

    Senses:
        Nothing but the time.

    Limits:
        It knows neither flows nor queues, and it does not coordinate intersections. The green has to lie between the
        min green and the max green of the signals. A red may not reach their max red.

    Source:
        None. It is the common baseline of the literature on learned signal control.
    """

    name: ClassVar[str] = "fixed_time"
    interval: ClassVar[int | None] = 1  # a plan is kept to the second

    green_s: int = seconds(30, "green time of each phase")

    def start(self, conditions: Conditions) -> PlanController:
        """A controller that follows the plan.

        Raises:
            StrategyError: the signals would not show greens of this length.
        """
        self._check_against(conditions.timing)
        orders = [range(count) for count in conditions.network.tables.phase_count]
        greens = [[self.green_s] * len(order) for order in orders]
        plan = make_plan(orders, greens, conditions.timing.yellow + conditions.timing.all_red)
        return plan_controller(plan, f"{self.name}:green_s={self.green_s}", conditions.timing)

    def _check_against(self, timing: Timing) -> None:
        where = f"{self.name}:green_s={self.green_s}"
        if self.green_s < timing.min_green:
            raise StrategyError(
                where,
                f"{self.green_s} s is shorter than the min green of the signals",
                f"give at least {timing.min_green}",
            )
        if self.green_s > timing.max_green:
            raise StrategyError(
                where,
                f"{self.green_s} s is longer than the max green of the signals",
                f"give at most {timing.max_green}",
            )
