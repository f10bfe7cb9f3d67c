"""The nodes on which the processes of a training find room."""

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.placing.demand import Demand, Node, most_runners, shares


def node(name, cpus, gpus=0.0, free_cpus=None):
    return Node(name, name, cpus, gpus, cpus if free_cpus is None else free_cpus, gpus)


def counts(demand, nodes):
    return [(share.learners, share.runners) for share in shares(demand, nodes)]


def test_runners_go_where_most_cpus_are_free():
    assert counts(Demand(3, 0), [node("a", 1), node("b", 3), node("c", 2)]) == [(0, 0), (0, 2), (0, 1)]


def test_learners_take_the_gpus_first_and_leave_cpus_to_runners():
    nodes = [node("a", 4), node("b", 4, gpus=1)]
    assert counts(Demand(4, 2, cpus_per_runner=2, gpus_per_learner=0.5), nodes) == [(0, 2), (2, 2)]


def test_a_learner_without_a_gpu_takes_a_cpu():
    assert counts(Demand(1, 1), [node("a", 1), node("b", 1)]) == [(1, 0), (0, 1)]


def test_shares_of_a_gpu_add_up_to_a_whole_one():
    assert counts(Demand(0, 10, gpus_per_learner=0.1), [node("a", 0, gpus=1)]) == [(10, 0)]


def test_too_many_runners_are_refused_with_the_numbers():
    nodes = [node("a", 2), node("b", 2, free_cpus=1), node("c", 2)]
    with pytest.raises(UsageError) as told:
        shares(Demand(6, 0), nodes)
    assert str(told.value) == (
        "runners: 6 runners of 1 CPU need 6 CPUs, and of the 6 here 5 are free (2, 1, 2 on its 3 nodes); give at most "
        "5 runners, or add machines to the cluster"
    )


def test_a_runner_that_no_single_node_holds_is_refused_although_the_sum_would_do():
    with pytest.raises(
        UsageError, match=r"1 runner of 3 CPUs needs 3 CPUs, .* 4 are free \(2, 2 .*give fewer CPUs to each"
    ):
        shares(Demand(1, 0, cpus_per_runner=3), [node("a", 2), node("b", 2)])


def test_a_gpu_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match=r"learners: .*1 learner of 1 GPU need 1 GPU, and there are none here"):
        shares(Demand(2, 1, gpus_per_learner=1), [node("a", 8)])


@pytest.mark.parametrize(
    ("demand", "most"), [(Demand(0, 0), 6), (Demand(0, 1), 5), (Demand(9, 0, 2), 2), (Demand(1, 0, 4), 1)]
)
def test_the_most_runners_are_those_that_fit_beside_the_learners(demand, most):
    assert most_runners(demand, [node("a", 5), node("b", 1)]) == most


def test_the_most_runners_find_room_and_one_more_does_not():
    nodes, demand = [node("a", 5), node("b", 2, gpus=1), node("c", 3, free_cpus=1)], Demand(0, 2, 2, 0.5)
    most = most_runners(demand, nodes)
    assert sum(share.runners for share in shares(Demand(most, 2, 2, 0.5), nodes)) == most
    with pytest.raises(UsageError):
        shares(Demand(most + 1, 2, 2, 0.5), nodes)
