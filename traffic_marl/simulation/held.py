"""The state of B copies of the traffic on one network, and the reports on it that others see."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.checks import LONGEST_RUN, boolean, ensure_kind, whole_number
from traffic_marl.demand.trips import Trips
from traffic_marl.errors import UsageError
from traffic_marl.kernels.places.tables import Places
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.network import Network
from traffic_marl.simulation.arguments import checked_trips
from traffic_marl.simulation.detectors import Faults, pack_detectors, reported_lanes
from traffic_marl.simulation.disturbances import Disturbances, disturbed
from traffic_marl.simulation.free_flow import FreeWays, free_times, free_ways
from traffic_marl.simulation.gridlock import gridlocked_vehicles
from traffic_marl.simulation.packing import empty_traffic, entry_lanes, pack_roads, pack_vehicles
from traffic_marl.simulation.places.packing import Planned, empty_notes, no_places, pack_places, planned_visits
from traffic_marl.simulation.places.visits import Visits, visits_of
from traffic_marl.simulation.positions import Positions, positions
from traffic_marl.simulation.readings import Readings, Records
from traffic_marl.simulation.reports import readings_of, records_of


class HeldTraffic(ABC):
    """Holds the state of B copies, one for each of the trip tables given, and reports on it.

    A subclass moves the traffic: it alone changes the state.

    Args:
        network: on which the traffic moves.
        trips: one table for each copy. The same object may be given several times.
        timing: limits that the signals keep.
        log_until: [s] keep the rows of the phase tables shown in the seconds before this one. 0 keeps none.
        places_until: [s] note visits to intersections, and the queues in the seconds before this one. 0 notes none.
        faults: ways in which detectors fail. None stands for detectors that see all.
        seeds: (B,) of the copies, from which it is drawn which detectors fail. Only faults need them.
        disturbances: (B,) what else disturbs each copy. Empty for nothing.

    Raises:
        UsageError: an argument has a wrong type, there are no trips, or there are faults and not a seed for each copy,
            or disturbances and not those of each copy.
    """

    def __init__(
        self,
        network: Network,
        trips: Sequence[Trips],
        timing: Timing,
        *,
        log_until: int,
        places_until: int = 0,
        faults: Faults | None,
        seeds: Sequence[int],
        disturbances: Sequence[Disturbances],
    ) -> None:
        ensure_kind("network", network, Network, "Scenario.build_network()")
        ensure_kind("timing", timing, Timing, "Scenario.timing()")
        trips = checked_trips(trips)
        roads = network.tables
        lanes = len(roads.lane_road)
        self.network = network
        self.timing = timing
        self.copies = len(trips)
        self._counts: Ints = np.array([len(each) for each in trips], np.int32)
        self._vehicles = pack_vehicles(trips, roads)
        self._roads = pack_roads(roads, entry_lanes(self._vehicles))
        self._free = free_times(self._roads, self._vehicles)
        logged = whole_number("log_until", log_until, 0, LONGEST_RUN)
        self._places, self._planned = self._follow(whole_number("places_until", places_until, 0, LONGEST_RUN))
        if faults is not None:
            ensure_kind("faults", faults, Faults, "Sensors.faults()")
        self._faults = faults
        self._detectors = pack_detectors(faults, seeds, roads, self.copies)
        age = 0 if faults is None else faults.delay
        notes = empty_notes(self._places, self._planned, self.copies)
        traffic = empty_traffic(self._roads, self._vehicles, self._detectors, age, lanes, logged, notes)
        self._traffic = disturbed(traffic, disturbances, self._roads)
        self._closures = [each.closures for each in disturbances] or [()] * self.copies

    def _follow(self, until: int) -> tuple[Places, Planned | None]:
        """Places and planned visits, where they are noted."""
        if until == 0:
            return no_places(), None
        places = pack_places(self.network.tables, float(self._vehicles.types["length"].min()), until)
        return places, planned_visits(self._vehicles, self.network.tables, self._counts)

    @property
    def time(self) -> int:
        """[s] seconds moved so far."""
        return int(self._traffic.tallies["time"][0, 0])

    @abstractmethod
    def advance(self, phases: Ints, seconds: int, *, continues: bool = False) -> None:
        """Asks for phases and moves all copies on, as `Simulator.advance` tells."""

    def readings(self) -> Readings:
        """Readings of all detectors and signals at this moment, as if no detector failed: the truth."""
        return readings_of(self._traffic, self.timing, self.time)

    def detected(self) -> Readings:
        """Readings as the detectors report them, failing or not: all that a controller may know."""
        truth = self.readings()
        if self._traffic.reported.shape[1] == 0:
            return truth
        return replace(truth, **reported_lanes(self._detectors, self._faults, self._traffic, self.time))

    def records(self, *, gridlock: bool = True) -> Records:
        """Records of every vehicle up to now.

        Args:
            gridlock: look for gridlocks. It takes 1 to 2 ms for a copy with long standstills. Without it, `locked` is
                false for every vehicle.
        """
        shape = self._vehicles.scheduled.shape
        locked = self._locked() if boolean("gridlock", gridlock) else np.zeros(shape, np.bool_)
        return records_of(self._traffic, self._vehicles, self._counts, self._free, locked, self.time)

    def _locked(self) -> Bools:
        """(B, V) vehicles in a gridlock."""
        return gridlocked_vehicles(self._roads, self._vehicles, self._traffic, self.time)

    def positions(self, copy: int) -> Positions:
        """Positions of the vehicles of a copy now, and its signals in the second just past."""
        ways = self._free_ways
        return positions(self._roads, self._vehicles, self._traffic, ways, copy, self._closures[copy])

    def total_delay(self) -> Floats:
        """[veh s] (B,) delay of all vehicles due so far, from their scheduled departures.

        A vehicle under way has the time since its departure, less the free travel time of the way covered. Once all
        trips are completed, this is the mean delay times the vehicles.
        """
        return np.array([self._delay_of(copy) for copy in range(self.copies)])

    def _delay_of(self, copy: int) -> float:
        """[veh s] delay of the vehicles of a copy due so far."""
        count, states = self._counts[copy], self._traffic.vehicle_states[copy]
        scheduled, free = self._vehicles.scheduled[copy, :count], self._free[copy, :count]
        left, entered = states["left"][:count], states["entered"][:count]
        done = left != NEVER
        waiting = (entered == NEVER) & (scheduled < self.time)
        completed = (left[done] - scheduled[done]).sum() - free[done].sum()
        return float(completed + (self.time - scheduled[waiting]).sum() + self.positions(copy).delay.sum())

    @cached_property
    def _free_ways(self) -> FreeWays:
        """Free travel times up to each drivable; only positions need them."""
        return free_ways(self._roads, self._vehicles)

    def signal_log(self) -> Ints:
        """Row of the phase table shown in each second so far (B, time, N), up to log_until."""
        log: Ints = self._traffic.history[:, : self.time].astype(np.int32)
        return log

    def visits(self) -> Visits:
        """Visits to intersections and queues up to now.

        Raises:
            UsageError: they are not noted.
        """
        if self._planned is None:
            raise UsageError("visits", "they are not noted", "give places_until when the simulation is made")
        return visits_of(self._traffic, self._vehicles, self.network.tables, self._places, self._planned)

    def under_way(self) -> Ints:
        """[veh] (B,) on the network now."""
        count: Ints = self._traffic.tallies["under_way"][:, 0].copy()
        return count

    def completed(self) -> Ints:
        """[veh] (B,) that have completed their trips."""
        count: Ints = self._traffic.tallies["completed"][:, 0].copy()
        return count

    def is_clear(self) -> Bools:
        """(B,) every vehicle has completed its trip."""
        clear: Bools = self.completed() == self._counts
        return clear
