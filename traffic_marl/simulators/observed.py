"""One copy of the traffic whose vehicles another program moves. Signals, readings and records are those of always."""

from typing import NoReturn

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.checks import LONGEST_RUN, whole_number
from traffic_marl.demand.trips import Trips
from traffic_marl.kernels.observed.second import observe, read_detectors, switch_signals
from traffic_marl.kernels.observed.tables import Followed, Seen
from traffic_marl.kernels.tables import GREEN, NONE, Timing
from traffic_marl.network.network import Network
from traffic_marl.simulation.arguments import check_phases
from traffic_marl.simulation.detectors import Faults
from traffic_marl.simulation.disturbances import Disturbances
from traffic_marl.simulation.held import HeldTraffic
from traffic_marl.simulation.readings import Readings
from traffic_marl.simulators.mover import Lights, Mover

UNDISTURBED = Disturbances()


class ObservedSimulation(HeldTraffic):
    """One copy whose vehicles a mover moves.

    Args:
        network: on which the traffic moves.
        trips: the vehicles.
        timing: limits that the signals keep.
        mover: moves the vehicles.
        log_until: [s] keep the rows of the phase tables shown in the seconds before this one. 0 keeps none.
        places_until: [s] note visits to intersections, and the queues in the seconds before this one. 0 notes none.
        faults: ways in which detectors fail. None stands for detectors that see all.
        seed: of the copy, from which it is drawn which detectors fail.
        disturbances: what else disturbs the copy. The mover keeps closed lanes.
    """

    def __init__(
        self,
        network: Network,
        trips: Trips,
        timing: Timing,
        mover: Mover,
        *,
        log_until: int = 0,
        places_until: int = 0,
        faults: Faults | None = None,
        seed: int = 0,
        disturbances: Disturbances = UNDISTURBED,
    ) -> None:
        super().__init__(
            network,
            [trips],
            timing,
            log_until=log_until,
            places_until=places_until,
            faults=faults,
            seeds=(seed,),
            disturbances=(disturbances,),
        )
        self._mover = mover
        self._followed = _nobody(network, len(self._vehicles.scheduled[0]))
        self._sense()

    def advance(self, phases: Ints, seconds: int, *, continues: bool = False) -> None:
        """Asks for phases and moves the copy on, as `Simulator.advance` tells."""
        traffic = self._traffic
        check_phases(phases, traffic.signals["wanted"].shape, self._roads.phase_count)
        seconds = whole_number("seconds", seconds, 0, LONGEST_RUN)
        traffic.signals["wanted"][:] = phases
        if not continues:
            traffic.delays[:] = 0.0
            traffic.discharged[:] = 0
            traffic.tallies["span"] = 0
            traffic.reported["delay"] = 0.0
            traffic.reported["discharged"] = 0
        traffic.tallies["span"] += seconds
        for now in range(self.time, self.time + seconds):
            self._advance_second(now)
        self._sense()

    def both_readings(self) -> tuple[Readings, Readings]:
        """The truth and what detectors report, one object for both where no detector fails."""
        truth = self.readings()
        return truth, truth if self._traffic.reported.shape[1] == 0 else self.detected()

    def _advance_second(self, now: int) -> None:
        """Moves on by the second that begins at `now`."""
        tables = (self._roads, self._vehicles, self._detectors)
        if self._mover.lights() is None:
            switch_signals(*tables, self._traffic, self.timing, now)
        seen = self._mover.move(self._traffic.signals[0])
        lights = self._mover.lights()
        if lights is not None:
            self._take_over(lights, now)
        observe(*tables, self._places, self._traffic, self._followed, _in_order(seen), now)
        if self._followed.lost[0]:
            self._fail()

    def _sense(self) -> None:
        """Reads the detectors now."""
        read_detectors(self._roads, self._vehicles, self._detectors, self._traffic, self.time)

    def _take_over(self, lights: Lights, now: int) -> None:
        """Books what signals that the other program keeps have shown in the second that begins at `now`."""
        signals, roads = self._traffic.signals[0], self._roads
        place = np.arange(len(signals))
        changed = (lights.phase != signals["phase"]) | (lights.interval != signals["interval"])
        ended = (signals["interval"] == GREEN) & (lights.phase != signals["phase"])
        self._traffic.served[0, place[ended], signals["phase"][ended]] = now
        signals["previous"][ended] = signals["phase"][ended]
        signals["age"] = np.where(changed, 1, signals["age"] + 1)
        signals["phase"], signals["interval"] = lights.phase, lights.interval
        between = roads.clearance_row[place, signals["previous"], signals["phase"]]
        signals["row"] = np.where(lights.interval == GREEN, roads.phase_row[place, signals["phase"]], between)
        if now < self._traffic.history.shape[1]:
            self._traffic.history[0, now] = signals["row"]

    def _fail(self) -> NoReturn:
        raise AssertionError("a vehicle was seen away from its path")


def _nobody(network: Network, vehicles: int) -> Followed:
    """No vehicle has been seen yet."""
    tables = network.tables
    return Followed(
        way=np.concatenate([tables.lane_road, tables.movement + len(network.roads)]).astype(np.int32),
        drivable=np.full(vehicles, NONE, np.int32),
        place=np.full(vehicles, NONE, np.int32),
        seen=np.zeros(vehicles, np.int32),
        leader=np.full(len(network.lane_names), NONE, np.int32),
        lost=np.zeros(1, np.int32),
    )


def _in_order(seen: Seen) -> Seen:
    """The vehicles drivable by drivable and from front to back. Of two at the same place, the one due first leads."""
    order = np.lexsort((seen.vehicle, -seen.position, seen.drivable))
    return Seen(seen.vehicle[order], seen.drivable[order], seen.position[order], seen.speed[order])
