"""Encoders: make observations of readings."""

from collections.abc import Collection
from operator import attrgetter
from typing import Protocol

import numpy as np

from traffic_marl.arrays import Floats, Ints, Singles
from traffic_marl.checks import at_least_one, check_call, check_name, ensure_kind, shown
from traffic_marl.errors import UsageError
from traffic_marl.imported import errors_located
from traffic_marl.kernels.tables import NONE, Timing
from traffic_marl.network.network import Network
from traffic_marl.observation.features import (
    GROUPS,
    MOVEMENT_FEATURES,
    MOVEMENT_GROUPS,
    PHASE,
    PHASE_FEATURES,
    PLAN,
    PRESENT,
    names,
)
from traffic_marl.observation.kernel import observe
from traffic_marl.observation.layout import MASK, ObservationLayout
from traffic_marl.observation.plan import Foresight
from traffic_marl.observation.slots import observed_roads
from traffic_marl.observation.tables import Columns, View
from traffic_marl.simulation import Readings

FORESEEN = len(names(PHASE_FEATURES, PHASE))  # place of the first feature of a plan among those of a phase
TOLD = "told_"  # before the names of readings that are known from the neighbours
_seen = attrgetter(*(name for name in View._fields if not name.startswith(TOLD)))  # readings that the kernel takes
_told = attrgetter(*(name.removeprefix(TOLD) for name in View._fields if name.startswith(TOLD)))


class Encoder(Protocol):
    """Makes observations of readings, in one layout."""

    @property
    def layout(self) -> ObservationLayout:
        """The places of the features in an observation."""
        ...

    def __call__(self, readings: Readings) -> Singles:
        """Observations (B, N, F)."""
        ...


class FeatureEncoder:
    """Makes observations of the features in `features`, each number in 0 .. 1.

    Args:
        network: where the readings come from.
        timing: the rules of its signals.
        interval: [s] until the next decision.
        groups: of features, among `features.GROUPS`.
        flow: [veh/s] (M,) expected demand of each movement, for plans. None if it is not known.

    Raises:
        UsageError: an argument has a wrong type or shape.
    """

    def __init__(
        self, network: Network, timing: Timing, interval: int, groups: Collection[str], flow: Floats | None = None
    ) -> None:
        ensure_kind("network", network, Network, "Scenario.build_network()")
        ensure_kind("timing", timing, Timing, "Scenario.timing()")
        if not isinstance(groups, list | tuple | set | frozenset):
            raise UsageError(
                "groups", f"{shown(groups)} is not a sequence of names", f"choose among {', '.join(GROUPS)}"
            )
        for group in groups:
            check_name("group", group, GROUPS)
        if flow is not None:
            _check_flow(flow, network)
        self.timing = timing
        self.interval = at_least_one("interval", interval)
        self._roads = observed_roads(network)
        _, phases, movements = self._roads.movement.shape
        chosen = tuple(group for group in GROUPS if group in groups)
        by_movement, by_phase = names(MOVEMENT_FEATURES, PRESENT, *chosen), names(PHASE_FEATURES, PHASE, *chosen)
        self.layout = ObservationLayout(phases, movements, by_movement, by_phase)
        self._columns = Columns(_starts(by_movement), len(by_movement), len(by_phase))
        self._foresight = Foresight(network, timing, self.interval, flow) if PLAN in chosen else None

    def __call__(self, readings: Readings) -> Singles:
        """Observations (B, N, F)."""
        out = np.empty((*readings.phase.shape, self.layout.size), np.float32)
        view = View._make((*_seen(readings), *_told(readings.neighbours)))
        observe(self._roads, view, self.timing, self.interval, self._columns, out)
        if self._foresight is not None:
            self.layout.split(out)[1][..., FORESEEN:] = self._foresight(readings)
        return out


class CheckedEncoder:
    """A user's own encoder, whose observations are checked.

    Args:
        encoder: the user's.
        network: where the readings come from.
        label: names the encoder in errors.
        where: the argument or flag that holds it.

    Raises:
        UsageError: it has no layout, or one that does not fit the network.
    """

    def __init__(self, encoder: Encoder, network: Network, label: str, where: str) -> None:
        layout = getattr(encoder, "layout", None)
        if not callable(encoder) or not isinstance(layout, ObservationLayout):
            remedy = "give something with a `layout` (an ObservationLayout) that can be called with readings"
            raise UsageError(where, f"{label} makes {shown(encoder)}, which is no encoder", remedy)
        check_call(encoder, where, label, ("readings",))
        phases = network.tables.served.shape[1]
        if layout.phases != phases:
            what = f"the layout of {label} has {layout.phases} phases, the network {phases}"
            raise UsageError(where, what, "take them from network.tables.served.shape[1]")
        if MASK not in layout.phase_features:
            what = f"the layout of {label} has no phase feature {MASK!r}, which is the action mask"
            raise UsageError(where, what, "add it, and fill it with observation.allowed_phases")
        self.layout = layout
        self._encoder = encoder
        self._label = label
        self._where = where

    def __call__(self, readings: Readings) -> Singles:
        """Observations (B, N, F).

        Raises:
            UsageError: the encoder gave something else.
        """
        shape = (*readings.phase.shape, self.layout.size)
        with errors_located(self._where, self._label):
            given = self._encoder(readings)
        try:
            observations = np.array(given, np.float32)  # a copy, because an encoder may keep its array
        except (TypeError, ValueError):
            what = f"{self._label} gives {shown(given)}, not numbers"
            raise UsageError(self._where, what, f"give an array of shape {shape}") from None
        if observations.shape != shape:
            what = f"{self._label} gives an array of shape {observations.shape}"
            raise UsageError(self._where, what, f"give {shape}: copies, intersections, features")
        if not np.isfinite(observations).all():
            raise UsageError(self._where, f"{self._label} gives a value that is no finite number", "check its sums")
        return observations


def _check_flow(flow: Floats, network: Network) -> None:
    """Checks that flows are numbers from 0 on, one for each movement.

    Raises:
        UsageError: they are not.
    """
    given = np.asarray(flow)
    alike = given.shape == network.tables.movement_intersection.shape and given.dtype.kind in "fiu"
    if not alike or not (given >= 0).all():
        remedy = "give the demand of each movement, as Scenario.flow() does"
        raise UsageError("flow", f"{shown(flow)} is no array of a number from 0 on for each movement", remedy)


def _starts(features: tuple[str, ...]) -> Ints:
    """First place of each group (G,) among the features of a movement, NONE if it is left out."""
    first = [names(MOVEMENT_FEATURES, group)[0] for group in MOVEMENT_GROUPS]
    return np.array([features.index(name) if name in features else NONE for name in first], np.int32)
