"""The learner connector: it turns the samples of the runners into the batch of a loss of RLlib."""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from ray.rllib.connectors.connector_v2 import ConnectorV2
from ray.rllib.core.columns import Columns
from torch import Tensor

from traffic_marl.learning.rllib.batches.choices import Batch, Values
from traffic_marl.learning.rllib.batches.scale import ReturnScale
from traffic_marl.learning.rllib.episode import TeamEpisode
from traffic_marl.learning.rllib.modules import TEAM


class Convert(Protocol):
    """Makes a batch of samples."""

    def __call__(self, episodes: Sequence[TeamEpisode], values: Values, scale: ReturnScale) -> Batch:
        """The columns, by name.

        Args:
            episodes: the samples.
            values: gives the critic's values (rows, N) of observations (rows, N, F), in the units of `scale`.
            scale: of the returns. It may be updated.
        """
        ...


class TeamConnector(ConnectorV2):  # type: ignore[misc]
    """Turns episodes into one batch. RLlib calls it. It is the only piece of its pipeline.

    Args:
        convert: makes the batch.
    """

    def __init__(self, convert: Convert) -> None:
        super().__init__()
        self._convert = convert

    def __call__(self, *, rl_module: Any, episodes: Sequence[TeamEpisode], **others: Any) -> Batch:
        """The batch of the one module."""
        module = rl_module[TEAM].unwrapped()
        device = next(module.parameters()).device

        def values(observations: Tensor) -> Tensor:
            with torch.no_grad():
                return module.compute_values({Columns.OBS: observations.to(device)}).cpu()  # type: ignore[no-any-return]

        columns = self._convert(episodes, values, module.return_scale)
        return {TEAM: {name: column.to(device) for name, column in columns.items()}}
