"""Flows that CityFlow leaves out, and times for which it has a default: taken, counted and told."""

import numpy as np
import pytest

from tests.helpers.odd_data_sets import CAR, DataSet, flow, link, road, write
from traffic_marl.demand.formats.cityflow import read_flow
from traffic_marl.errors import DemandError
from traffic_marl.network.formats.cityflow import read_roadnet
from traffic_marl.remarks import ensure_strict
from traffic_marl.simulation.packing import pack_vehicles


def read(folder, *changes, horizon=3600):
    write(folder, *changes)
    return read_flow(folder / "flow.json", read_roadnet(folder / "roadnet.json"), horizon)


def with_route(*roads):
    return lambda data: data.flow.append(flow(list(roads), interval=5.0, end=20))


def same_trips(one, other):
    columns = ("scheduled", "type_row", "path", "path_start")
    return one.names == other.names and all(np.array_equal(getattr(one, c), getattr(other, c)) for c in columns)


@pytest.mark.parametrize(
    ("route", "told"),
    [
        (["w_in", "n_out"], "no movements join the roads of the route; it is flow 2 (no route leads from 'w_in' to"),
        (["e_out", "w_in"], "no movements join the roads of the route; it is flow 2"),
        (["w_in", "gone"], "the network lacks a road of the route; it is flow 2 (there is no road 'gone')"),
        (["w_in"], "the route has fewer than two roads; it is flow 2 (w_in has fewer than two roads)"),
        (["w_in", "w_in"], "the route has fewer than two roads; it is flow 2"),
        ([], "the route has fewer than two roads; it is flow 2"),
    ],
)
def test_a_flow_that_cannot_be_driven_is_left_out_and_told(tmp_path, route, told):
    demand = read(tmp_path / "odd", with_route(*route))
    (remark,) = demand.remarks
    assert str(remark).startswith(f"flow.json: 1 of 3 flows left out with 5 vehicles, because {told}")
    assert same_trips(demand.draw(7), read(tmp_path / "good").draw(7))
    with pytest.raises(DemandError, match=r"^flow.json: \[2\]\.route: "):
        ensure_strict(demand.remarks)


def test_flows_left_out_for_the_same_reason_are_told_together_and_the_names_of_the_others_keep_their_index(tmp_path):
    def change(data):
        data.flow = [flow(["gone", "e_out"], end=9), *data.flow[:1], flow(["w_in", "gone"], end=3), flow(["w_in"])]

    demand = read(tmp_path, change, horizon=10)
    assert [str(remark) for remark in demand.remarks] == [
        "flow.json: 2 of 4 flows left out with 14 vehicles, because the network lacks a road of the route; the first "
        "is flow 0 (there is no road 'gone')",
        "flow.json: 1 of 4 flows left out with 10 vehicles, because the route has fewer than two roads; it is flow 3 "
        "(w_in has fewer than two roads)",
        "flow.json: 59 of 61 vehicles are due after 10 s and left out",
    ]
    assert demand.draw(0).names == ("flow_1_0", "flow_1_1")


def test_a_route_along_lanes_that_lead_nowhere_is_left_out(tmp_path):
    def change(data: DataSet):
        data.road("w_in")["lanes"] *= 2
        data.road("e_out")["lanes"] *= 2
        further = road("further", ("east", "north"))
        data.roadnet["roads"].append(further)
        links = [link("go_straight", "e_out", "further"), link("go_straight", "e_out", "further")][:1]
        links[0]["laneLinks"][0]["startLaneIndex"] = 1  # while the vehicles come on lane 0
        east = data.node("east")
        lights = {"roadLinkIndices": [0], "lightphases": [{"time": 30, "availableRoadLinks": [0]}]}
        east.update(virtual=False, roadLinks=links, trafficLight=lights)
        data.flow.append(flow(["w_in", "e_out", "further"], end=0))

    (remark,) = read(tmp_path, change).remarks
    assert "1 of 3 flows left out with 1 vehicle, because no lanes lead along the route" in str(remark)


def test_an_anchor_given_twice_in_a_row_counts_once(tmp_path):
    demand = read(tmp_path / "odd", lambda data: data.flow[0].update(route=["w_in", "w_in", "e_out", "e_out"]))
    assert demand.remarks == ()
    assert same_trips(demand.draw(7), read(tmp_path / "good").draw(7))


def test_a_sound_file_leaves_nothing_to_tell(tmp_path):
    assert read(tmp_path).remarks == ()


def test_without_times_a_flow_starts_at_0_and_has_no_end(tmp_path):
    demand = read(tmp_path, "no_start_time", horizon=20)
    assert demand.remarks == ()
    assert demand.draw(0).names == ("flow_0_0", "flow_1_0", "flow_0_1", "flow_1_1", "flow_0_2", "flow_1_2", "flow_0_3")
    assert demand.draw(0).scheduled.tolist() == [0, 0, 5, 7, 10, 14, 15]


def test_a_time_that_is_null_is_one_that_is_missing(tmp_path):
    def change(data):
        data.flow = [data.flow[0] | {"startTime": None, "endTime": None}]

    demand = read(tmp_path, change, horizon=11)
    assert demand.draw(0).scheduled.tolist() == [0, 5, 10]
    assert demand.remarks == ()


@pytest.mark.parametrize(
    ("times", "seconds", "told"),
    [
        (
            {"startTime": -3, "endTime": 5},
            [0, 5],
            "startTime lies before 0 s in 1 of 1 flows and counts as 0 s; it is [0].startTime",
        ),
        ({"startTime": 1.5, "endTime": 7}, [2, 7], "counts as the second after it; it is [0].startTime"),
        ({"startTime": 2, "endTime": 7.5}, [2, 7], "counts as the second before it; it is [0].endTime"),
        ({"startTime": 1, "endTime": 6.9}, [1, 6], "counts as the second before it; it is [0].endTime"),
    ],
)
def test_a_time_that_is_no_second_is_taken_as_the_nearest_within_the_flow_and_told(tmp_path, times, seconds, told):
    def change(data):
        data.flow = [data.flow[0] | times]

    demand = read(tmp_path, change)
    assert demand.draw(0).scheduled.tolist() == seconds
    (remark,) = demand.remarks
    assert told in str(remark)
    with pytest.raises(DemandError, match="is not a second"):
        ensure_strict(demand.remarks)


def test_seconds_with_a_decimal_point_count_and_are_told_because_cityflow_ignores_them(tmp_path):
    def change(data):
        data.flow = [data.flow[0] | {"startTime": 5.0, "endTime": 10.0}, data.flow[1] | {"startTime": 0.0}]

    demand = read(tmp_path, change, horizon=12)
    assert [name for name in demand.draw(0).names if name.startswith("flow_0")] == ["flow_0_0", "flow_0_1"]
    remark, other, _ = demand.remarks
    assert str(other).endswith("CityFlow ignores it; it is [0].endTime (10.0)")
    assert str(remark) == (
        "flow.json: startTime has a decimal point in 1 of 2 flows and counts, while CityFlow ignores it; it is "
        "[0].startTime (5.0)"
    )
    ensure_strict(demand.remarks)


def test_each_vehicle_may_be_of_a_kind_of_its_own(tmp_path):
    write(tmp_path, "more_than_256_types")
    network = read_roadnet(tmp_path / "roadnet.json")
    demand = read_flow(tmp_path / "flow.json", network, 3600)
    trips = demand.draw(0)
    assert len(trips.types) == 300
    speeds = [trips.types[row].max_speed for row in trips.type_row.tolist()]
    assert speeds == [10 + i / 1000 for i in range(300)]
    packed = pack_vehicles([trips], network.tables)
    assert packed.types["max_speed"][packed.type_row[0]].tolist() == speeds
    assert trips.types[0].length == CAR["length"]
