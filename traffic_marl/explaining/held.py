"""Trained policies that see nothing of other intersections: features that tell of these are held at their means."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from traffic_marl.arrays import Floats, Singles
from traffic_marl.explaining.alone import diagonal_of
from traffic_marl.learning.acting import Learned, LearnedController
from traffic_marl.learning.checking.exclusions import NEIGHBOURLY
from traffic_marl.learning.policy import Policy
from traffic_marl.observation import Encoder, ObservationLayout
from traffic_marl.observation.encoder import FORESEEN
from traffic_marl.observation.features import MOVEMENT_FEATURES, NEIGHBOURS, names
from traffic_marl.observation.layout import tells_plan
from traffic_marl.observation.plan import Foresight
from traffic_marl.simulation import Readings
from traffic_marl.strategies.strategy import Conditions


class NotingEncoder:
    """Makes the observations of an encoder and adds them up."""

    def __init__(self, encoder: Encoder) -> None:
        self.layout = encoder.layout
        self._encoder = encoder
        self._sum: Floats = np.zeros(1)
        self._count = 0

    def __call__(self, readings: Readings) -> Singles:
        """Observations (B, N, F)."""
        observations = self._encoder(readings)
        self._sum = self._sum + observations.sum(axis=0, dtype=np.float64)
        self._count += len(observations)
        return observations

    @property
    def mean(self) -> Singles:
        """(N, F) over copies and decisions."""
        return np.asarray(self._sum / self._count, np.float32)


class HoldingEncoder:
    """Makes observations in which the features of neighbours are held at their means (N, F), and plans hear nothing."""

    def __init__(self, encoder: Encoder, mean: Singles, conditions: Conditions) -> None:
        self.layout = encoder.layout
        self._encoder = encoder
        seen = conditions.network, conditions.timing, conditions.interval
        self._plan = Foresight(*seen, hears=False) if tells_plan(encoder.layout) else None
        self._columns = neighbour_columns(encoder.layout)
        self._held = self.layout.split(mean)[0][..., self._columns]

    def __call__(self, readings: Readings) -> Singles:
        """Observations (B, N, F)."""
        observations = self._encoder(readings)
        movements, phases, _ = self.layout.split(observations)
        assert np.may_share_memory(movements, observations), "observations of which no view can be taken"
        movements[..., self._columns] = self._held
        if self._plan is not None:
            phases[..., FORESEEN:] = self._plan(readings)
        return observations


class DeafPolicy:
    """Decides for each intersection as a policy does if all others observe their means (N, F)."""

    kind: ClassVar[str] = "deaf"

    def __init__(self, policy: Policy, mean: Singles) -> None:
        self._policy = policy
        self._mean = mean

    def probabilities(self, observations: Singles) -> Singles:
        """Probabilities (B, N, P) of the phases for observations (B, N, F)."""
        copies, intersections, size = observations.shape
        each = np.arange(intersections)
        rows = np.tile(self._mean, (copies, intersections, 1, 1))
        rows[:, each, each] = observations
        found = self._policy.probabilities(rows.reshape(-1, intersections, size))
        chosen: Singles = diagonal_of(found.reshape(copies, intersections, intersections, -1))
        return chosen

    def architecture(self) -> dict[str, Any]:
        """The structure of the policy."""
        return self._policy.architecture()

    def arrays(self) -> dict[str, Any]:
        """The numbers of the policy, by name."""
        return self._policy.arrays()


@dataclass(frozen=True, eq=False)
class Noting:
    """A trained policy whose observations are added up."""

    learned: Learned
    encoders: list[NotingEncoder]  # one for each start

    @property
    def interval(self) -> int:
        """[s] between decisions, as in training."""
        return self.learned.interval

    def start(self, conditions: Conditions) -> LearnedController:
        """A controller that decides as the policy does."""
        controller = self.learned.start(conditions)
        noting = NotingEncoder(controller.sight.encoder)
        self.encoders.append(noting)
        controller.sight.encoder = noting
        return controller


@dataclass(frozen=True, eq=False)
class Held:
    """A trained policy whose features of neighbours are held at their means, and that hears nothing otherwise."""

    learned: Learned
    mean: Singles  # (N, F) observations

    @property
    def interval(self) -> int:
        """[s] between decisions, as in training."""
        return self.learned.interval

    def start(self, conditions: Conditions) -> LearnedController:
        """A controller that sees no neighbours."""
        controller = self.learned.start(conditions)
        controller.sight.encoder = HoldingEncoder(controller.sight.encoder, self.mean, conditions)
        if hears(self.learned):
            controller.policy = DeafPolicy(controller.policy, self.mean)
        return controller


def neighbour_columns(layout: ObservationLayout) -> list[int]:
    """Places of the features of neighbours among those of a movement."""
    told = names(MOVEMENT_FEATURES, *NEIGHBOURS)
    return [place for place, name in enumerate(layout.movement_features) if name in told]


def hears(learned: Learned) -> bool:
    """Whether the intersections of a trained policy exchange messages or attend to each other's observations."""
    return learned.policy.facts.architecture.get("policy") in NEIGHBOURLY
