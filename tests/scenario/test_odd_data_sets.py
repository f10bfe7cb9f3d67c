"""Each odd data set from scenario to trips: it has the vehicles that CityFlow has, or is refused in one line."""

import numpy as np
import pytest

from tests.helpers.odd_data_sets import ODD, write
from traffic_marl import rollout
from traffic_marl.errors import TrafficError
from traffic_marl.remarks import ensure_strict
from traffic_marl.scenario.cityflow import cityflow_scenario
from traffic_marl.strategies.catalogue import parse

pytestmark = pytest.mark.filterwarnings("ignore::traffic_marl.remarks.DataWarning")
AS_SOUND = {  # data sets with the trips of the sound one, and words of their only remark
    "unroutable_flow": "1 of 3 flows left out with 5 vehicles",
    "route_of_one_road": "1 of 3 flows left out with 1 vehicle,",
    "virtual_with_links": "road links of 1 virtual intersection ignored",
    "point_twice": "1 point of roads given twice in a row",
    "virtual_without_width": None,
    "other_turn": "1 road link of other types",
    "movement_twice": "1 movement given as several road links",
    "phase_time_0": None,
}
REFUSED = {
    "last_piece_shorter_than_width": "its last piece is 6 m long",
    "node_twice": '"mid" is also the id of',
    "empty_flow": "no vehicle is due",
    "interval_0": "0 s between two vehicles is too short",
    "end_before_start": "the flow ends at 20 s, before it starts at 50 s",
    "fast_vehicle": "120 m/s are 432 km/h",
}
VEHICLES = {  # of the others, within their own horizon
    "more_than_256_types": 300,
    "rim_not_virtual": 104,
    "no_start_time": 720 + 515,
    "all_after_an_hour": 61,
    "interval_fraction_open_end": 973 + 43,
    "long_vehicle": 61,
    "yellow_rows_with_greens": 104,
    "same_row_twice": 104,
}


def run(folder, *changes):
    return rollout.run(cityflow_scenario(write(folder, *changes)), parse("fixed_time:green_s=30"), [0])


def test_every_odd_data_set_is_tried():
    assert {*AS_SOUND, *REFUSED, *VEHICLES} == set(ODD)


@pytest.mark.parametrize(("name", "words"), AS_SOUND.items())
def test_what_cityflow_passes_over_changes_no_trip_and_is_told_once(tmp_path, name, words):
    result, sound = run(tmp_path / "odd", name), run(tmp_path / "sound")
    for column in ("scheduled", "entered", "left"):
        assert np.array_equal(getattr(result.at_end, column), getattr(sound.at_end, column))
    told = [str(remark) for remark in result.scenario.remarks()]
    assert len(told) == (0 if words is None else 1)
    assert words is None or words in told[0]


@pytest.mark.parametrize("name", [name for name, words in AS_SOUND.items() if words is not None])
def test_a_strict_reader_refuses_what_is_left_out_or_ignored(tmp_path, name):
    with pytest.raises(TrafficError):
        ensure_strict(cityflow_scenario(write(tmp_path, name)).remarks())


@pytest.mark.parametrize(("name", "words"), REFUSED.items())
def test_what_makes_no_sense_is_refused_in_one_line(tmp_path, name, words):
    with pytest.raises(TrafficError) as caught:
        run(tmp_path, name)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(("name", "vehicles"), VEHICLES.items())
def test_every_vehicle_of_an_odd_data_set_is_on_its_way(tmp_path, name, vehicles):
    result = run(tmp_path, name)
    assert result.at_end.count.tolist() == [vehicles]
    assert int(result.simulation.completed()[0]) > 0


def test_vehicles_pass_an_intersection_without_extent(tmp_path):
    def without_width(data):
        data.node("mid")["width"] = 0

    result = run(tmp_path, without_width)
    assert int(result.simulation.completed()[0]) == int(result.at_end.count[0]) == 104
