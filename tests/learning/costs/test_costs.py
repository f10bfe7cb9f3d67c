import pytest

from traffic_marl.learning.costs.costs import Age, Bytes, Costs, LearnerCosts, RunnerCosts


def runner(sampling, moving=0.0, copies=4):
    return RunnerCosts(copies=copies, sampling=sampling, moving=moving, decisions=40)


def costs(runners, learning=2.0, moving=0.0, **others):
    return Costs(
        **{"seconds": 10.0, "is_asynchronous": False} | others,
        runners=runners,
        learners={0: LearnerCosts(learning, moving)},
    )


def test_shares_of_synchronous_training_add_up_to_the_whole_time():
    found = costs({1: runner(5.0), 2: runner(3.0)})
    assert (found.sampling_share, found.learning_share) == (0.5, 0.2)
    assert found.transfer_share == pytest.approx(0.3)
    assert found.idle_share_of_runners == pytest.approx(0.6)
    assert found.idle_share_of_learners == pytest.approx(0.8)


def test_shares_of_asynchronous_training_are_those_of_the_busiest_process():
    found = costs({1: runner(9.0, 0.5), 2: runner(8.0, 1.0)}, 7.0, 2.0, is_asynchronous=True)
    assert (found.sampling_share, found.learning_share) == (0.9, 0.7)
    assert found.transfer_share == pytest.approx(0.3)
    assert found.idle_share_of_runners == pytest.approx(0.075)
    assert found.idle_share_of_learners == pytest.approx(0.1)


def test_a_process_that_does_all_alone_waits_for_nobody():
    found = costs({0: runner(5.0)})
    assert found.idle_share_of_runners is None
    assert found.idle_share_of_learners is None
    assert found.transfer_share == 0.0
    assert costs({0: runner(5.0)}, moved=Bytes(samples=9.0)).transfer_share == pytest.approx(0.3)  # a learner apart
    assert not any(name.startswith(("idle", "copies_of", "sampling_s_of")) for name in found.row())


def test_a_row_has_each_runner_and_all_bytes():
    moved = Bytes(samples=1000.0, weights=200.0, gradients=30.0)
    row = costs({1: runner(5.0, copies=3), 7: runner(3.0, copies=5)}, moved=moved, age=Age(1.5, 4.0)).row()
    assert (row["moved_bytes"], row["moved_bytes_of_samples"]) == (1230, 1000)
    assert (row["copies_of_runner_1"], row["copies_of_runner_7"], row["sampling_s_of_runner_7"]) == (3, 5, 3.0)
    assert (row["weights_age_updates"], row["weights_age_updates_most"]) == (1.5, 4.0)
    assert "weights_age_s" not in row


def test_an_iteration_without_samples_or_time_has_no_shares():
    found = costs({}, seconds=0.0)
    assert (found.sampling_share, found.learning_share, found.transfer_share) == (0.0, 0.0, 0.0)
    assert found.idle_share_of_runners is None
