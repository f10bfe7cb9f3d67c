"""A mover that lets a simulation of this package move the vehicles, to compare what is observed with it."""

from traffic_marl.kernels.observed.tables import Seen
from traffic_marl.simulation import Simulation


class RepeatingMover:
    """Moves the vehicles as a simulation with the same trips does, under the same requests for phases."""

    def __init__(self, simulation: Simulation):
        self.simulation = simulation

    def ask(self, phases):
        """Hands the phases on that are asked for in the next seconds."""
        self.phases = phases

    def move(self, signals):
        self.simulation.advance(self.phases, 1)
        now = self.simulation.positions(0)
        assert now.row.tolist() == signals["row"].tolist(), "the signals differ"
        return Seen(now.vehicle.astype("i4"), now.drivable.astype("i4"), now.distance, now.speed)

    def lights(self):
        return None
