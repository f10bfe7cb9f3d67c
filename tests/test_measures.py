import warnings
from dataclasses import fields, replace

import numpy as np
import pytest

from tests.helpers.four_vehicles import AT_END, AT_HORIZON, records, stacked
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NEVER
from traffic_marl.measures import DEFINITIONS, Measures, summarise


@pytest.fixture
def four():
    return summarise(AT_HORIZON, AT_END, 100).of(0)


def test_every_demanded_vehicle_is_completed_under_way_or_in_the_backlog(four):
    assert (four["demanded"], four["completed"], four["under_way"], four["backlog"]) == (4, 2, 1, 1)
    assert four["unserved"] == 2
    assert four["completion_rate"] == 0.5


def test_travel_time_counts_from_the_schedule_and_unfinished_trips_to_the_end(four):
    travel_times = [60, 120, 180, 110]
    assert four["mean_travel_time"] == np.mean(travel_times)
    assert four["largest_travel_time"] == 180
    assert four["p95_travel_time"] == pytest.approx(np.percentile(travel_times, 95))


def test_delay_is_travel_time_less_free_time(four):
    assert four["mean_delay"] == np.mean([60 - 50, 120 - 40.5, 180 - 30, 110 - 20])


def test_a_trip_just_begun_has_no_negative_delay():
    begun = records(100, [95], [95], [NEVER], free=[300.0])
    assert summarise(begun, begun, 100).of(0)["mean_delay"] == 0.0


def test_a_finished_trip_may_beat_its_free_time_by_rounding():
    done = records(100, [0], [0], [59], free=[59.5])
    assert summarise(done, done, 100).of(0)["mean_delay"] == -0.5


def test_stops_are_per_vehicle_that_entered(four):
    assert four["stops"] == (1 + 2 + 3) / 3


def test_queue_is_halted_time_until_the_horizon_per_second(four):
    assert four["mean_queue"] == (5 + 20 + 35) / 100
    assert four["largest_queue"] == 3


def test_throughput_counts_trips_of_the_demand_time_per_hour(four):
    assert four["throughput"] == 1 / (100 / 3600)


def test_longest_wait_is_the_longest_standstill(four):
    assert four["longest_wait"] == 70


def test_clear_time_is_the_end_of_the_last_trip_or_of_the_run(four):
    assert four["clear_time"] == 200
    done = records(200, [0, 10], [0, 10], [60, 130])
    assert summarise(replace(done, time=150), done, 150).of(0)["clear_time"] == 131


def test_cityflow_counts_unfinished_trips_to_the_horizon(four):
    assert four["travel_time_cityflow"] == np.mean([60, 100 - 10, 100 - 20, 100 - 90])


def test_log_counts_the_time_from_first_arrival_to_last_departure_of_vehicles_that_arrived(four):
    assert four["travel_time_log"] == np.mean([45, 71, 81])


def test_log_leaves_out_a_vehicle_that_met_no_intersection():
    rim = records(100, [0, 10], [0, 10], [60, 70], visiting=[0, 30])
    assert summarise(rim, rim, 100).of(0)["travel_time_log"] == 30


@pytest.mark.parametrize(("name", "value"), [("overlaps", 4), ("disorders", 5)])
def test_overlaps_and_disorders_are_unknown_without_an_audit(four, name, value):
    assert np.isnan(four[name])
    assert summarise(AT_HORIZON, AT_END, 100, audited=True).of(0)[name] == value


def test_definitions_say_what_the_end_of_a_trip_is():
    for name in ("mean_delay", "mean_travel_time", "travel_time_cityflow"):
        assert "to the start of the trip's last second" in DEFINITIONS[name].text
    assert "end of the second" in DEFINITIONS["clear_time"].text


def test_gridlock_is_told_with_the_number_of_its_vehicles(four):
    assert (four["gridlock"], four["gridlocked_vehicles"]) == (False, 0)
    locked = replace(AT_END, locked=np.array([[False, False, True, False]]))
    measures = summarise(AT_HORIZON, locked, 100).of(0)
    assert (measures["gridlock"], measures["gridlocked_vehicles"]) == (True, 1)


def test_vehicles_due_after_the_horizon_are_left_out():
    end = records(200, [0, 100], [0, 100], [60, NEVER], free=[50.0, 50.0], longest_halt=[3, 99])
    horizon = records(100, [0, 100], [0, NEVER], [60, NEVER], free=[50.0, 50.0])
    measures = summarise(horizon, end, 100).of(0)
    assert (measures["demanded"], measures["unserved"], measures["longest_wait"]) == (1, 0, 3)
    assert measures["mean_delay"] == 10.0


def test_padding_is_no_vehicle():
    short = records(100, [0, 7], [0, NEVER], [60, NEVER], count=1, free=[50.0, 0.0])
    long = records(100, [0, 7], [0, 7], [60, 80], free=[50.0, 50.0])
    measures = summarise(stacked(short, long), stacked(short, long), 100)
    assert measures.demanded.tolist() == [1, 2]
    assert measures.backlog.tolist() == [0, 0]
    assert measures.mean_delay.tolist() == [10.0, (10 + 23) / 2]


@pytest.mark.parametrize("width", [0, 2])
def test_empty_demand_gives_zeros_and_unknown_means(width):
    never = [NEVER] * width
    nobody = records(100, [0] * width, never, never, count=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measures = summarise(nobody, nobody, 100).of(0)
    means = {name for name, value in measures.items() if value != value}
    assert means == {
        "completion_rate",
        "mean_delay",
        "mean_travel_time",
        "p95_travel_time",
        "largest_travel_time",
        "stops",
        "overlaps",
        "disorders",
        "travel_time_cityflow",
        "travel_time_log",
    }
    assert all(value == 0 for name, value in measures.items() if name not in means)


def test_every_measure_has_a_definition_and_none_is_left_over():
    assert list(DEFINITIONS) == [field.name for field in fields(Measures)]
    assert all(definition.unit and definition.text for definition in DEFINITIONS.values())


def test_a_trip_completed_by_the_horizon_stays_completed():
    with pytest.raises(AssertionError, match="changed"):
        summarise(AT_HORIZON, replace(AT_END, left=np.array([[61, 130, NEVER, NEVER]], np.int32)), 100)


def test_records_of_another_second_are_refused():
    with pytest.raises(
        UsageError, match="at_horizon: the records at the horizon are those of second 100, not 90; take"
    ):
        summarise(AT_HORIZON, AT_END, 90)
