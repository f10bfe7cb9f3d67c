import pytest
import torch
from ray.rllib.policy.sample_batch import MultiAgentBatch, SampleBatch
from ray.rllib.utils.minibatch_utils import MiniBatchCyclicIterator

from traffic_marl.learning.rllib.batches.minibatches import minibatches


def batch_of(rows):
    columns = {"number": torch.arange(rows), "obs": torch.arange(2.0 * rows).view(rows, 2)}
    return MultiAgentBatch({"team": SampleBatch(columns)}, 7)


def numbers(parts):
    return [part.policy_batches["team"]["number"].tolist() for part in parts]


@pytest.mark.parametrize("rows", [6, 7, 10])
@pytest.mark.parametrize("size", [1, 3, 5])
@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_minibatches_are_those_of_rllib(rows, size, epochs):
    theirs = MiniBatchCyclicIterator(
        batch_of(rows), num_epochs=epochs, minibatch_size=size, shuffle_batch_per_epoch=False
    )
    assert numbers(minibatches(batch_of(rows), size, epochs)) == numbers(theirs)


def test_a_given_number_of_minibatches_goes_round_and_round():
    assert numbers(minibatches(batch_of(3), 2, 1, 4)) == [[0, 1], [2, 0], [1, 2], [0, 1]]


def test_a_batch_smaller_than_a_minibatch_is_one_without_a_row_twice():
    assert numbers(minibatches(batch_of(3), 8, 2)) == [[0, 1, 2], [0, 1, 2]]


@pytest.mark.parametrize("size", [5, 10])
def test_each_pass_but_the_first_has_an_order_of_its_own(size):
    torch.manual_seed(0)
    passed = [number for part in numbers(minibatches(batch_of(10), size, 3, shuffles=True)) for number in part]
    first, second, third = passed[:10], passed[10:20], passed[20:]
    assert first == list(range(10))
    assert sorted(second) == sorted(third) == first
    assert len({tuple(first), tuple(second), tuple(third)}) == 3


def test_columns_stay_together_and_the_decisions_of_the_team_are_told():
    torch.manual_seed(0)
    for part in minibatches(batch_of(10), 4, 2, shuffles=True):
        columns = part.policy_batches["team"]
        assert torch.equal(columns["obs"][:, 0], 2.0 * columns["number"])
        assert part.env_steps() == 7
