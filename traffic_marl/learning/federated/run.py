"""A federated training run: its districts begin or go on, and the usual loop iterates in rounds."""

from contextlib import closing

from traffic_marl.learning.federated.checks import tasks_of
from traffic_marl.learning.federated.traffic import FederatedTraffic
from traffic_marl.learning.iterations import Learner
from traffic_marl.learning.resuming import losses_explained
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.loop import TrainingRun
from traffic_marl.learning.runs.progress import STOPPING, Log, Report, Watch
from traffic_marl.learning.runs.stopping import stop_requests
from traffic_marl.learning.runs.validation import Delays
from traffic_marl.strategies.named import NamedStrategy


class FederatedRun(TrainingRun):
    """A run whose policy, targets and classical strategies are measured in the districts."""

    districts: FederatedTraffic

    def _validated(self, learner: Learner) -> Delays | None:
        """Mean delays [s/veh] of the common policy in the districts. None if they keep them for themselves."""
        self.tell("validating")
        return self.districts.validated(learner.policy(), self.settings.training)

    def _measured_classical(self) -> tuple[tuple[str, float], ...]:
        """Mean delay [s/veh] of classical strategies, lowest first."""
        return self.districts.rules(lambda label: self.tell(f"measuring {label} for comparison"))

    def _mean_delay(self, strategy: NamedStrategy) -> float | None:
        """Mean delay [s/veh] of a strategy in the districts. None if no vehicle departs."""
        return self.districts.mean_delay(strategy)


def train_districts(folder: RunFolder, log: Log, watch: Watch) -> Report:
    """Trains in all districts until the budget is used, the target is reached, or a stop is requested.

    Args:
        folder: of the run, locked.
        log: of the run.
        watch: called with a report before and after every step.

    Raises:
        FileError: a folder cannot be written or is damaged.
        ProcessError: a process of the training was killed. The last checkpoint is kept.
        TrafficError: a district refuses.
    """
    from traffic_marl.learning.federated.learner import FederatedLearner  # which needs torch, and the others ray
    from traffic_marl.learning.rllib.districts.actors import DistrictActors
    from traffic_marl.learning.rllib.watchdog import word_left

    federation, training = folder.settings.federation, folder.settings.training
    assert federation is not None, "there is one"
    run = FederatedRun(folder, log, watch)
    run.tell("starting the districts")
    with (
        losses_explained(folder) as word,
        word_left(word),
        closing(DistrictActors(tasks_of(folder), folder.placement)) as group,
    ):
        run.districts = FederatedTraffic(group, federation, folder.state.mean)
        learner = FederatedLearner(group, federation, training)
        if federation.privacy is None:
            run.measure_classical()
        run.measure_target()
        run.restore(learner, is_trusted=folder.is_trusted)
        with stop_requests(lambda: run.tell(STOPPING)) as stop:
            return run.train(learner, stop)
