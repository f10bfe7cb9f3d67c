"""Traffic that is driven second by second, with the inputs that an exported controller gets."""

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.made_up_runs import made_up_run
from traffic_marl.actions import make_actions
from traffic_marl.actions.moment import Moment
from traffic_marl.actions.tables import NO_BOUND
from traffic_marl.learning.runs.export import export
from traffic_marl.observation import MovementCounts, allowed_phases

TRAINED = {"action": "gap_out", "interval": 1}
LIMITS = ("min_green", "max_green", "yellow", "all_red")


class Street:
    """A scenario with the kernel's action space beside the inputs of a controller for each of its intersections."""

    def __init__(self, scenario, seeds, longest_wait=180, longest_green=60):
        self.timing, self.simulation = scenario.timing(), scenario.simulation(seeds)
        self.network = self.simulation.network
        self.counts = MovementCounts(self.network)
        self.bound = NO_BOUND if longest_wait is None else longest_wait
        limits = longest_wait, longest_green
        self.actions = make_actions("gap_out", len(seeds), self.network, self.timing, *limits)
        self.readings = self.simulation.readings()
        rows, movements = self.readings.phase.size, self.counts.largest
        self.memory = {"waited": np.zeros((rows, movements), np.int64), "empty": np.zeros(rows, np.int64)}

    def masks(self):
        """(B, N, P) phases that may be asked for, as the kernel says. Once at each second."""
        allowed = allowed_phases(self.network, self.timing, 1, self.readings)
        return self.actions.masks(Moment(self.readings, allowed, np.zeros(self.readings.phase.shape, np.bool_)))

    def inputs(self, phases=None, slots=None):
        """The inputs of a controller by name, a row for each intersection of each copy, padded to a size."""
        copies, intersections, own = self.readings.since_served.shape
        table = np.full((intersections, phases or own, slots or self.counts.slots.shape[2]), -1)
        table[:, :own, : self.counts.slots.shape[2]] = self.counts.slots
        rows = copies * intersections
        limits = {name: getattr(self.timing, name) for name in LIMITS} | {"wait_bound": self.bound}
        given = self.counts.inputs(self.readings)
        given["since_served"] = np.pad(given["since_served"], ((0, 0), (0, 0), (0, table.shape[1] - own)))
        given = {name: each.reshape(rows, *each.shape[2:]) for name, each in given.items()}
        given |= {name: np.full(rows, value) for name, value in limits.items()}
        return given | self.memory | {"slots": np.tile(table, (copies, 1, 1))}

    def advance(self, phases):
        self.simulation.advance(np.asarray(phases, np.int32), 1)
        self.readings = self.simulation.readings()


def exported_controller(folder: Path, **settings):
    """A run with a random policy and the path of its controller."""
    pytest.importorskip("onnxscript")
    made_up_run(folder / "run", **TRAINED, **settings)
    export(str(folder / "run"), folder / "policy.onnx")
    return folder / "policy.onnx"
