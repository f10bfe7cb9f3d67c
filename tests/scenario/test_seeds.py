import pytest

from traffic_marl.errors import UsageError
from traffic_marl.scenario import seeds


def test_ranges_of_seeds_do_not_meet():
    test, validation, training = seeds.test_seeds(10_000), seeds.validation_seeds(10_000), seeds.training_seeds(50_000)
    assert len({*test, *validation, *training}) == 70_000
    assert max(test) < min(validation) <= max(validation) < min(training)


@pytest.mark.parametrize("count", [0, -1, 10_001])
def test_number_of_seeds_that_is_none_is_refused(count):
    with pytest.raises(UsageError, match=f"^seeds: {count} is not a number of seeds; give 1 to 10000"):
        seeds.test_seeds(count)
