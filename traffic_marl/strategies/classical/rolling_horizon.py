"""Rolling horizon: each intersection foresees the delay of the vehicles in sight, and changes when that saves most."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.planning import Planner, PlanOptions
from traffic_marl.simulation import Readings
from traffic_marl.strategies.classical.recall import RecallController
from traffic_marl.strategies.parameters import choice, number, seconds
from traffic_marl.strategies.strategy import BaseStrategy, Conditions
from traffic_marl.units import HOUR, MINUTE

DEFAULTS = PlanOptions()


@dataclass(frozen=True)
class RollingHorizon(BaseStrategy):
    """The phase with which the vehicles in sight will have least delay within the horizon.

    Each second an intersection plans for itself. It knows the queue of each lane, and when the moving vehicles come to
    the stop line at the speed limit. Its neighbours tell which vehicles they let go towards it now. It compares
    courses: another phase now, or after one of several further times of the present green. Each course goes on by a
    rule: a green ends when its queues are gone and nobody comes within the gap, and the phase with most vehicles
    follows. A change costs its intergreen and lost time. The delay of a course is the sum of waiting vehicles over the
    seconds up to the horizon. The signal begins with the phase of the course with least delay, and plans again a
    second later.

    Vehicles on a lane weigh more the longer its first one has stood. Phases for which a vehicle has stood for the
    longest wait come before all others. A green ends at the longest green if somebody else wants one. Without anybody
    elsewhere the signal rests in green.

    Senses:
        Each second: the halted vehicles on each lane and how long they have stood, the moving vehicles by distance from
        the stop line, and the state of the signals. Movements that are green in every phase do not count. From its
        neighbours the same, of the lanes that lead to it. Once before the run: the expected flows, by which vehicles
        from upstream are shared among lanes. With `sight=positions` distances are known to 20 m near the line, as radar
        and cameras know them. With `room=foreseen` the vehicles on the lanes of the roads ahead count as well.

    Limits:
        Neighbours tell whom they let go now, not whom they will. That turns yield is not foreseen, nor that vehicles
        are slow. On a lane of several movements all are taken to be served with any. That a road ahead is full is
        foreseen with `room=foreseen`: then nobody leaves a lane while a lane of a road that it leads to is full.

    Source:
        The idea of OPAC, Gartner 1983, Transportation Research Record 906, 75-81, and of schedule-driven control, Xie
        et al. 2012, doi 10.1016/j.trc.2012.03.004, in which neighbours tell of their outflows as well. They search
        schedules of all changes within the horizon. We search the next change, and foresee the further ones by a rule.
        The weight of waits is ours.
    """

    name: ClassVar[str] = "rolling_horizon"
    interval: ClassVar[int | None] = 1  # it plans again each second

    horizon_s: int = seconds(DEFAULTS.horizon, "time that is foreseen", most=600)
    longest_green_s: int = seconds(DEFAULTS.longest_green, "green time after which another phase that is wanted comes")
    longest_wait_s: int = seconds(DEFAULTS.longest_wait, "standstill of a vehicle after which its phase comes first")
    saturation_flow_vph: float = number(1800, "veh/h", "a flow", "discharge of a queue at green, per lane", 1.0)
    startup_lost_s: int = seconds(DEFAULTS.lost, "green time lost while a queue starts to move", least=0, most=60)
    gap_s: int = seconds(DEFAULTS.gap, "time without arrivals after which a later green is foreseen to end", least=0)
    coordination: str = choice(
        "neighbours", ("neighbours", "none"), "a kind of coordination", "intersections tell whom they let go, or not"
    )
    sight: str = choice(
        "bands",
        ("bands", "positions"),
        "a kind of sight",
        "where moving vehicles are: by 60 to 100 m, or by 20 to 50 m",
    )
    room: str = choice(
        "ignored", ("ignored", "foreseen"), "a way with full roads", "nobody is let go towards a full lane, or all are"
    )
    urgency: float = number(0.3, "1/min", "a weight", "weight added to a lane for each minute its first vehicle stood")

    def start(self, conditions: Conditions) -> RecallController:
        """A controller without memory."""
        return RecallController(RollingHorizonController(self, conditions), conditions)

    @property
    def options(self) -> PlanOptions:
        """The way in which an intersection plans."""
        return PlanOptions(
            horizon=self.horizon_s,
            flow=self.saturation_flow_vph / HOUR,
            lost=self.startup_lost_s,
            gap=self.gap_s,
            urgency=self.urgency / MINUTE,
            longest_green=self.longest_green_s,
            longest_wait=self.longest_wait_s,
            fine=self.sight == "positions",
            room=self.room == "foreseen",
        )


class RollingHorizonController:
    """Asks for the phase of least planned delay.

    In ties another one comes than that shown, because vehicles brake before a red.

    Args:
        strategy: with its parameters.
        conditions: of the run.
    """

    def __init__(self, strategy: RollingHorizon, conditions: Conditions) -> None:
        flow = conditions.flow if strategy.coordination == "neighbours" else None
        self._planned = Planner(conditions.network, conditions.timing, conditions.interval, strategy.options, flow)

    def decide(self, readings: Readings) -> Ints:
        """Phases of least planned delay, (B, N)."""
        delays = self._planned(readings)
        shown = np.arange(delays.shape[2]) == readings.phase[:, :, None]
        others = np.where(shown, np.inf, delays)
        stays = np.where(shown, delays, np.inf).min(axis=2) < others.min(axis=2)
        return np.where(stays, readings.phase, others.argmin(axis=2)).astype(np.int32)
