"""Course: what the faults of its processes did to a training, kept in a file beside its folder."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from math import isnan, nan
from pathlib import Path
from typing import Any, Self

from traffic_marl.errors import FileError, one_line
from traffic_marl.files import replace_text
from traffic_marl.reading import read_text

REMEDY = "remove it with the folder of its training, or give another folder"


@dataclass(frozen=True)
class Hit:
    """A strike that has hit a process."""

    strike: str
    iteration: int  # finished before it
    agent_steps: int  # sampled before it
    resumed: bool = False  # the training ended, and was resumed from its last checkpoint
    lost_agent_steps: int = 0  # that were sampled before it and had to be sampled again
    recovery_s: float | None = None  # until an iteration was finished again. None: it has not been observed


@dataclass(frozen=True)
class Course:
    """The course of a training under faults."""

    hits: tuple[Hit, ...] = ()
    missed: tuple[str, ...] = ()  # strikes whose process was not there before the training ended
    seconds: float = 0.0  # [s] from the first start to the last end, starts included
    failure: str | None = None  # why the training did not go on
    delays: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  # [s/veh] of each seed, by use, or nan

    @property
    def resumptions(self) -> int:
        """How often the training was resumed."""
        return sum(hit.resumed for hit in self.hits)

    @property
    def lost_agent_steps(self) -> int:
        """Agent-steps that were sampled twice."""
        return sum(hit.lost_agent_steps for hit in self.hits)

    def with_hit(self, hit: Hit) -> Self:
        """The course with one more hit."""
        return replace(self, hits=(*self.hits, hit))

    def with_last(self, **news: Any) -> Self:
        """The course with news of the last hit."""
        return replace(self, hits=(*self.hits[:-1], replace(self.hits[-1], **news)))

    def write(self, path: Path) -> None:
        """Replaces the file.

        Raises:
            FileError: it cannot be written.
        """
        delays = {use: [None if isnan(each) else each for each in values] for use, values in self.delays.items()}
        text = json.dumps(asdict(self) | {"delays": delays}, indent=1, allow_nan=False)
        replace_text(path, "out", text + "\n")

    @classmethod
    def read(cls, path: Path) -> Self:
        """The course in a file, an empty one if there is none.

        Raises:
            FileError: the file is damaged.
        """
        if not path.exists():
            return cls()
        try:
            content = json.loads(read_text(path, REMEDY))
            return cls(
                hits=tuple(Hit(**hit) for hit in content["hits"]),
                missed=tuple(map(str, content["missed"])),
                seconds=float(content["seconds"]),
                failure=content["failure"],
                delays={str(use): tuple(map(_delay, values)) for use, values in content["delays"].items()},
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise FileError(one_line(path), "is damaged", REMEDY) from error


def _delay(value: Any) -> float:
    """A delay [s/veh], nan where no vehicle departs."""
    return nan if value is None else float(value)
