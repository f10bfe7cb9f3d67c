"""What became of the vehicles, in the numbers that charts are drawn of."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.helpers.four_vehicles import AT_END, records, stacked
from tests.helpers.reported import reported
from traffic_marl.kernels.tables import NEVER
from traffic_marl.report.details import SPANS, detail_of, span_of


def detail(at_end, horizon=100):
    rollout = SimpleNamespace(at_end=at_end, horizon=horizon, strategy=SimpleNamespace(label="made_up"))
    return detail_of(rollout)


def test_delays_of_single_vehicles_are_those_that_the_mean_is_of():
    assert detail(AT_END).delays.tolist() == [10.0, 79.5, 90.0, 150.0]


def test_delays_are_told_by_the_span_in_which_a_vehicle_was_due():
    found = detail(AT_END)
    assert found.span == 30
    means = [each.mean for each in found.delay]
    assert means[0] == pytest.approx(np.mean([10.0, 79.5, 150.0]))
    assert means[3] == 90.0
    assert np.isnan(means[1:3]).all()


def test_spans_have_intervals_over_the_seeds_in_which_somebody_was_due():
    alone = records(200, [0, 40, NEVER, NEVER], [0, 40, NEVER, NEVER], [20, 100, NEVER, NEVER], count=2)
    first, second, *_ = detail(stacked(AT_END, alone)).delay
    assert (first.seeds, second.seeds) == (2, 1)
    assert first.mean == pytest.approx((np.mean([10.0, 79.5, 150.0]) + 20.0) / 2)
    assert first.half_width > 0.0
    assert (second.mean, second.half_width) == (60.0, None)


def test_counts_say_how_many_vehicles_were_due_had_entered_and_had_arrived_by_each_time():
    found = detail(AT_END)
    at = dict(zip(found.times.tolist(), zip(found.due, found.entered, found.completed, strict=True), strict=True))
    assert at[9.0] == (1, 1, 0)
    assert at[15.0] == (2, 2, 0)
    assert at[61.0] == (3, 3, 1)
    assert found.times[-1] == 200.0
    assert at[200.0] == (4, 3, 2)


def test_vehicles_that_are_due_after_the_demand_are_left_out():
    late = records(200, [0, 150], [0, 150], [20, 190])
    found = detail(late)
    assert found.delays.tolist() == [20.0]
    assert found.due[-1] == found.completed[-1] == 1


def test_longest_standstills_are_those_of_vehicles_that_entered():
    assert detail(AT_END).standstills.tolist() == [5, 12, 70]


@pytest.mark.parametrize(("horizon", "span"), [(60, 30), (360, 30), (900, 60), (3600, 300), (7200, 600), (86400, 3600)])
def test_a_demand_has_at_least_twelve_spans_where_it_is_long_enough(horizon, span):
    assert span_of(horizon) == span
    assert span in SPANS


def test_the_numbers_agree_with_the_measures_of_the_same_runs():
    findings = reported()
    for row in findings.comparison.rows:
        found, measures = findings.details[row.label], row.measures
        assert len(found.delays) == measures.demanded.sum()
        assert found.delays.sum() == pytest.approx((measures.mean_delay * measures.demanded).sum())
        assert found.completed[-1] == measures.completed.mean()
        assert found.due[-1] == measures.demanded.mean()
        assert found.standstills.max() == measures.longest_wait.max()
