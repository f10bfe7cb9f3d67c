"""Ways in which messages between intersections fail, and the draws that decide which of them do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Bools

STREAM = 0x3E55A6E5  # keeps these draws apart from others made from the same seed
WORDS = 2**32  # numbers that one draw may be


@dataclass(frozen=True)
class MessageFaults:
    """Ways in which the messages of the intersections of a network fail."""

    lost: float = 0.0  # share of the messages that do not arrive, each drawn on its own
    silent: float = 0.0  # share of the intersections none of whose messages arrives
    false: float = 0.0  # share of the intersections whose messages are false
    delay: int = 0  # [s] from sending to arrival

    @property
    def any(self) -> bool:
        """Whether messages fail at all."""
        return self.lost > 0.0 or self.silent > 0.0 or self.false > 0.0 or self.delay > 0


NO_FAULTS = MessageFaults()


@dataclass(frozen=True, eq=False)
class Senders:
    """The intersections as senders of messages, in all copies."""

    lost: float  # share of the messages that do not arrive
    seeds: tuple[int, ...]  # (B,) of the copies
    silent: Bools  # (B, N) none of its messages arrives
    false: Bools  # (B, N) its messages are false

    def arriving(self, time: int) -> Bools:
        """(B, N) whether the message that an intersection sends at a time [s] arrives.

        Copies with the same seed lose the same messages, whatever else the seeds of the other copies are.
        """
        if self.lost == 0.0:
            return ~self.silent
        count = self.silent.shape[1]
        draws = {
            seed: np.random.default_rng((seed, STREAM, time)).integers(WORDS, size=count)
            for seed in dict.fromkeys(self.seeds)
        }
        words = np.stack([draws[seed] for seed in self.seeds])
        return np.asarray((words >= self.lost * WORDS) & ~self.silent)


def senders(faults: MessageFaults, seeds: Sequence[int], intersections: int) -> Senders:
    """The intersections whose messages fail in each copy.

    Their numbers are the shares of all, rounded up or down at random. A larger share takes those of a smaller one too.

    Args:
        faults: of all copies.
        seeds: (B,) of the copies. They alone decide which messages fail, whatever the traffic does.
        intersections: N.
    """
    silent = np.zeros((len(seeds), intersections), np.bool_)
    false = np.zeros((len(seeds), intersections), np.bool_)
    for copy, seed in enumerate(seeds):
        generator = np.random.default_rng((seed, STREAM))
        order = generator.permutation(intersections)
        rounding = generator.random(2)
        quiet = int(intersections * faults.silent + rounding[0])
        lying = min(int(intersections * faults.false + rounding[1]), intersections - quiet)
        silent[copy, order[:quiet]] = True
        false[copy, order[intersections - lying :]] = True
    return Senders(faults.lost, tuple(seeds), silent, false)
