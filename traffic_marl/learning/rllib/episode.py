"""TeamEpisode: a stretch of decisions of one copy, with all its intersections together."""

import builtins
import uuid
from typing import Any

from traffic_marl.arrays import Singles


class TeamEpisode:
    """A stretch of one copy's decisions, with the interface of RLlib's episodes.

    RLlib's learners, learner groups and metrics use it in place of their own episodes. It does not tell agents apart:
    one row is one decision of the whole team. The columns may be views of larger arrays. Nothing changes them.

    Args:
        columns: by name, arrays (T, N, ...): `obs` float32, `actions`, `rewards`, and further ones of the algorithm.
        last_observation: (N, F) after the last decision.
        is_cut: whether the episode ended after the last decision, truncated at the horizon.
        id_: identifies the episode. A new one is made if it is None.
        weights: number of the weights that made the decisions. None if it is not known.
    """

    __slots__ = ("columns", "id_", "is_cut", "last_observation", "weights")

    def __init__(
        self,
        columns: dict[str, Any],
        last_observation: Singles,
        is_cut: bool,
        id_: str | None = None,
        weights: int | None = None,
    ) -> None:
        self.columns = columns
        self.last_observation = last_observation
        self.is_cut = is_cut
        self.id_ = id_ or uuid.uuid4().hex
        self.weights = weights

    def __len__(self) -> int:
        """Number T of decisions."""
        return len(self.columns["rewards"])

    def env_steps(self) -> int:
        """Number T of decisions."""
        return len(self)

    def agent_steps(self) -> int:
        """Number T x N of decisions of single intersections."""
        return int(self.columns["rewards"].size)

    @property
    def is_done(self) -> bool:
        """Whether the episode ended after the last decision."""
        return self.is_cut

    def __getitem__(self, part: slice) -> "TeamEpisode":
        """A part of the stretch. RLlib divides episodes among its learners this way."""
        first, last, step = part.indices(len(self))
        assert step == 1, "an episode is cut, not thinned"
        to_end = last == len(self)
        next_observation = self.last_observation if to_end else self.columns["obs"][last]
        columns = {name: column[first:last] for name, column in self.columns.items()}
        return TeamEpisode(columns, next_observation, self.is_cut and to_end, self.id_, self.weights)

    def slice(self, part: "builtins.slice", *, len_lookback_buffer: int | None = None) -> "TeamEpisode":
        """Same as indexing. RLlib's look-back buffer is not supported."""
        return self[part]

    def __reduce__(self) -> tuple[Any, ...]:
        return TeamEpisode, (self.columns, self.last_observation, self.is_cut, self.id_, self.weights)


def cut(
    columns: dict[str, Any], last: int, next_observations: Singles, is_end: bool, weights: int
) -> list[TeamEpisode]:
    """The decisions before `last` of columns (T, B, N, ...), as an episode for each copy, in views.

    Args:
        columns: by name.
        last: number of decisions.
        next_observations: (B, N, F) after the last decision.
        is_end: whether the episodes ended there.
        weights: number of the weights that made the decisions.
    """
    return [
        TeamEpisode(
            {name: column[:last, copy] for name, column in columns.items()},
            next_observations[copy],
            is_end,
            weights=weights,
        )
        for copy in range(len(next_observations))
    ]
