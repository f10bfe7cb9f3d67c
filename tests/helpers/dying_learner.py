"""A learner of tabular Q-learning whose process is lost now and then, as the learner of another process may be."""

from traffic_marl.learning.iterations import LostProcessError
from traffic_marl.learning.train import make_learner


class DyingLearners:
    """Makes learners that lose a process.

    Args:
        lost_at: numbers of the calls of `iterate`, of all learners together and from 1, that fail.
        dies_early: whether the first learner cannot even be made.
    """

    def __init__(self, lost_at, dies_early=False):
        self.lost_at = lost_at
        self.dies_early = dies_early
        self.calls = 0
        self.made = []
        self.closed = 0

    def __call__(self, scenario, settings, *others):
        """A learner."""
        if self.dies_early:
            raise LostProcessError("ray did not start")
        learner = make_learner(scenario, settings, *others)
        iterate, close = learner.iterate, learner.close

        def dying(share, **others):
            self.calls += 1
            if self.calls in self.lost_at:
                raise LostProcessError("a learner has died")
            return iterate(share, **others)

        def closing():
            self.closed += 1
            close()

        learner.iterate, learner.close = dying, closing
        self.made.append(learner)
        return learner
