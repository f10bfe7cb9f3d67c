import numpy as np

from tests.helpers.handmade_signals import conditions, crossing, joined, mixed, readings
from traffic_marl.strategies.classical.random import BLOCK, Random


def choices(network, seeds, decisions):
    working = Random().start(conditions(network, seeds=seeds))
    batch = joined([readings(network)] * len(seeds))
    return np.stack([working.decide(batch) for _ in range(decisions)], axis=1)  # (B, decisions, N)


def test_a_copy_chooses_the_same_alone_and_in_a_batch():
    network = mixed()
    together = choices(network, (7, 8, 9), BLOCK + 20)
    for copy, seed in enumerate((7, 8, 9)):
        assert (choices(network, (seed,), BLOCK + 20)[0] == together[copy]).all()


def test_seeds_differ_and_repeat():
    network = crossing()
    first, second = choices(network, (1, 2), 40)
    assert (first != second).any()
    assert (choices(network, (1,), 40)[0] == first).all()


def test_all_phases_are_equally_likely():
    network = mixed()  # three, two and one phases
    drawn = choices(network, tuple(range(20)), 300)
    shares = np.bincount(drawn[:, :, 0].ravel(), minlength=3) / drawn[:, :, 0].size
    assert np.abs(shares - 1 / 3).max() < 0.03  # six standard deviations of 6000 draws
    assert set(drawn[:, :, 1].ravel()) == {0, 1}
    assert set(drawn[:, :, 2].ravel()) == {0}
