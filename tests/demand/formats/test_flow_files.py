import json

import numpy as np
import pytest

from tests.helpers.handmade_roads import street
from tests.helpers.odd_data_sets import CAR
from traffic_marl.demand.departures import Departures
from traffic_marl.demand.formats.cityflow import read_flow, write_flow
from traffic_marl.demand.trips import VehicleType
from traffic_marl.demand.turning import TurningDemand, rim_entries
from traffic_marl.errors import DemandError, FileError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.generators.grid import grid

ROUTE = ["in", "mid", "out"]
NETWORK = street([(1, 1)], [(1, 1)])


def flow(**fields):
    return {"vehicle": CAR, "route": ROUTE, "interval": 1.0, "startTime": 0, "endTime": -1, **fields}


def read(tmp_path, flows, horizon=10):
    path = tmp_path / "flow.json"
    path.write_text(flows if isinstance(flows, str) else json.dumps(flows))
    return read_flow(path, NETWORK, horizon)


def due(tmp_path, horizon=10, **fields):
    return read(tmp_path, [flow(**fields)], horizon).draw(0).scheduled.tolist()


def reenacted(interval, start, end, horizon):
    """Creation times, by a clock and an accumulator that both run from the first second."""
    clock, ready, created = 0.0, interval, []
    for _ in range(horizon):
        if not (end != -1 and clock > end):
            if clock >= start:
                while ready >= interval:
                    created.append(int(clock))
                    ready -= interval
                ready += 1.0
            clock += 1.0
    return created


def test_start_equal_to_end_is_one_vehicle(tmp_path):
    assert due(tmp_path, startTime=4, endTime=4) == [4]


def test_no_end_goes_on_to_the_horizon(tmp_path):
    assert due(tmp_path, horizon=5) == [0, 1, 2, 3, 4]
    fields = flow()
    del fields["endTime"]
    assert read(tmp_path, [fields], 3).draw(0).scheduled.tolist() == [0, 1, 2]


def test_end_is_included(tmp_path):
    assert due(tmp_path, startTime=2, endTime=6, interval=2) == [2, 4, 6]


def test_half_a_second_is_one_vehicle_at_first_and_then_two(tmp_path):
    assert due(tmp_path, interval=0.5, horizon=4) == [0, 1, 1, 2, 2, 3, 3]


def test_two_and_a_half_seconds(tmp_path):
    assert due(tmp_path, interval=2.5, horizon=11) == [0, 3, 5, 8, 10]


@pytest.mark.parametrize("interval", [0.1, 0.3, 0.5, 0.7, 1.0, 1.1, 2.5, 3.3, 7.0, 1000.0])
@pytest.mark.parametrize(("start", "end"), [(0, -1), (3, -1), (5, 5), (7, 40), (200, 210)])
def test_creation_times_are_those_of_the_accumulator(tmp_path, interval, start, end):
    assert due(tmp_path, interval=interval, startTime=start, endTime=end, horizon=100) == reenacted(
        interval, start, end, 100
    )


def test_vehicles_of_one_second_queue_in_the_order_of_their_flows(tmp_path):
    trips = read(tmp_path, [flow(startTime=1), flow(interval=0.5, startTime=1)], 3).draw(0)
    assert trips.names == ("flow_0_0", "flow_1_0", "flow_0_1", "flow_1_1", "flow_1_2")
    assert trips.scheduled.tolist() == [1, 1, 2, 2, 2]


def test_parameters_arrive_where_they_belong_and_equal_vehicles_share_a_type(tmp_path):
    bus = {**CAR, "length": 12, "maxPosAcc": 1.1, "maxNegAcc": 4.1, "usualPosAcc": 1.0, "usualNegAcc": 4.0}
    bus |= {"minGap": 3.0, "maxSpeed": 10.0, "headwayTime": 2.5, "width": 2.5}
    trips = read(tmp_path, [flow(), flow(vehicle=bus), flow(vehicle={**CAR, "width": 9})], 1).draw(0)
    assert trips.types == (VehicleType(), VehicleType("car_2", 12.0, 3.0, 10.0, 2.5, 1.1, 4.1, 1.0, 4.0))
    assert trips.type_row.tolist() == [0, 1, 0]


def test_anchors_are_joined_by_the_shortest_path(tmp_path):
    (through,) = {tuple(trips.path) for trips in [read(tmp_path, [flow(route=["in", "out"])], 1).draw(0)]}
    assert through == tuple(read(tmp_path, [flow()], 1).draw(0).path)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"interval": 0}, "[0].interval: 0 s between two vehicles is too short; give at least 0.01 s"),
        ({"interval": -1}, "[0].interval: -1 s between two vehicles is too short"),
        ({"interval": "1"}, '[0].interval: "1" is not a number; give a finite number'),
        ({"interval": True}, "[0].interval: true is not a number"),
        ({"interval": float("nan")}, "[0].interval: NaN is not a finite number"),
        ({"interval": float("inf")}, "[0].interval: Infinity is not a finite number"),
        ({"interval": 10**400}, "[0].interval: "),
        ({"startTime": "1"}, '[0].startTime: "1" is not a number; give a finite number'),
        ({"endTime": -2}, "[0].endTime: -2 is not a second; give -1 for no end, or a whole number, at least 0"),
        ({"startTime": 5, "endTime": 4}, "[0].endTime: the flow ends at 4 s, before it starts at 5 s; give -1 for"),
        ({"route": "in"}, '[0].route: "in" is not a list'),
        ({"route": ["in", 3]}, "[0].route[1]: 3 is not a name"),
        ({"vehicle": 3}, "[0].vehicle: 3 is not an object"),
        (
            {"vehicle": {**CAR, "length": 0}},
            "[0].vehicle.length: 0 is not within 0.5 to 100; give metres in this range",
        ),
        ({"vehicle": {**CAR, "minGap": -1}}, "[0].vehicle.minGap: -1 is not within 0 to 100; give metres"),
        ({"vehicle": {**CAR, "maxSpeed": None}}, "[0].vehicle.maxSpeed: null is not a number"),
        ({"vehicle": {**CAR, "length": 1e-300}}, "[0].vehicle.length: 1e-300 is not within 0.5 to 100"),
        (
            {"vehicle": {**CAR, "maxSpeed": 1e9}},
            "[0].vehicle.maxSpeed: 1e+09 m/s are 3.6e+09 km/h, which is too fast; give metres per",
        ),
        ({"vehicle": {**CAR, "headwayTime": 1e9}}, "[0].vehicle.headwayTime: 1000000000.0 is not within 0 to 60"),
        ({"vehicle": {**CAR, "maxSpeed": 120}}, "[0].vehicle.maxSpeed: 120 m/s are 432 km/h, which is too fast; give"),
        ({"vehicle": {"length": 5, "maxSpeed": 9}}, '[0].vehicle: it has no "minGap"; add it'),
    ],
)
def test_mistakes_name_file_and_element(tmp_path, fields, message):
    with pytest.raises(DemandError) as error:
        read(tmp_path, [flow(**fields)])
    assert str(error.value).startswith(f"flow.json: {message}")


def test_more_vehicles_than_can_be_held_are_refused(tmp_path):
    with pytest.raises(DemandError, match=r"^flow.json: \[1\]: .* vehicles") as error:
        read(tmp_path, [flow(), flow(interval=0.01)], 86_400)
    assert "at most 5,000,000" in str(error.value)


@pytest.mark.parametrize("name", ["vehicle", "route", "interval"])
def test_missing_field_is_named(tmp_path, name):
    fields = flow()
    del fields[name]
    with pytest.raises(DemandError, match=rf'^flow.json: \[1\]: it has no "{name}"; add it$'):
        read(tmp_path, [flow(), fields])


@pytest.mark.parametrize(
    ("flows", "message"), [({}, "flow.json: {} is not a list"), ([3], r"flow.json: \[0\]: 3 is not an object")]
)
def test_other_content_is_refused(tmp_path, flows, message):
    with pytest.raises(DemandError, match=message):
        read(tmp_path, flows)


def test_malformed_file_is_refused_with_line_and_column(tmp_path):
    with pytest.raises(FileError, match=r"flow.json: is not JSON: line 2, column 2: "):
        read(tmp_path, "[\n }")


def test_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(FileError, match="cannot be read: No such file"):
        read_flow(tmp_path / "none.json", NETWORK, 10)
    (tmp_path / "flow.json").write_bytes(b"[\xff\xfe")
    with pytest.raises(FileError, match="is not text in UTF-8"):
        read_flow(tmp_path / "flow.json", NETWORK, 10)
    with pytest.raises(FileError, match=r"flow.json: "):
        read(tmp_path, "[" * 200_000)
    with pytest.raises(FileError, match=r"flow.json: is not JSON that can be read: "):
        read(tmp_path, "[" + "9" * 5000 + "]")


def test_written_trips_are_read_back(tmp_path):
    network = grid(2, 2)
    departures = Departures(300, types=(VehicleType(), VehicleType("bus", length=12.0)), shares=(3.0, 1.0))
    trips = TurningDemand(network, dict.fromkeys(rim_entries(network), 0.2), departures).draw(1)
    write_flow(trips, network, tmp_path / "flow.json")
    again = read_flow(tmp_path / "flow.json", network, 300).draw(0)
    assert again.names == tuple(f"flow_{place}_0" for place in range(len(trips)))
    assert np.array_equal(again.scheduled, trips.scheduled)
    assert [again.types[row].length for row in again.type_row] == [trips.types[row].length for row in trips.type_row]
    assert [path_at(again, place) for place in range(len(trips))] == [
        path_at(trips, place) for place in range(len(trips))
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["flow.json"]


def path_at(trips, place):
    start = trips.path_start[place]
    return trips.path[start : start + np.argmax(trips.path[start:] == NONE)].tolist()


def test_file_that_cannot_be_written_is_refused(tmp_path):
    network = street([(1, 1)], [(1, 1)])
    trips = read(tmp_path, [flow()]).draw(0)
    with pytest.raises(FileError, match="cannot be written: No such file"):
        write_flow(trips, network, tmp_path / "none" / "flow.json")
    (tmp_path / "taken").mkdir()
    with pytest.raises(FileError, match="cannot be written: Is a directory"):
        write_flow(trips, network, tmp_path / "taken")
    assert {path.name for path in tmp_path.iterdir()} == {"flow.json", "taken"}
