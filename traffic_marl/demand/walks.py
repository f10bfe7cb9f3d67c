"""Random walks over the roads of a network: probabilities of the turns, walks, and expected flows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.errors import DemandError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network


@dataclass(frozen=True)
class Turning:
    """Shares of the vehicles that turn left, go through and turn right.

    They are relative to one another. Where an intersection offers only some of the turns, all vehicles are divided
    among these. Two movements with the same turn get equal shares.
    """

    left: float = 0.1
    through: float = 0.8
    right: float = 0.1

    def __post_init__(self) -> None:
        shares = (self.left, self.through, self.right)
        if not np.isfinite(shares).all() or min(shares) < 0 or sum(shares) <= 0:
            raise DemandError("turning", f"{shares} are not shares", "give numbers of at least 0, one above 0")

    def of(self, turn: str) -> float:
        """The share of a turn: "left", "through" or "right"."""
        return {"left": self.left, "through": self.through, "right": self.right}[turn]


class Walks:
    """Random walks of vehicles with G sets of turning shares. They make no U-turn and end outside the network.

    A vehicle that has passed `most` intersections takes the shortest way out from there. Shares `at` an intersection,
    or on a road that enters one, come before those of the vehicles.
    """

    def __init__(
        self, network: Network, turnings: Sequence[Turning], most: int, at: Mapping[str, Turning] | None = None
    ) -> None:
        self._network = network
        self._most = most
        roads = {name: road for road, name in enumerate(network.roads)}
        self._from = np.array([roads[before] for before, _ in network.movement_roads], dtype=np.int32)  # (M,)
        self._to = np.array([roads[after] for _, after in network.movement_roads], dtype=np.int32)  # (M,)
        usable = ~_leads_back(network)
        self._leaves = ~joined(network)[1]  # (R,) the road ends at the rim
        self._way_out = self._shortest_ways_out(usable)  # (R,) movement, NONE where there is no way or need
        self.probability = self._probabilities(turnings, usable, shares_at(network, at or {}))  # (G, M)
        self._choice, self._bound = self._tabulated()

    def flow(self, entry: Ints, group: Ints, inflow: Floats) -> Floats:
        """Exact expected flow of each movement. Probabilities are propagated road by road.

        Args:
            entry: (S,) roads on which vehicles enter.
            group: (S,) index of their set of turning shares.
            inflow: [veh/s] (S,)

        Returns:
            [veh/s] (M,)

        Raises:
            DemandError: vehicles reach a road without a way out, or where no turn has a share.
        """
        on_road = np.zeros((len(self.probability), len(self._leaves)))  # [veh/s] (G, R)
        np.add.at(on_road, (group, entry), inflow)
        total = np.zeros(len(self._from))
        for _ in range(self._most):
            self._check(on_road)
            moved = on_road[:, self._from] * self.probability
            total += moved.sum(axis=0)
            on_road = np.zeros_like(on_road)
            np.add.at(on_road.T, self._to, moved.T)
        return total + self._flow_out(np.where(self._leaves, 0.0, on_road.sum(axis=0)))

    def draw(self, entry: Ints, group: Ints, generator: np.random.Generator) -> Ints:
        """Roads of each of V vehicles in driving order, (V, longest walk), NONE after the last."""
        columns = [entry]
        under_way = np.flatnonzero(~self._leaves[entry])
        while len(under_way):
            road = columns[-1][under_way]
            at_random = len(columns) <= self._most
            movement = self._pick(road, group[under_way], generator) if at_random else self._way_out[road]
            column = np.full(len(entry), NONE, dtype=np.int32)
            column[under_way] = self._to[movement]
            columns.append(column)
            under_way = under_way[~self._leaves[column[under_way]]]
        return np.stack(columns, axis=1)

    def _pick(self, road: Ints, group: Ints, generator: np.random.Generator) -> Ints:
        draw = generator.random(len(road))
        place = (draw[:, None] >= self._bound[group, road]).sum(axis=1)
        picked: Ints = self._choice[road, place]
        return picked

    def _probabilities(self, turnings: Sequence[Turning], usable: Bools, at: dict[int, Turning]) -> Floats:
        """(G, M) Probability of each movement on the road that the movement leaves. 0 where no turn has a share."""
        turns = self._network.movement_turns
        alike_of = list(zip(self._from.tolist(), turns, strict=True))
        usable_of = Counter(key for key, counts in zip(alike_of, usable, strict=True) if counts)
        alike = np.array([usable_of[key] for key in alike_of])
        shares = np.array(
            [[at.get(m, turning).of(turn) for m, turn in enumerate(turns)] for turning in turnings], dtype=np.float64
        )
        weight = np.where(usable, shares / np.maximum(alike, 1), 0.0)
        weight[:, usable & self._continues(usable)] = 1.0
        total = np.zeros((len(turnings), len(self._leaves)))
        np.add.at(total.T, self._from, weight.T)
        return np.divide(weight, total[:, self._from], out=np.zeros_like(weight), where=weight > 0)

    def _continues(self, usable: Bools) -> Bools:
        """(M,) the only movement of a road at a junction without signals, which vehicles take whatever their shares."""
        ways = np.bincount(self._from, usable, len(self._leaves))
        return np.asarray((ways[self._from] == 1) & (self._network.tables.movement_intersection == NONE))

    def _tabulated(self) -> tuple[Ints, Floats]:
        """Movements that leave each road (R, A), and upper bounds of their cumulated probabilities (G, R, A)."""
        leaving = [np.flatnonzero(self._from == road) for road in range(len(self._leaves))]
        most = max(map(len, leaving))
        choice = np.full((len(leaving), most), NONE, dtype=np.int32)
        bound = np.full((len(self.probability), len(leaving), most), 2.0)  # 2: beyond every draw
        for road, movements in enumerate(leaving):
            choice[road, : len(movements)] = movements
            reached = np.cumsum(self.probability[:, movements], axis=1)
            bound[:, road, : len(movements)] = np.where(reached > 1.0 - 1e-9, 2.0, reached)
        return choice, bound

    def _shortest_ways_out(self, usable: Bools) -> Ints:
        """(R,) Movement that starts the shortest way to the rim."""
        tables = self._network.tables
        lanes = np.bincount(tables.lane_road)
        length = np.bincount(tables.lane_road, tables.length[: len(tables.lane_road)]) / lanes
        left = np.where(self._leaves, 0.0, np.inf)  # [m] to go after the end of each road
        way_out = np.full(len(left), NONE, dtype=np.int32)
        changed = True
        while changed:
            changed = False
            for movement in np.flatnonzero(usable).tolist():
                road, after = self._from[movement], self._to[movement]
                if length[after] + left[after] < left[road]:
                    left[road], way_out[road], changed = length[after] + left[after], movement, True
        return way_out

    def _flow_out(self, on_road: Floats) -> Floats:
        """[veh/s] (M,) Flow of the vehicles that are on the roads (R,) and take the shortest way out."""
        total = np.zeros(len(self._from))
        while on_road.any():
            roads = np.flatnonzero(on_road)
            movement = self._way_out[roads]
            total += np.bincount(movement, on_road[roads], len(total))
            arrived = np.bincount(self._to[movement], on_road[roads], len(on_road))
            on_road = np.where(self._leaves, 0.0, arrived)
        return total

    def _check(self, on_road: Floats) -> None:
        """Refuses roads on which vehicles arrive and from which they cannot continue."""
        arrives = (on_road > 0) & ~self._leaves
        lost = np.flatnonzero(arrives.any(axis=0) & (self._way_out == NONE))
        if len(lost):
            what = f"road {self._network.roads[lost[0]]!r} has no way out"
            raise DemandError("turning", what, "join it to a road that leaves the network")
        offered = np.zeros(on_road.shape)
        np.add.at(offered.T, self._from, self.probability.T)
        stuck = np.flatnonzero((arrives & (offered == 0)).any(axis=0))
        if len(stuck):
            what = f"none of the turns at the end of road {self._network.roads[stuck[0]]!r} has a share"
            raise DemandError("turning", what, "give one of them a share above 0")


def shares_at(network: Network, at: Mapping[str, Turning]) -> dict[int, Turning]:
    """The shares that hold for some movements, by name of their intersection or of the road that they leave.

    Raises:
        DemandError: there is neither an intersection nor such a road of a name.
    """
    end = {road: node for _, node, road in network.graph.edges(keys=True)}
    roads = [before for before, _ in network.movement_roads]
    known = {*roads, *(end[road] for road in roads)}
    for name in at:
        if name not in known:
            what = "there is neither an intersection nor a road into one of this name"
            raise DemandError(f"local_turning[{name}]", what, "use names of the network")
    by_place = {m: at[end[road]] for m, road in enumerate(roads) if end[road] in at}
    return by_place | {m: at[road] for m, road in enumerate(roads) if road in at}


def joined(network: Network) -> tuple[Bools, Bools]:
    """(R,) whether a connection leads to each road, and (R,) whether one leads away from it."""
    tables = network.tables
    has_way_in = np.zeros(len(network.roads), dtype=np.bool_)
    has_way_out = np.zeros(len(network.roads), dtype=np.bool_)
    has_way_in[tables.lane_road[tables.end_lane]] = True
    has_way_out[tables.lane_road[tables.start_lane]] = True
    return has_way_in, has_way_out


def _leads_back(network: Network) -> Bools:
    """(M,) the movement is a U-turn, back to the node at which the road it leaves from begins."""
    begin = {name: node for node, _, name in network.graph.edges(keys=True)}
    end = {name: node for _, node, name in network.graph.edges(keys=True)}
    return np.array([end[after] == begin[before] for before, after in network.movement_roads], dtype=np.bool_)
