"""Machines that join a cluster and are lost from it: the training goes on, and runners start where there is room."""

import os
import signal
from contextlib import closing

import ray

from tests.helpers.made_up_runs import SMALL
from tests.helpers.watched_runners import faults_of, is_back, iterations_until, processes_of, samples
from traffic_marl.learning.rllib.learner import RllibLearner
from traffic_marl.learning.settings import TrainingSettings

FAR = "far"  # resource of the machine that joins


def node_of(learner, number):
    """The id of the node on which a runner works."""
    found = learner._algorithm.env_runner_group.foreach_env_runner(
        lambda runner: (runner.worker_index, ray.get_runtime_context().get_node_id()), local_env_runner=False
    )
    return dict(found)[number]


def test_a_runner_without_room_starts_on_a_node_that_joins_and_its_loss_is_survived(nodes):
    settings = TrainingSettings.chosen(runners=2, copies=2, observation="local", hidden=(8,))
    with closing(RllibLearner(SMALL, settings)) as learner:
        usual = learner.iterate(0.0)
        learner._algorithm.env_runner_group._remote_args["resources"] = {FAR: 1}  # successors find room there alone
        os.kill(processes_of(learner)[1], signal.SIGKILL)
        alone = [learner.iterate(0.1) for _ in range(3)]
        assert faults_of(alone) == ["runner 1 was lost, 1 of 2 sample"]
        with nodes.added(resources={FAR: 1}) as node:
            gained = iterations_until(learner, is_back)
            assert node_of(learner, 1) == node.node_id
            nodes.remove(node)
            lost = iterations_until(learner, lambda found: bool(faults_of(found)))
        assert faults_of(lost) == ["runner 1 was lost, 1 of 2 sample"]
        assert set(samples([*alone, *gained, *lost])) == {usual.agent_steps}
        assert lost[-1].scalars["lost_runners"] == 2
