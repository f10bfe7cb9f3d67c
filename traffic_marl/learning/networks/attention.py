"""Attention over the road graph: features that an intersection gets from its neighbours."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class NeighbourAttention(nn.Module):
    """For each intersection, an attention-weighted mean of the features of its neighbours and its own.

    Source: CoLight, Wei et al. 2019, doi 10.1145/3357384.3357902: dot-product attention to the intersections nearby. We
    attend to those one road upstream, with one head, to features that come from phase codes.

    Args:
        inputs: features of each intersection.
        outputs: features of the mean.
        neighbours: (N, k) indices, below 0 where there is none.
    """

    nearby: Tensor
    absent: Tensor

    def __init__(self, inputs: int, outputs: int, neighbours: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.query = nn.Linear(inputs, outputs)
        self.key = nn.Linear(inputs, outputs)
        self.value = nn.Linear(inputs, outputs)
        table = torch.tensor([[n, *near] for n, near in enumerate(neighbours)])
        self.register_buffer("absent", table < 0, persistent=False)  # weights fit a network of any size
        self.register_buffer("nearby", table.clamp(min=0), persistent=False)

    def forward(self, features: Tensor, told: Tensor | None = None) -> Tensor:
        """Means (rows, N, outputs) of features (rows, N, inputs).

        Args:
            features: of each intersection, as it knows them.
            told: the same as the neighbours know them. None if they know them as they are.
        """
        query = self.query(features)
        if told is None:
            key, value = self._near(self.key(features)), self._near(self.value(features))
        else:
            seen = self._seen(features, told)
            key, value = self.key(seen), self.value(seen)
        attention_logits = (query.unsqueeze(-2) * key).sum(-1) / math.sqrt(query.shape[-1])
        weights = torch.softmax(attention_logits.masked_fill(self.absent, -math.inf), -1)
        return torch.tanh((weights.unsqueeze(-1) * value).sum(-2))

    def _seen(self, features: Tensor, told: Tensor) -> Tensor:
        """The features (rows, N, k + 1, inputs) of each intersection itself, and those that its neighbours tell."""
        return torch.cat((features.unsqueeze(-2), self._near(told)[..., 1:, :]), -2)

    def _near(self, features: Tensor) -> Tensor:
        """The features (rows, N, k + 1, outputs) of each intersection and its neighbours."""
        rows = features.index_select(1, self.nearby.flatten())  # several times as fast as features[:, nearby]
        return rows.view(-1, *self.nearby.shape, features.shape[-1])
