"""SUMO as a mover: it moves the vehicles and shows the signals that it is given."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.arrays import StructuredArray
from traffic_marl.demand.trips import Trips
from traffic_marl.exchange.sumo import SumoFiles, write_sumo
from traffic_marl.exchange.sumo.actuated import ActuatedControl
from traffic_marl.exchange.sumo.names import sumo_names
from traffic_marl.exchange.sumo.naming import naming_of
from traffic_marl.exchange.sumo.plans import shown
from traffic_marl.exchange.sumo.signals import state
from traffic_marl.kernels.observed.tables import Seen
from traffic_marl.kernels.tables import YELLOW, Timing
from traffic_marl.network.network import Network
from traffic_marl.simulation import Closure
from traffic_marl.simulators.mover import Lights
from traffic_marl.simulators.sumo.closing import ClosedSignals, red_at
from traffic_marl.simulators.sumo.lanes import stretches

POSITION, SPEED, LANE = 0x56, 0x40, 0x51  # numbers of variables in SUMO's protocol TraCI
FLAGS = (  # nobody is taken from the road, be it after a long wait or after a collision
    "--step-length=1",
    "--time-to-teleport=-1",
    "--collision.action=none",
    "--no-step-log",
    "--no-warnings",
    "--duration-log.disable",
)


class SumoMover:
    """Lets SUMO move the vehicles. A process can have one at a time.

    SUMO puts vehicles on the road at the end of a second, where they are here at the start of the next one. So SUMO is
    one second ahead, and vehicles that have just been put on the road are not shown yet.

    Args:
        network: on which the traffic moves.
        trips: the vehicles.
        timing: limits that the signals keep.
        folder: empty, for SUMO's files.
        seed: of SUMO's own random numbers.
        control: SUMO's actuated control, which keeps the signals. None: SUMO shows those that it is given.
        closures: of lanes that end at signals which SUMO does not keep itself.
    """

    def __init__(
        self,
        network: Network,
        trips: Trips,
        timing: Timing,
        folder: Path,
        seed: int,
        *,
        control: ActuatedControl | None = None,
        closures: Sequence[Closure] = (),
    ) -> None:
        import libsumo

        self._sumo: Any = libsumo
        self._network, self._own = network, control is not None
        naming, files = naming_of(network), SumoFiles()
        write_sumo(network, trips, timing, folder, actuated=control)
        start = [f"--net-file={folder / files.net}", f"--route-files={folder / files.routes}", f"--seed={seed}"]
        libsumo.start(["sumo", *start, *FLAGS])
        self._vehicle = {name: place for place, name in enumerate(sumo_names(trips.names))}
        found = stretches(libsumo, network, naming)
        self._lane = {name: place for place, name in enumerate(found)}
        self._drivable = np.array([each.drivable for each in found.values()], np.int32)
        self._start = np.array([each.start for each in found.values()])
        self._scale = np.array([each.scale for each in found.values()])
        self._length = network.tables.length
        self._signals = naming.intersections
        self._states: dict[tuple[int, int, int], str] = {}
        self._closed, self._moved = ClosedSignals(network, closures), 0  # [s] moved so far
        self._given = [""] * len(self._signals)
        self._steps = [shown(network, timing, place) for place in range(len(self._signals))]
        self._step()

    def move(self, signals: StructuredArray) -> Seen:
        """Moves the vehicles through the next second, as `Mover.move` tells."""
        if not self._own:
            self._show(signals)
        self._moved += 1
        new = self._step()
        read = self._sumo.vehicle.getAllSubscriptionResults()
        rows = [
            (self._vehicle[name], self._lane[values[LANE]], values[POSITION], values[SPEED])
            for name, values in read.items()
            if name not in new
        ]
        return self._seen(rows)

    def _seen(self, rows: list[tuple[int, int, float, float]]) -> Seen:
        """The vehicles on our network. A position beyond a drivable's end, by rounding, counts as its end."""
        table = np.array(rows, np.float64).reshape(-1, 4)
        lane = table[:, 1].astype(np.int32)
        drivable = self._drivable[lane]
        position = self._start[lane] + table[:, 2] * self._scale[lane]
        return Seen(
            vehicle=table[:, 0].astype(np.int32),
            drivable=drivable,
            position=np.clip(position, 0.0, self._length[drivable]),
            speed=np.maximum(table[:, 3], 0.0),
        )

    def _step(self) -> set[str]:
        """Lets SUMO move by one second. Gives the vehicles that it has put on the road, which it reads from now on."""
        self._sumo.simulationStep()
        new = set(self._sumo.simulation.getDepartedIDList())
        for name in new:
            self._sumo.vehicle.subscribe(name, (LANE, POSITION, SPEED))
        return new

    def _show(self, signals: StructuredArray) -> None:
        """Hands the states to SUMO that have changed."""
        columns = (signals["row"].tolist(), signals["interval"].tolist(), signals["previous"].tolist())
        for place, (row, interval, previous) in enumerate(zip(*columns, strict=True)):
            key = (place, row, previous if interval == YELLOW else -1)
            if key not in self._states:
                ending = self._network.tables.phase_row[place, previous] if interval == YELLOW else None
                self._states[key] = state(self._network, place, row, None if ending is None else int(ending))
            closed = self._closed.at(place, self._moved)
            letters = red_at(self._states[key], closed) if closed else self._states[key]
            if letters != self._given[place]:
                self._given[place] = letters
                self._sumo.trafficlight.setRedYellowGreenState(self._signals[place], letters)

    def lights(self) -> Lights | None:
        """What SUMO's own control shows in the second just past. None if it shows what it is given."""
        if not self._own:
            return None
        steps = [self._steps[place][self._sumo.trafficlight.getPhase(name)] for place, name in enumerate(self._signals)]
        phase, interval = np.array(steps, np.int32).T
        return Lights(phase, interval)

    def close(self) -> None:
        """Ends SUMO."""
        self._sumo.close()
