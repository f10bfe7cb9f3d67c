"""Seeds shared out in batches."""

import pytest

from traffic_marl.tasks import shared


@pytest.mark.parametrize(
    ("count", "parts", "most", "sizes"),
    [
        (10, 3, 20, [3, 3, 4]),
        (10, 1, 20, [10]),
        (2, 5, 20, [1, 1]),
        (50, 1, 20, [16, 17, 17]),
        (0, 3, 20, []),
        (5, 0, 20, [5]),
    ],
)
def test_seeds_are_shared_out_evenly_and_in_their_order(count, parts, most, sizes):
    seeds = tuple(range(7, 7 + count))
    batches = shared(seeds, parts, most)
    assert [len(batch) for batch in batches] == sizes
    assert tuple(seed for batch in batches for seed in batch) == seeds
