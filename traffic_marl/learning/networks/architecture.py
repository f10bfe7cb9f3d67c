"""Architecture: the structure of a policy, and its transfer to other road networks."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, Self

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import NONE
from traffic_marl.learning.checking.exclusions import NEIGHBOURLY
from traffic_marl.learning.networks.links import links_of
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.network.network import Network
from traffic_marl.observation import ObservationLayout
from traffic_marl.observation.layout import plain_layout


@dataclass(frozen=True)
class Architecture:
    """The structure of a policy and its critic without their weights, in plain values for JSON.

    Kinds, neighbours and names of intersections are filled in only where the policy uses them.
    """

    layout: ObservationLayout
    network: str  # one of settings.NETWORKS
    policy: str  # one of settings.POLICIES
    critic: str  # one of settings.CRITICS
    agents: int  # N intersections
    hidden: tuple[int, ...]  # units in each layer
    kind_names: tuple[str, ...] = ()  # (kinds,) see `kinds_of`
    kinds: tuple[int, ...] = ()  # (N,) kind of each intersection
    neighbours: tuple[tuple[int, ...], ...] = ()  # (N, k) intersections one road upstream, padded with NONE
    intersections: tuple[str, ...] = ()  # (N,) names, if each has a policy of its own
    sending: tuple[tuple[tuple[int, ...], ...], ...] = ()  # (L, J, I) as in `Links`
    receiving: tuple[tuple[int, ...], ...] = ()  # (N, P S) as in `Links`
    residual: bool = False  # the logits are added to those of the observed plan

    def moved_to(self, layout: ObservationLayout, network: Network, where: str = "policy") -> Self:
        """The architecture of the same policy on another road network. The same weights fit both.

        Args:
            layout: of the observations on that network.
            network: the other road network.
            where: names the policy in errors, such as its folder.

        Raises:
            StrategyError: the policy cannot work there. The error says why.
        """
        self._check_layout(layout, where)
        agents = len(network.intersections)
        if self.policy == "independent":
            self._check_intersections(network, where)
        moved = replace(self, layout=layout, agents=agents)
        if self.policy == "by-type":
            return replace(moved, kinds=self._kinds_on(network, where))
        return moved._beside(network)

    def _beside(self, network: Network) -> Self:
        """The architecture with the tables of a network in which it finds neighbours, as far as the policy has any."""
        if self.policy not in NEIGHBOURLY:
            return self
        beside = replace(self, neighbours=neighbour_table(network))
        if self.policy != "message":
            return beside
        links = links_of(network, self.layout)
        return replace(beside, sending=links.sending, receiving=links.receiving)

    def _check_layout(self, layout: ObservationLayout, where: str) -> None:
        features = ("movement_features", "phase_features", "signal_features")
        if any(getattr(layout, name) != getattr(self.layout, name) for name in features):
            raise _misfit(where, "it was trained on another observation", "train one on this observation")
        mine, there = ((each.phases, each.movements) for each in (self.layout, layout))
        if self.network == "mlp" and mine != there:
            what = f"an mlp for {_shape(*mine)} cannot see {_shape(*there)}"
            raise _misfit(where, what, "train one with the phase network, which works on other shapes")

    def _check_intersections(self, network: Network, where: str) -> None:
        if network.intersections != self.intersections:
            what = (
                f"it has a policy for each of {_listed(self.intersections)}, not for {_listed(network.intersections)}"
            )
            raise _misfit(where, what, "train a shared one, which works on any network")

    def _kinds_on(self, network: Network, where: str) -> tuple[int, ...]:
        names = kinds_of(network)
        unknown = sorted(set(names) - set(self.kind_names))
        if unknown:
            what = f"it has no policy for intersections with {unknown[0]}, only for {' and '.join(self.kind_names)}"
            raise _misfit(where, what, "train a shared one, which works on any network")
        return tuple(self.kind_names.index(name) for name in names)

    def to_json(self) -> dict[str, Any]:
        """The architecture as plain values for `from_json`."""
        return asdict(self) | {"layout": plain_layout(self.layout)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The architecture from the values of `to_json`. Lists, as JSON has them, become tuples."""
        plain = {name: _frozen(value) for name, value in values.items() if name != "layout"}
        layout = ObservationLayout(**{name: _frozen(value) for name, value in values["layout"].items()})
        return cls(layout=layout, **plain)


def architecture_for(layout: ObservationLayout, network: Network, settings: TrainingSettings) -> Architecture:
    """The architecture of a policy to be trained.

    Args:
        layout: of the observations.
        network: the road network on which it is trained.
        settings: name network, policy, critic and hidden layers.
    """
    architecture = Architecture(
        layout=layout,
        network=settings.network,
        policy=settings.policy,
        critic=settings.critic,
        agents=len(network.intersections),
        hidden=settings.hidden,
        residual=settings.residual,
    )
    if settings.policy == "independent":
        return replace(architecture, intersections=network.intersections)
    if settings.policy == "by-type":
        names = kinds_of(network)
        known = tuple(sorted(set(names)))
        return replace(architecture, kind_names=known, kinds=tuple(known.index(name) for name in names))
    return architecture._beside(network)


def kinds_of(network: Network) -> list[str]:
    """The kind of each intersection: the turns served by each of its phases, such as `2 phases (lt, rt)`."""
    tables = network.tables
    names = []
    for n, count in enumerate(tables.phase_count.tolist()):
        here = np.flatnonzero(tables.movement_intersection == n)
        phases = [
            "".join(sorted(network.movement_turns[m][0] for m in here if tables.served[m, p])) for p in range(count)
        ]
        names.append(f"{count} phases ({', '.join(phases)})")
    return names


def neighbour_table(network: Network) -> tuple[tuple[int, ...], ...]:
    """(N, k) intersections one road upstream of each, ascending and padded with NONE. k is at least 1."""
    start, neighbour = network.tables.neighbour_start, network.tables.neighbour
    lists: list[Ints] = [neighbour[first:last] for first, last in pairwise(start)]
    width = max(1, *(len(each) for each in lists))
    return tuple((*map(int, each), *(width - len(each)) * (NONE,)) for each in lists)


def _misfit(where: str, what: str, remedy: str) -> StrategyError:
    return StrategyError(where, f"cannot work on this network: {what}", remedy)


def _shape(phases: int, movements: int) -> str:
    return " of ".join(f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in ((phases, "phase"), (movements, "movement")))


def _listed(names: tuple[str, ...]) -> str:
    first = ", ".join(names[:3])
    return first if len(names) <= 3 else f"{first} and {len(names) - 3} more"


def _frozen(value: Any) -> Any:
    """The value with tuples for lists, at any depth."""
    return tuple(_frozen(each) for each in value) if isinstance(value, list | tuple) else value
