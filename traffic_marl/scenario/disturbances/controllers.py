"""Controllers of a scenario that fail: their signals run a plan by the clock."""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from traffic_marl.arrays import Bools, Floats
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.greens import shared_greens
from traffic_marl.network.network import Network
from traffic_marl.scenario.validation import Number, ScenarioPart, WholeNumber
from traffic_marl.simulation import Fallback

STREAM = 0xC0217801  # keeps these draws apart from others made from the same seed


class Controllers(ScenarioPart):
    """Controllers that fail. By default none does.

    The signals of an intersection whose controller fails run a plan by the clock from the beginning, whatever a
    strategy asks for. All of its phases are green in turn, in proportion to the expected flow of the fullest lane that
    each serves. The seed of a run alone decides which controllers fail, so every strategy meets the same.
    """

    part: ClassVar[str] = "controllers"

    failing_share: Annotated[Number, Field(ge=0, le=1)] = 0.0
    """Share of the intersections whose controllers fail."""
    cycle_s: Annotated[WholeNumber, Field(ge=10, le=600)] = 90
    """Cycle of the plans. It is longer where the shortest greens need it, and shorter where the longest ones do."""

    def plans(self, network: Network, flow: Floats, timing: Timing) -> tuple[Fallback, ...]:
        """The plan of each intersection.

        Args:
            network: the network.
            flow: [veh/s] (M,) expected of each movement.
            timing: of the signals.
        """
        loads = _lane_flows(network, flow)
        return tuple(
            Fallback(n, _phases(_weights(network, loads, n), self.cycle_s, timing))
            for n in range(len(network.intersections))
        )

    def failed(self, plans: tuple[Fallback, ...], seed: int) -> tuple[Fallback, ...]:
        """The plans of the intersections whose controllers fail in the run with a seed.

        Their number is the share of all, rounded up or down at random. A larger share takes those of a smaller one too.
        """
        generator = np.random.default_rng((seed, STREAM))
        order = generator.permutation(len(plans))
        count = int(len(plans) * self.failing_share + generator.random())
        return tuple(plans[n] for n in sorted(order[:count].tolist()))


def _lane_flows(network: Network, flow: Floats) -> Floats:
    """[veh/s] (M,) expected on each lane of a movement, which it uses evenly."""
    return np.asarray(flow / np.diff(network.tables.movement_lane_start))


def _weights(network: Network, loads: Floats, n: int) -> Floats:
    """(phases,) the flow of the fullest lane that each phase of an intersection serves, 1 for each if there is none.

    A movement that every phase serves needs no green of its own.
    """
    tables = network.tables
    served: Bools = tables.served[tables.movement_intersection == n, : tables.phase_count[n]]
    own = loads[tables.movement_intersection == n]
    counts = ~served.all(axis=1)
    weights = np.where(served[counts], own[counts][:, None], 0.0).max(axis=0, initial=0.0)
    return np.asarray(weights if weights.sum() > 0.0 else np.ones(served.shape[1]))


def _phases(weights: Floats, cycle: int, timing: Timing) -> tuple[int, ...]:
    """The phase to ask for in each second of a cycle: from the end of a green on, the next one.

    The greens are in proportion to the weights, from the min to the max green. The cycle is in seconds.
    """
    change = timing.yellow + timing.all_red
    greens = shared_greens(cycle - change * len(weights), weights, max(timing.min_green, 1), timing.max_green)
    turns = np.repeat(np.arange(len(greens)), greens + change)
    return tuple(np.roll(turns, -change).tolist())
