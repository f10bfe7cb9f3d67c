import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.helpers.handmade_signals import LIMIT, conditions, crossing, mixed, random_readings
from tests.helpers.strategy_runs import VARIANTS, run
from traffic_marl.strategies.catalogue import parse

NETWORKS = {"mixed": mixed(), "crossing": crossing()}


@given(seed=st.integers(0, 10_000), text=st.sampled_from(VARIANTS), name=st.sampled_from(sorted(NETWORKS)))
@hypothesis_settings(max_examples=60, deadline=None)
def test_no_phase_is_asked_for_that_an_intersection_lacks(seed, text, name):
    network = NETWORKS[name]
    asked = run(text, network, (seed,))
    assert asked.shape == (12, 1, len(network.intersections))
    assert np.issubdtype(asked.dtype, np.integer)
    assert (asked >= 0).all()
    assert (asked < network.tables.phase_count).all()


@pytest.mark.parametrize("text", VARIANTS)
@pytest.mark.parametrize("name", NETWORKS)
def test_copies_decide_alone_as_in_a_batch(text, name):
    network = NETWORKS[name]
    together = run(text, network, (3, 4, 5))
    for copy, seed in enumerate((3, 4, 5)):
        assert (run(text, network, (seed,))[:, 0] == together[:, copy]).all()


@pytest.mark.parametrize("text", VARIANTS)
def test_readings_are_not_changed(text):
    network = NETWORKS["crossing"]
    working = parse(text).strategy.start(conditions(network, 100.0))
    one = random_readings(network, np.random.default_rng(1), 40)
    before = {name: np.copy(value) for name, value in vars(one).items()}
    working.decide(one)
    assert all((before[name] == value).all() for name, value in vars(one).items() if name != "time")
    assert (one.mean_speed == LIMIT).all()
