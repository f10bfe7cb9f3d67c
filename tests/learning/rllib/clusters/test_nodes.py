"""A training on several nodes, and the room on them."""

import os
from types import SimpleNamespace

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.rllib.build import architecture_of, build_algorithm
from traffic_marl.learning.rllib.clusters.nodes import ensure_room, nodes_in_use
from traffic_marl.learning.rllib.configs import Job, configuration
from traffic_marl.learning.rllib.runner import TeamRunner
from traffic_marl.learning.settings import TrainingSettings

TINY = {"copies": 1, "epochs": 1, "fragment": 20}


def test_the_nodes_are_counted_with_their_cpus(nodes):
    found = nodes_in_use()
    assert sorted(node.cpus for node in found) == [1.0, 1.0, max(2, os.cpu_count())]
    assert len({node.name for node in found}) == 3


@pytest.mark.slow
def test_runners_of_a_training_work_on_the_other_nodes(nodes, one_way):
    with nodes.head_occupied():
        algorithm = build_algorithm(one_way, TrainingSettings.chosen(runners=2, **TINY), Placement(nodes.address))
        try:
            homes = algorithm.env_runner_group.foreach_env_runner(node_of, local_env_runner=False)
            assert len(set(homes)) == 2
            assert algorithm.train()["env_runners"]["num_env_steps_sampled"] == 2 * 20
        finally:
            algorithm.stop()


def test_runners_that_others_leave_no_room_for_are_refused_with_what_is_free(nodes):
    with nodes.head_occupied(), pytest.raises(UsageError, match=r"need 3 CPUs, .* 2 are free .*give at most 2 runners"):
        ensure_room(TrainingSettings.chosen(runners=3), Placement(nodes.address))


def test_threads_of_a_runner_are_its_cpus(one_way):
    settings = TrainingSettings.chosen(runners=1, learners=1, **TINY)
    make = ScenarioEnvironment(one_way, settings)
    built = architecture_of(one_way, settings, make(1))
    config = configuration(Job(settings, built, make, 10, [0], Placement(cpus_per_runner=2, gpus_per_learner=0.5)))
    assert (config.num_cpus_per_env_runner, config.num_gpus_per_learner) == (2, 0.5)
    alone = {"preparation": None, "prepare": lambda preparation: None}
    runner = SimpleNamespace(config=config, worker_index=1, copies=1, _place=0, **alone)
    TeamRunner.make_env(runner)
    assert runner.env._threads == 2


@pytest.mark.parametrize(
    ("settings", "placement", "told"),
    [
        ({"runners": 200}, Placement(), r"^runners: 200 runners of 1 CPU need 200 CPUs, and of the \d+ here"),
        (
            {"learners": 1},
            Placement(gpus_per_learner=1),
            r"^learners: 1 learner of 1 GPU needs 1 GPU, and there are none here",
        ),
        ({"runners": 1}, Placement(cpus_per_runner=1000), r"^cpus_per_runner: .* need 1000 CPUs, and this machine has"),
    ],
)
def test_a_demand_that_finds_no_room_is_refused_at_once(settings, placement, told, cluster):
    with pytest.raises(UsageError, match=told):
        ensure_room(TrainingSettings.chosen(**settings), placement)


def node_of(runner):
    """The id of the node on which a runner works."""
    import ray

    return ray.get_runtime_context().get_node_id()
