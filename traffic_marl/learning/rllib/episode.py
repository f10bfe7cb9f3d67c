"""TeamEpisode: what one copy went through in a stretch of decisions, all its intersections together."""

import builtins
import uuid
from typing import Any

from traffic_marl.arrays import Singles


class TeamEpisode:
    """A stretch of one copy's decisions, as RLlib's learners, learner groups and metrics handle episodes.

    A learner sees no agents apart: one row is one decision of the whole team. The columns may be views of larger
    arrays; nobody changes them.

    Args:
        columns: by name, arrays (T, N, ...): `obs` float32, `actions`, `rewards`, and what the algorithm needs besides.
        last_observation: (N, F) after the last decision.
        is_cut: the episode ended here, by truncation at the horizon.
        id_: of the episode; a new one if not given.
    """

    __slots__ = ("columns", "id_", "is_cut", "last_observation")

    def __init__(
        self, columns: dict[str, Any], last_observation: Singles, is_cut: bool, id_: str | None = None
    ) -> None:
        self.columns = columns
        self.last_observation = last_observation
        self.is_cut = is_cut
        self.id_ = id_ or uuid.uuid4().hex

    def __len__(self) -> int:
        """T decisions."""
        return len(self.columns["rewards"])

    def env_steps(self) -> int:
        """T."""
        return len(self)

    def agent_steps(self) -> int:
        """T times N."""
        return int(self.columns["rewards"].size)

    @property
    def is_done(self) -> bool:
        """Whether the episode ended here."""
        return self.is_cut

    def __getitem__(self, part: slice) -> "TeamEpisode":
        """A part of the stretch; RLlib divides episodes among learners so."""
        first, last, step = part.indices(len(self))
        assert step == 1, "an episode is cut, not thinned"
        to_end = last == len(self)
        following = self.last_observation if to_end else self.columns["obs"][last]
        columns = {name: column[first:last] for name, column in self.columns.items()}
        return TeamEpisode(columns, following, self.is_cut and to_end, self.id_)

    def slice(self, part: "builtins.slice", *, len_lookback_buffer: int | None = None) -> "TeamEpisode":
        """As an index gives; RLlib asks so too, for a stretch with earlier decisions before it, which we do without."""
        return self[part]

    def __reduce__(self) -> tuple[Any, ...]:
        return TeamEpisode, (self.columns, self.last_observation, self.is_cut, self.id_)
