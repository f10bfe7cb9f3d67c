import warnings
from dataclasses import fields, replace

import numpy as np
import pytest

from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NEVER
from traffic_marl.measures import DEFINITIONS, Measures, check_counters, check_records, on_network, summarise
from traffic_marl.simulation import Records


def records(time, scheduled, entered, left, *, count=None, **columns):
    """Records of one copy from lists; columns not given are zero."""

    def row(name, kind=np.int32):
        return np.array([columns.get(name, [0] * len(scheduled))], kind).reshape(1, len(scheduled))

    def per_copy(name, kind=np.int32):
        return np.array([columns.get(name, 0)], kind)

    return Records(
        time=time,
        count=np.array([len(scheduled) if count is None else count], np.int32),
        scheduled=np.array([scheduled], np.int32),
        entered=np.array([entered], np.int32),
        left=np.array([left], np.int32),
        free=row("free", np.float64),
        halted=row("halted"),
        longest_halt=row("longest_halt"),
        stops=row("stops"),
        approaching=row("approaching"),
        largest_queue=per_copy("largest_queue"),
        still_since=per_copy("still_since"),
        gridlocked=per_copy("gridlocked", np.bool_),
        updates=per_copy("updates"),
        disorders=per_copy("disorders"),
        overlaps=per_copy("overlaps"),
    )


def stacked(*single):
    """Records of several copies of equal width from records of one."""
    names = [field.name for field in fields(Records) if field.name != "time"]
    return Records(time=single[0].time, **{name: np.concatenate([getattr(r, name) for r in single]) for name in names})


# Four vehicles: one done before the horizon (100 s), one in the clearing time, one still under way, one not let in.
AT_HORIZON = records(
    100,
    scheduled=[0, 10, 20, 90],
    entered=[0, 15, 20, NEVER],
    left=[60, NEVER, NEVER, NEVER],
    free=[50.0, 40.5, 30.0, 20.0],
    halted=[5, 20, 35, 0],
    approaching=[40, 70, 80, 0],
)
AT_END = records(
    200,
    scheduled=[0, 10, 20, 90],
    entered=[0, 15, 20, NEVER],
    left=[60, 130, NEVER, NEVER],
    free=[50.0, 40.5, 30.0, 20.0],
    halted=[5, 30, 120, 0],
    longest_halt=[5, 12, 70, 0],
    stops=[1, 2, 3, 0],
    approaching=[40, 90, 180, 0],
    largest_queue=3,
    overlaps=4,
    disorders=5,
)


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


def test_log_counts_time_on_approaches_of_vehicles_that_entered(four):
    assert four["travel_time_log"] == np.mean([40, 70, 80])


@pytest.mark.parametrize(("name", "value"), [("overlaps", 4), ("disorders", 5)])
def test_overlaps_and_disorders_are_unknown_without_an_audit(four, name, value):
    assert np.isnan(four[name])
    assert summarise(AT_HORIZON, AT_END, 100, audited=True).of(0)[name] == value


def test_definitions_say_what_the_end_of_a_trip_is():
    for name in ("mean_delay", "mean_travel_time", "travel_time_cityflow"):
        assert "to the start of the trip's last second" in DEFINITIONS[name].text
    assert "end of the second" in DEFINITIONS["clear_time"].text


def test_gridlock_is_told():
    assert summarise(AT_HORIZON, replace(AT_END, gridlocked=np.array([True])), 100).of(0)["gridlock"] is True


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


def test_on_network_counts_those_who_entered_and_did_not_leave():
    assert on_network(AT_HORIZON).tolist() == [2]
    assert on_network(AT_END).tolist() == [1]


@pytest.mark.parametrize(
    ("scheduled", "entered", "left", "reason"),
    [
        (10, 5, NEVER, "before it was due"),
        (10, NEVER, 50, "without having entered"),
        (10, 20, 15, "before it entered"),
        (10, 100, NEVER, "entered in the future"),
        (10, 20, 100, "left in the future"),
    ],
)
def test_records_that_contradict_themselves_are_refused(scheduled, entered, left, reason):
    with pytest.raises(AssertionError, match=reason):
        check_records(records(100, [scheduled], [entered], [left]))


def test_a_trip_completed_by_the_horizon_stays_completed():
    with pytest.raises(AssertionError, match="changed"):
        summarise(AT_HORIZON, replace(AT_END, left=np.array([[61, 130, NEVER, NEVER]], np.int32)), 100)


@pytest.mark.parametrize(
    ("completed", "under_way", "reason"),
    [(3, 1, "trips were completed"), (2, 2, "appeared on the network"), (2, 0, "vanished from it")],
)
def test_counters_of_the_engine_agree_with_the_records(completed, under_way, reason):
    check_counters(AT_END, np.array([2], np.int32), np.array([1], np.int32))
    with pytest.raises(AssertionError, match=reason):
        check_counters(AT_END, np.array([completed], np.int32), np.array([under_way], np.int32))


def test_a_vehicle_that_left_without_entering_does_not_add_up():
    ghost = replace(AT_END, entered=np.array([[NEVER, 15, 20, NEVER]], np.int32))
    with pytest.raises(AssertionError, match="do not add up"):
        check_counters(ghost, np.array([2], np.int32), np.array([1], np.int32))


def test_records_of_another_second_are_refused():
    with pytest.raises(
        UsageError, match="at_horizon: the records at the horizon are those of second 100, not 90; take"
    ):
        summarise(AT_HORIZON, AT_END, 90)
