"""Plans of trainings from measurements that are made up."""

from dataclasses import replace

import pytest

from tests.helpers.measured import LEARNING, SAMPLES, TRANSFER, WEIGHTS, measurement
from traffic_marl.learning.placing.demand import Demand, Node
from traffic_marl.learning.placing.measuring import work_of
from traffic_marl.learning.placing.plan import completed, planned, planned_best

NODES = [Node("a", "here", 2, 0, 2, 0), Node("b", "there", 8, 0, 8, 0)]


def test_the_parts_of_an_iteration_are_those_of_the_measurement():
    found = measurement({1: 2.0, 2: 2.0})
    assert (found.sampling, found.learning) == (2.0, LEARNING)
    assert found.transfer == pytest.approx(TRANSFER)
    assert (found.samples, found.weights) == (SAMPLES, WEIGHTS)
    assert found.pace == pytest.approx(2000 / (2.0 + LEARNING + TRANSFER))


def test_work_is_that_of_an_agent_step_on_each_machine():
    work = work_of(measurement({1: 2.0, 2: 1.0}, {1: "here", 2: "there"}))
    assert work.sampling == pytest.approx({"here": 2e-3, "there": 1e-3})
    assert work.learning == pytest.approx(LEARNING / 2000)
    assert work.transfer == pytest.approx(TRANSFER / 2000)


def test_runners_that_shared_cpus_in_the_measurement_count_as_alone():
    crowded = work_of(measurement({1: 4.0, 2: 4.0}, cpus=1))
    assert crowded.sampling == pytest.approx({"here": 2e-3})


def test_an_asynchronous_learner_in_the_measurement_took_a_cpu_too():
    crowded = work_of(measurement({1: 3.0, 2: 3.0}, cpus=2, is_asynchronous=True))
    assert crowded.sampling == pytest.approx({"here": 2e-3})


def test_a_runner_that_gave_nothing_in_an_iteration_counts_as_the_others():
    found = replace(measurement({1: 2.0}), homes={1: "here", 2: "here"}, agent_steps=2000.0)
    assert found.sampling_on("here") == pytest.approx(2e-3)


def test_a_machine_that_was_not_measured_counts_as_the_mean_of_the_others():
    work = work_of(measurement({1: 2.0, 2: 1.0}, {1: "here", 2: "there"}))
    assert completed(work, {"here": 1, "there": 1, "new": 1}).sampling["new"] == pytest.approx(1.5e-3)


def test_a_number_of_runners_that_was_measured_has_the_measured_pace():
    measured = measurement({1: 2.0, 2: 2.0})
    plan = planned(Demand(2, 0), NODES, 4, measured)
    assert (plan.pace, plan.agent_steps, plan.why) == (measured.pace, 2000.0, "")
    assert sum(share.runners for share in plan.shares) == 2


def test_more_runners_than_were_measured_have_the_pace_that_follows():
    plan = planned(Demand(6, 0), NODES, 4, measurement({1: 2.0, 2: 2.0}))
    assert plan.agent_steps == 6000.0
    assert plan.pace == pytest.approx(1 / (2e-3 / 6 + (LEARNING + TRANSFER) / 2000))


def test_the_main_process_alone_has_the_measured_pace():
    alone = measurement({0: 1.5})
    assert planned(Demand(0, 0), NODES, 4, alone).pace == alone.pace


def test_the_best_number_of_runners_is_the_fewest_that_come_near_the_greatest_pace():
    plan = planned_best(Demand(0, 0), NODES, 4, measurement({1: 9.0, 2: 9.0}), measurement({0: 9.0}), 256)
    assert list(plan.paces) == [0, 1, 2, 3, 4, 6, 8, 10]
    assert plan.runners == 10
    assert "more find no room" in plan.why
    assert [share.runners for share in plan.shares] == [2, 8]


def test_where_learning_takes_the_time_runners_bring_nothing():
    plan = planned_best(Demand(0, 0), NODES, 4, measurement({1: 0.01}), measurement({0: 0.01}), 256)
    assert plan.runners == 0
    assert plan.pace == plan.paces[0]
    assert plan.measured.homes == {}


def test_no_more_runners_are_thought_of_than_find_room():
    full = [replace(NODES[0], free_cpus=1.0)]
    plan = planned_best(Demand(0, 0), full, 4, measurement({1: 9.0}), measurement({0: 90.0}), 256)
    assert list(plan.paces) == [0, 1]
    assert planned_best(Demand(0, 0), full, 4, None, measurement({0: 90.0}), 256).runners == 0
