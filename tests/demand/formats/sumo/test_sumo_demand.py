"""SUMO's route files: vehicles, their times, routes and types, and all that is left out."""

import pytest

from tests.helpers.sumo_town import routes, town
from traffic_marl.demand.demand import remarks_of
from traffic_marl.demand.formats.sumo.demand import read_sumo_demand
from traffic_marl.errors import DemandError
from traffic_marl.simulation.packing import pack_vehicles


def read(folder, *elements, horizon=3600):
    return read_sumo_demand(routes(folder, *elements), town(), horizon)


def told(demand):
    return " | ".join(remark.what for remark in remarks_of(demand))


def roads_of(trips, vehicle):
    network = town()
    path = trips.path[trips.path_start[vehicle] :].tolist()
    lanes = path[: path.index(-1)][::2]
    return [network.roads[network.tables.lane_road[lane]] for lane in lanes]


def test_a_trip_takes_the_fastest_way(tmp_path):
    trips = read(tmp_path, '<trip id="a" depart="7.2" from="WC" to="TA"/>').draw(0)
    assert trips.names == ("a",)
    assert trips.scheduled.tolist() == [8]
    assert roads_of(trips, 0) == ["WC", "CT", "TA"]


def test_a_vehicle_takes_its_route_and_a_trip_of_one_edge_is_driven(tmp_path):
    elements = (
        '<route id="r" edges="NC CS"/>',
        '<vehicle id="a" route="r" depart="0:00:10"/>',
        '<vehicle id="b" depart="3"><route edges="ET TC CN"/></vehicle>',
        '<trip id="c" depart="1" from="WC" to="WC"/>',
    )
    trips = read(tmp_path, *elements).draw(0)
    assert trips.names == ("c", "b", "a")
    assert [roads_of(trips, vehicle) for vehicle in range(3)] == [["WC"], ["ET", "TC", "CN"], ["NC", "CS"]]


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [
        ('begin="10" end="40" period="10"', [10, 20, 30]),
        ('begin="10" end="40" number="2"', [10, 25]),
        ('begin="0" end="20" vehsPerHour="720"', [0, 5, 10, 15]),
        ('begin="0" end="20" perHour="720" number="2"', [0, 5]),
        ('begin="0" end="20" probability="1"', list(range(20))),
    ],
)
def test_a_flow_departs_as_in_sumo(tmp_path, rate, seconds):
    trips = read(tmp_path, f'<flow id="f" {rate} from="WC" to="CT"/>').draw(0)
    assert trips.scheduled.tolist() == seconds
    assert trips.names[1] == "f.1"


def test_random_flows_differ_by_seed_and_have_the_expected_number(tmp_path):
    elements = (
        '<flow id="f" begin="0" end="3600" probability="0.1" from="WC" to="CT"/>',
        '<flow id="g" begin="0" end="3600" period="exp(0.2)" from="NC" to="CS"/>',
    )
    demand = read(tmp_path, *elements)
    assert demand.is_random
    first, again, other = demand.draw(1), demand.draw(1), demand.draw(2)
    assert first.scheduled.tolist() == again.scheduled.tolist() != other.scheduled.tolist()
    assert abs(len(first) - 1080) < 130  # four standard deviations
    assert sum(demand.flow) == pytest.approx(0.3)


def test_types_are_read_and_the_speed_limit_bounds_them(tmp_path):
    elements = (
        '<vType id="t" vClass="truck" accel="1" minGap="3" tau="1.5" maxSpeed="99"/>',
        '<trip id="a" type="t" depart="0" from="WC" to="CT"/>',
        '<trip id="b" depart="1" from="WC" to="CT"/>',
    )
    truck, car = read(tmp_path, *elements).draw(0).types
    assert (truck.length, truck.min_gap, truck.headway, truck.max_acceleration) == (7.1, 3.0, 1.5, 1.0)
    assert (car.length, car.max_acceleration, car.headway) == (5.0, 2.6, 1.0)
    assert truck.max_speed == car.max_speed == 13.89


@pytest.mark.parametrize(("given", "share"), [("", 0.9), (' probabilities="1 1"', 0.5), (' probabilities="0.3"', 0.75)])
def test_a_type_that_a_distribution_names_has_its_own_probability_if_none_is_given_as_in_sumo(tmp_path, given, share):
    elements = (
        '<vType id="car" probability="0.9"/>',
        '<vType id="van" probability="0.1"/>',
        f'<vTypeDistribution id="mix" vTypes="car van"{given}/>',
        '<flow id="f" type="mix" begin="0" end="2000" period="1" from="WC" to="CT"/>',
    )
    trips = read(tmp_path, *elements).draw(0)
    names = [trips.types[row].name for row in trips.type_row]
    assert names.count("car") / 2000 == pytest.approx(share, abs=0.045)  # four standard errors of 0.011


def test_every_draw_has_the_same_table_of_types_though_a_rare_one_may_not_be_drawn(tmp_path):
    elements = (
        '<vTypeDistribution id="mix">'
        '<vType id="car" probability="0.98"/><vType id="truck" vClass="truck" probability="0.02"/>'
        "</vTypeDistribution>",
        '<flow id="f" type="mix" begin="0" end="200" period="4" from="WC" to="CT"/>',
        '<trip id="late" depart="250" from="NC" to="CS"/>',
    )
    demand = read(tmp_path, *elements)
    draws = [demand.draw(seed) for seed in range(8)]
    assert {tuple(each.name for each in trips.types) for trips in draws} == {("car", "truck", "DEFAULT_VEHTYPE")}
    trucks = [[trips.types[row].name for row in trips.type_row].count("truck") for trips in draws]
    assert min(trucks) == 0 < max(trucks) < 10
    vehicles = pack_vehicles(draws, town().tables)
    assert vehicles.type_row.max(axis=1).tolist() == [2] * 8  # the last trip has the default type in every copy


def test_all_that_is_left_out_is_counted_with_the_reason(tmp_path):
    elements = (
        '<vType id="bike" vClass="bicycle"/>',
        '<trip id="a" depart="0" from="WC" to="CT"/>',
        '<trip id="b" depart="0" from="WC" to="foot"/>',
        '<trip id="c" depart="0" from="CT" to="nowhere"/>',
        '<trip id="d" depart="0" from="CW" to="CT"/>',
        '<trip id="e" depart="0" type="bike" from="WC" to="CT"/>',
        '<trip id="f" depart="triggered" from="WC" to="CT"/>',
        '<vehicle id="g" depart="9"><route edges="WC TE"/></vehicle>',
        '<trip id="h" depart="4000" from="WC" to="CT"/>',
        '<person id="p" depart="0"><walk edges="foot"/></person>',
    )
    demand = read(tmp_path, *elements)
    assert demand.draw(0).names == ("a",)
    text = told(demand)
    assert "2 of 7 vehicles left out, because the network lacks an edge of theirs, or it is not for cars" in text
    assert "2 of 7 vehicles left out, because no way for cars joins their edges; the first is trip d" in text
    assert "1 of 7 vehicles left out, because their class drives on other lanes than cars" in text
    assert "1 of 7 vehicles left out, because they do not depart at a time" in text
    assert "1 vehicle is due after 3,600 s and left out" in text
    assert "1 elements <person> have no effect here" in text


@pytest.mark.parametrize(
    ("element", "words"),
    [
        ('<trip id="a" from="WC" to="CT"/>', 'it has no "depart"'),
        ('<trip id="a" type="x" depart="0" from="WC" to="CT"/>', "there is no vType 'x'"),
        ('<vehicle id="a" route="x" depart="0"/>', "there is no route 'x'"),
        ('<flow id="a" from="WC" to="CT"/>', "does not say how many vehicles"),
        ('<flow id="a" begin="9" end="1" period="1" from="WC" to="CT"/>', "ends at 1 s, before it begins"),
        ('<flow id="a" period="0" from="WC" to="CT"/>', '"period" is 0'),
        ('<vType id="a" length="-3"/>', '"length" is -3'),
    ],
)
def test_a_wrong_element_is_told_with_its_line(tmp_path, element, words):
    with pytest.raises(DemandError) as caught:
        read(tmp_path, element)
    assert words in str(caught.value)
    assert "town.rou.xml: line 2" in str(caught.value)
