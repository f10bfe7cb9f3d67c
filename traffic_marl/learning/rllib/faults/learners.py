"""WatchedLearners: RLlib's learners in other processes. One that hangs is killed, so that its loss is told."""

from ray.rllib.core.learner.learner_group import LearnerGroup

from traffic_marl.learning.rllib.faults.patience import Patience
from traffic_marl.learning.rllib.faults.watched import WatchedProcesses


class WatchedLearners(WatchedProcesses):
    """The learners of an algorithm. Each one holds the whole policy, and all of them step together."""

    @property
    def has_lost(self) -> bool:
        """Whether a learner has died."""
        return bool(self.num_healthy_actors() < self.num_actors())


def watch_learners(group: LearnerGroup) -> WatchedLearners | None:
    """The learners of a group that has just been built, which are watched from now on. None in this process."""
    if group.is_local:
        return None
    learners = WatchedLearners(group._worker_manager, Patience())
    group._worker_manager = learners
    return learners
