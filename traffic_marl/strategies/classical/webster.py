"""Webster's plan: cycle and splits from the expected flows, each intersection for itself."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from traffic_marl.arrays import Bools, Floats
from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import Timing
from traffic_marl.strategies.classical.incidence import movement_lanes, needs_green, rows_averaged
from traffic_marl.strategies.classical.timing_plan import PlanController, make_plan, plan_controller
from traffic_marl.strategies.parameters import number, seconds
from traffic_marl.strategies.strategy import BaseStrategy, Conditions

SECONDS_PER_HOUR = 3600.0
NEGLIGIBLE = 1e-9  # flow ratios below this are rounding


@dataclass(frozen=True)
class Design:
    """What Webster's method needs to know of the greens at any intersection."""

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
    def least_green(self) -> int:
        """[s] of a green: as the signals demand, and one second of discharge at least."""
        return max(self.timing.min_green, int(np.ceil(self.startup_lost)) + 1)


@dataclass(frozen=True)
class CriticalFlows:
    """The phases one intersection goes through and how heavily each is loaded."""

    phases: tuple[int, ...]  # in the order of the phase table
    ratios: tuple[float, ...]  # critical flow ratio y of each: flow over saturation flow of its fullest lane


@dataclass(frozen=True)
class Webster(BaseStrategy):
    """A fixed-time plan for the expected flows: Webster's cycle and splits, each intersection on its own cycle.

    The cycle is C = (1.5 L + 5) / (1 - Y) with the lost time L, an intergreen and a start-up loss for each phase, and
    the sum Y of the critical flow ratios; the effective green C - L is split in proportion to these ratios, in whole
    seconds. The cycle is kept between the shortest and the longest given; it is the longest where Y reaches 1, and
    longer than Webster's where the min greens need more. No green is longer than the signals' max green.

    A movement's flow is spread evenly over its lanes, and a movement is as loaded as its fullest lane. Movements green
    in every phase do not count, except for their vehicles on a lane that other movements share. Where several phases
    serve a movement, its flow is divided among them so that Y is least (a linear program; for a dual-ring phase
    table this gives the sum along the critical path), and phases that are not needed are left out.

    Source: Webster 1958, Traffic signal settings, Road Research Technical Paper 39.
    """

    name: ClassVar[str] = "webster"
    interval: ClassVar[int | None] = 1  # a plan is kept to the second

    saturation_flow_vph: float = number(1470.0, "veh/h", "a saturation flow", "discharge of a queue, per lane", above=0)
    startup_lost_s: float = number(2.0, "seconds", "a duration", "green lost while a queue starts to move")
    shortest_cycle_s: int = seconds(30, "shortest cycle")
    longest_cycle_s: int = seconds(120, "longest cycle")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_cycles(self.name, self.shortest_cycle_s, self.longest_cycle_s)

    def start(self, conditions: Conditions) -> PlanController:
        """A controller that keeps the plan."""
        design = Design(
            self.saturation_flow_vph / SECONDS_PER_HOUR,
            self.startup_lost_s,
            self.shortest_cycle_s,
            self.longest_cycle_s,
            conditions.timing,
        )
        needs = critical_flows(conditions, design.saturation_flow)
        greens = [greens_within(webster_cycle(need, design), need, design) for need in needs]
        plan = make_plan([need.phases for need in needs], greens, design.intergreen)
        return plan_controller(plan, self.name, conditions.timing)


def check_cycles(name: str, shortest: int, longest: int) -> None:
    """Refuses a shortest cycle that exceeds the longest."""
    if shortest > longest:
        raise StrategyError(
            f"{name}:shortest_cycle_s={shortest}",
            f"{shortest} s is longer than the longest cycle of {longest} s",
            "give a shortest cycle that is no longer than the longest",
        )


def webster_cycle(need: CriticalFlows, design: Design) -> int:
    """[s] Webster's cycle, within the shortest and the longest; the least greens may need a longer one."""
    lost = len(need.phases) * (design.intergreen + design.startup_lost)
    load = sum(need.ratios)
    best = (1.5 * lost + 5.0) / (1.0 - load) if load < 1.0 else float(design.longest_cycle)
    clamped = min(max(best, design.shortest_cycle), design.longest_cycle)
    return max(round(clamped), shortest_possible_cycle(need, design))


def shortest_possible_cycle(need: CriticalFlows, design: Design) -> int:
    """[s] the least greens and the intergreens."""
    return len(need.phases) * (design.least_green + design.intergreen)


def greens_within(cycle: int, need: CriticalFlows, design: Design) -> list[int]:
    """[s] greens that fill the cycle, as near as whole seconds come to equal loads of the effective greens.

    Starts from the least greens and gives each further second to the phase whose flow ratio most exceeds its
    effective green (Sainte-Lague's rule, which meets Webster's split where that is whole). None exceeds max green.
    """
    greens = np.full(len(need.phases), design.least_green)
    weights = np.asarray(need.ratios) if sum(need.ratios) > NEGLIGIBLE else np.ones(len(greens))
    for _ in range(cycle - shortest_possible_cycle(need, design)):
        longing = np.where(greens < design.timing.max_green, weights / (greens - design.startup_lost + 0.5), -1.0)
        if longing.max() < 0.0:
            break
        greens[longing.argmax()] += 1
    return [int(green) for green in greens]


def critical_flows(conditions: Conditions, saturation_flow: float) -> list[CriticalFlows]:
    """The needs of each intersection under the expected flows."""
    tables = conditions.network.tables
    ratios = movement_ratios(conditions, saturation_flow)
    wanting = needs_green(conditions.network)
    needs = []
    for intersection, phases in enumerate(tables.phase_count):
        movements = np.flatnonzero(wanting & (tables.movement_intersection == intersection))
        needs.append(critical_phases(tables.served[movements, :phases], ratios[movements]))
    return needs


def movement_ratios(conditions: Conditions, saturation_flow: float) -> Floats:
    """(M,) flow over saturation flow on the fullest lane of each movement."""
    lanes = movement_lanes(conditions.network)
    lane_flow = rows_averaged(lanes).T @ conditions.flow  # [veh/s] (K,)
    fullest = np.maximum.reduceat(lane_flow[lanes.indices], lanes.indptr[:-1])
    return np.asarray(fullest / saturation_flow)


def critical_phases(served: Bools, ratios: Floats) -> CriticalFlows:
    """Phases and critical ratios that give every movement its due with the least sum.

    Args:
        served: (movements, phases) of one intersection.
        ratios: (movements,) flow ratio of each.
    """
    if not len(ratios):
        return CriticalFlows((0,), (0.0,))
    if (served.sum(axis=1) == 1).all():
        load = np.where(served, ratios[:, None], 0.0).max(axis=0)
    else:
        load = least_load(served, ratios)
    phases = np.flatnonzero(_kept(served, load))
    return CriticalFlows(tuple(int(phase) for phase in phases), tuple(float(load[phase]) for phase in phases))


def least_load(served: Bools, ratios: Floats) -> Floats:
    """(phases,) flow ratios of least sum such that the phases of each movement add up to its own; early ones first."""
    from scipy.optimize import linprog  # here, because it is slow to import and seldom needed

    phases = served.shape[1]
    cost = 1.0 + 1e-6 * np.arange(phases)
    found = linprog(cost, A_ub=-served.astype(np.float64), b_ub=-ratios, bounds=(0.0, None), method="highs")
    assert found.success, found.message
    return np.where(found.x > NEGLIGIBLE, found.x, 0.0)


def _kept(served: Bools, load: Floats) -> Bools:
    """(phases,) those with a load, and the first phase of each movement that would have none."""
    kept: Bools = load > 0.0
    for phases in served:
        if not (phases & kept).any():
            kept[phases.argmax()] = True
    return kept
