import json

import pytest

from tests.helpers.handmade_roads import street
from traffic_marl.demand.formats.flow_times import NO_END, FlowTimes, natural_horizon

ROUTE = ["in", "mid", "out"]
NETWORK = street([(1, 1)], [(1, 1)])


@pytest.mark.parametrize("interval", [0.25, 0.5, 1.0, 2.5, 3.7, 5.0, 1000.0])
@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 3), (0, 99), (7, 1234)])
def test_count_and_last_second_of_a_flow_are_those_of_the_accumulator(interval, start, end):
    times = FlowTimes(start, end, interval)
    made = list(times.creations(10_000))
    assert (times.count(), times.last()) == (len(made), made[-1])


def test_vehicles_after_the_horizon_are_counted():
    times = FlowTimes(10, 40, 10.0)
    assert [times.count_after(horizon, len(list(times.creations(horizon)))) for horizon in (5, 30, 40, 41)] == [
        4,
        2,
        1,
        0,
    ]
    assert FlowTimes(0, NO_END, 10.0).count_after(30, 3) == 0


def test_a_flow_that_ends_in_time_leaves_nothing_out_by_rounding():
    times = FlowTimes(0, 99, 0.3)
    assert times.count_after(100, len(list(times.creations(100)))) == 0


def test_creations_end_before_the_horizon():
    assert list(FlowTimes(10, 40, 10.0).creations(30)) == [10, 20]
    assert list(FlowTimes(10, NO_END, 10.0).creations(31)) == [10, 20, 30]
    assert list(FlowTimes(10, 40, 10.0).creations(10)) == []


def horizon(tmp_path, *flows, longest=86_400):
    path = tmp_path / "flow.json"
    path.write_text(json.dumps([{"interval": 1.0, "route": ROUTE, **flow} for flow in flows]))
    return natural_horizon([path], NETWORK, longest)


@pytest.mark.parametrize(
    ("last", "seconds"),
    [
        (0, 3600),
        (3599, 3600),
        (3600, 3600),
        (3601, 4500),
        (4499, 4500),
        (4500, 5400),
        (86_399, 86_400),
        (10**9, 86_400),
    ],
)
def test_a_data_set_ends_with_the_quarter_of_an_hour_of_its_last_vehicle_and_not_before_an_hour(
    tmp_path, last, seconds
):
    assert horizon(tmp_path, {"startTime": 5, "endTime": 5}, {"startTime": last, "endTime": last}) == seconds


def test_a_data_set_whose_first_vehicle_is_due_at_the_hour_goes_on(tmp_path):
    assert horizon(tmp_path, {"startTime": 3600, "endTime": 3600}) == 4500


def test_a_flow_that_includes_its_last_second_ends_at_the_hour(tmp_path):
    assert horizon(tmp_path, {"startTime": 0, "endTime": 3600, "interval": 12.0}) == 3600


def test_the_last_vehicle_counts_not_the_end_of_its_flow(tmp_path):
    assert horizon(tmp_path, {"startTime": 0, "endTime": 9000, "interval": 4000.0}) == 8100
    assert horizon(tmp_path, {"startTime": 0, "endTime": 9000, "interval": 10_000.0}) == 3600


def test_a_flow_without_end_goes_on_to_the_end_of_the_others(tmp_path):
    endless = [{"startTime": 0, "endTime": -1}, {"startTime": 3500}, {"startTime": None, "endTime": None}]
    assert horizon(tmp_path, *endless) == 3600
    assert horizon(tmp_path, *endless, {"startTime": 4000, "endTime": 4000}) == 4500


def test_the_first_vehicle_of_a_flow_without_end_is_not_left_out(tmp_path):
    assert horizon(tmp_path, {"startTime": 7000, "endTime": -1}) == 7200


@pytest.mark.parametrize("route", [["in", "gone"], ["in"], ["out", "in"], [], "in", [7], None])
def test_a_flow_that_nobody_can_drive_does_not_count(tmp_path, route):
    late = {"startTime": 50_000, "endTime": 50_000, "route": route}
    assert horizon(tmp_path, late) == 3600
    assert horizon(tmp_path, late, {"startTime": 4000, "endTime": 4000}) == 4500


def test_the_latest_of_several_files_counts(tmp_path):
    for name, second in (("a", 4000), ("b", 10)):
        (tmp_path / name).write_text(
            json.dumps([{"interval": 1, "route": ROUTE, "startTime": second, "endTime": second}])
        )
    assert natural_horizon([tmp_path / "a", tmp_path / "b"], NETWORK, 86_400) == 4500


@pytest.mark.parametrize(
    "flow",
    [
        {"startTime": "5000", "endTime": 6000},
        {"startTime": 6000, "endTime": 5000},
        {"startTime": 5000, "endTime": 6000, "interval": 0},
        {"startTime": 5000, "endTime": 6000, "interval": None},
        {"startTime": True, "endTime": float("inf")},
        {"startTime": 5000, "endTime": 10**400},
        {"startTime": 5000, "endTime": float("nan")},
    ],
)
def test_mistakes_in_a_flow_are_left_to_its_reader(tmp_path, flow):
    assert horizon(tmp_path, flow) == 3600


@pytest.mark.parametrize("content", ["", "{", "{}", "7", "[7]", "[[]]", "null"])
def test_a_file_without_flows_is_left_to_its_reader(tmp_path, content):
    (tmp_path / "flow.json").write_text(content)
    assert natural_horizon([tmp_path / "flow.json"], NETWORK, 86_400) == 3600
    assert natural_horizon([tmp_path / "missing.json"], NETWORK, 86_400) == 3600
