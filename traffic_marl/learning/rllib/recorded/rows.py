"""Learning from recorded decisions, through RLlib's offline data: rows of Parquet become the batches of a loss.

RLlib's own step in the place of `RecordedChoices` knows single agents alone. Ours makes rows as our runner's samples
have them: choices of one intersection, or decisions of a team.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from ray.rllib.core.columns import Columns
from ray.rllib.evaluation.postprocessing import Postprocessing
from ray.rllib.offline.offline_prelearner import OfflinePreLearner

from traffic_marl.actions import choosing
from traffic_marl.arrays import Singles
from traffic_marl.learning.offline.data_set import DataSet
from traffic_marl.learning.rllib.batches.scale import ReturnCode
from traffic_marl.learning.rllib.batches.team import Team
from traffic_marl.learning.rllib.modules import TEAM

ROWS = "rows"  # key in `env_config`: how rows become batches
UNKNOWN = 0.05  # most weight of the rewards after the end of an episode in the return of a row that is learnt from


@dataclass(frozen=True)
class Rows:
    """How recorded rows become the columns of a batch.

    Returns end with their episode. The last rows, in whose returns the rewards after it would weigh much, are left out.

    Args:
        team: the intersections.
        discount: factor per decision.
        agents: N.
        code: mean and deviation of the compressed returns, in which a critic learns. None: there is no critic.
    """

    team: Team
    discount: float
    agents: int
    code: tuple[float, float] | None

    def columns(self, rows: dict[str, Any]) -> dict[str, Any]:
        """The columns (rows, 1 or N, ...) of the choices in recorded rows (T, ...) of whole episodes."""
        observations = _matrix(rows[Columns.OBS], np.float32).reshape(-1, self.agents, self.team.layout.size)
        actions = _matrix(rows[Columns.ACTIONS], np.int64)
        chosen = choosing(self.team.layout, observations)
        columns = {Columns.OBS: observations, Columns.ACTIONS: actions}
        if self.code is not None:
            returns, known = self._returns(rows)
            columns[Postprocessing.VALUE_TARGETS] = self._encoded(returns)
            chosen &= known[:, None]
        if self.team.is_single:
            return {name: column[chosen][:, None] for name, column in columns.items()}
        some = chosen.any(1)
        return {name: column[some] for name, column in columns.items()} | {Columns.LOSS_MASK: chosen[some]}

    def _returns(self, rows: dict[str, Any]) -> tuple[Singles, Any]:
        """Discounted returns (T, N) to the end of each episode, and where (T,) they are known well enough."""
        rewards = _matrix(rows[Columns.REWARDS], np.float32)
        returns, left = rewards.copy(), np.zeros(len(rewards))
        after, weight = np.zeros(self.agents, np.float32), 1.0
        for now in range(len(rewards) - 1, -1, -1):
            if rows["truncateds"][now]:
                after, weight = np.zeros(self.agents, np.float32), 1.0
            after = returns[now] = rewards[now] + self.discount * after
            weight = left[now] = self.discount * weight
        return returns, left <= UNKNOWN

    def _encoded(self, returns: Singles) -> Singles:
        code = ReturnCode()
        assert self.code is not None, "there is a critic"
        code.mean[:], code.deviation[:] = self.code
        return code.encode(torch.from_numpy(returns)).numpy()


class RecordedChoices(OfflinePreLearner):  # type: ignore[misc]
    """Makes batches of recorded rows. RLlib calls it in processes that read the data."""

    def __init__(self, *, config: Any, **others: Any) -> None:
        self._rows: Rows = config.env_config[ROWS]

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """The columns of the one module, under names that RLlib takes apart again."""
        return {f"{TEAM}/{name}": column for name, column in self._rows.columns(batch).items()}


def return_code(data: DataSet, discount: float) -> tuple[float, float]:
    """Mean and deviation of the compressed returns of a data set, with this factor per decision.

    Raises:
        FileError: a file is missing or damaged.
    """
    agents = len(data.facts.intersections)
    code = ReturnCode()
    found = []
    for rows in episodes_of(data):
        rewards = _matrix(rows[Columns.REWARDS], np.float32)
        returns = np.zeros(agents, np.float32)
        for reward in rewards[::-1]:
            returns = reward + discount * returns
            found.append(returns)
    code.update(torch.from_numpy(np.stack(found)))
    return float(code.mean), float(code.deviation)


def episodes_of(data: DataSet) -> Any:
    """The rewards of each episode of a data set, by the names of their columns."""
    from pyarrow import parquet

    for file in data.files:
        yield parquet.read_table(file, columns=[Columns.REWARDS]).to_pydict()


def _matrix(values: Sequence[Any] | Any, kind: type) -> Any:
    """A column of lists as one array (T, ...)."""
    return np.stack([np.asarray(each, kind) for each in values])
