"""Road networks with elements that CityFlow ignores or for which it has a default: taken as it takes them, and told."""

import json

import numpy as np
import pytest

from tests.helpers.odd_data_sets import DataSet, link, phase, point, road, write
from traffic_marl.errors import NetworkError
from traffic_marl.kernels.tables import LEFT, OTHER, RIGHT, THROUGH
from traffic_marl.network.formats.cityflow import read_roadnet, write_roadnet
from traffic_marl.remarks import ensure_strict


def read(folder, *changes):
    return read_roadnet(write(folder, *changes) / "roadnet.json")


def told(network, words):
    """The one remark that has these words."""
    (remark,) = [str(remark) for remark in network.remarks if words in str(remark)]
    return remark


def refused_if_strict(network, words):
    with pytest.raises(NetworkError, match=words):
        ensure_strict(network.remarks)


def same_tables(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one.tables, other.tables, strict=True))


def lights(data, *rows):
    data.node("mid")["trafficLight"]["lightphases"] = [phase(30, list(row)) for row in rows]


def test_a_sound_network_leaves_nothing_to_tell(tmp_path):
    assert read(tmp_path).remarks == ()


def test_road_links_of_a_virtual_node_are_ignored(tmp_path):
    network = read(tmp_path, "virtual_with_links")
    assert network.intersections == ("mid",)
    assert ("e_out", "back") not in network.movement_roads
    assert told(network, "virtual").endswith("road links of 1 virtual intersection ignored, as in CityFlow; it is east")
    refused_if_strict(network, "east is virtual but has road links")


def test_a_lane_link_given_several_times_counts_once(tmp_path):
    def thrice(data):
        data.node("mid")["roadLinks"][1]["laneLinks"] *= 3

    network = read(tmp_path / "odd", thrice)
    assert same_tables(network, read(tmp_path / "sound"))
    assert told(network, "several times").endswith(
        "1 road link with lane links given several times, of which the first counts; "
        "it is intersections[0].roadLinks[1] (s_in > n_out)"
    )
    refused_if_strict(network, "two lane links join the same lanes")


def test_a_lane_link_without_length_is_taken_as_one_centimetre(tmp_path):
    def with_points(data):
        data.node("mid")["roadLinks"][0]["laneLinks"][0]["points"] = [point((0, 0)), point((0, 0))]

    def without_width(data):
        data.node("mid")["width"] = 0.0

    length, meets = {}, {}
    for change in (with_points, without_width):
        network = read(tmp_path / change.__name__, change)
        tables = network.tables
        length[change], meets[change] = (
            tables.length[len(network.lane_names) :].tolist(),
            np.diff(tables.crossing_start),
        )
        assert "taken as 0.01 m long; " in told(network, "without length")
    assert length[with_points][0] == 0.01
    assert min(length[with_points][1:]) > 1.0
    assert meets[with_points].tolist()[0] == 0
    assert length[without_width][:2] == [0.01, 0.01]
    assert told(read(tmp_path / "one", with_points), "length").endswith(
        "1 lane link without length, taken as 0.01 m long; it is w_in_0 > e_out_0"
    )


def test_a_rim_node_that_is_not_virtual_has_no_signals_and_its_roads_end_at_its_width(tmp_path):
    network, sound = read(tmp_path / "odd", "rim_not_virtual"), read(tmp_path / "sound")
    assert network.intersections == ("mid",)
    assert sound.tables.length[:4].tolist() == [290.0] * 4
    assert network.tables.length[:4].tolist() == [280.0] * 4
    assert network.lane_lines[0].tolist() == [[-290.0, -1.5], [-10.0, -1.5]]
    assert network.entry_roads == ("w_in", "s_in")
    assert network.exit_roads == ("e_out", "n_out")
    assert np.array_equal(network.tables.lane_intersection, sound.tables.lane_intersection)
    assert told(
        network, "4 intersections without road links, so without signals, although not virtual; the first is west"
    )
    refused_if_strict(network, "west is not virtual but has no movement")


def test_a_rim_node_that_is_not_virtual_needs_no_traffic_light(tmp_path):
    def change(data):
        data.node("west")["virtual"] = False
        del data.node("west")["trafficLight"]

    assert read(tmp_path, change).tables.length[:2].tolist() == [280.0, 290.0]


@pytest.mark.parametrize("width", [None, -1, "wide", 1e300])
def test_a_virtual_node_needs_no_width(tmp_path, width):
    def change(data):
        data.node("west").update(width=width)

    networks = [read(tmp_path / "odd", "virtual_without_width"), read(tmp_path / "wrong", change)]
    for network in networks:
        assert same_tables(network, read(tmp_path / "sound"))
        assert network.remarks == ()


@pytest.mark.parametrize("lightless", [{}, None, {"lightphases": []}, {"lightphases": None}])
def test_an_intersection_without_light_phases_is_always_green(tmp_path, lightless):
    network = read(tmp_path, lambda data: data.node("mid").update(trafficLight=lightless))
    assert network.row_movements == (((0, 1, 2),),)
    assert network.tables.phase_count.tolist() == [1]
    assert told(network, "1 intersection without light phases, where all movements are always green; it is mid")
    refused_if_strict(network, "mid is not virtual but has no light phase")


@pytest.mark.parametrize("kind", ["turn_u", "", "straight"])
def test_a_road_link_of_another_type_yields_to_all_and_is_named_by_its_course(tmp_path, kind):
    def change(data):
        data.node("mid")["roadLinks"][2]["type"] = kind

    network = read(tmp_path, change)
    assert network.movement_turns == ("through", "through", "right")
    assert network.tables.rank.tolist() == [THROUGH, THROUGH, OTHER]
    assert f"which is of type {kind!r} and goes right" in told(network, "1 road link of other types than turn_left")
    refused_if_strict(network, f'"{kind}" is not a turn')


@pytest.mark.parametrize(
    ("end", "turn"),
    [((300, 0), "through"), ((300, 200), "through"), ((0, 300), "left"), ((0, -300), "right"), ((-300, 5), "left")],
)
def test_the_course_of_a_road_link_says_its_turn(tmp_path, end, turn):
    def change(data: DataSet):
        data.node("east")["point"] = point(end)
        data.road("e_out")["points"][1] = point(end)
        data.node("mid")["roadLinks"][0]["type"] = "other"

    assert read(tmp_path, change).movement_turns[0] == turn


def test_a_turn_back_is_a_left_turn_like_any_other(tmp_path):
    def change(data):
        data.roadnet["roads"].append(road("w_out", ("mid", "west")))
        data.node("mid")["roadLinks"].append(link("turn_left", "w_in", "w_out"))
        lights(data, [0, 3], [1, 2])

    network = read(tmp_path, change)
    assert network.movement_turns[3] == "left"
    assert network.tables.rank[3] == LEFT
    assert network.remarks == ()


def test_a_movement_given_twice_is_joined(tmp_path):
    network = read(tmp_path / "odd", "movement_twice")
    assert same_tables(network, read(tmp_path / "sound"))
    assert told(network, "1 movement given as several road links, which are joined; it is s_in > e_out (intersections")
    refused_if_strict(network, "the movement s_in -> e_out is given twice")


def two_lanes(data: DataSet):
    """The right turn as two road links of one lane each, on roads of two lanes."""
    for name in ("s_in", "e_out"):
        data.road(name)["lanes"] *= 2
    second = link("turn_right", "s_in", "e_out")
    second["laneLinks"][0].update(startLaneIndex=1, endLaneIndex=1)
    data.node("mid")["roadLinks"].insert(2, second)  # before the link of lane 0


def bits(network, row):
    """Connections that are green in a row, as (lane left, lane entered)."""
    tables, names = network.tables, network.lane_names
    shown = int(tables.green[0, row, 0])
    return {
        (names[start], names[end])
        for bit, start, end in zip(tables.bit, tables.start_lane, tables.end_lane, strict=True)
        if shown >> int(bit) & 1
    }


def test_the_connections_of_joined_road_links_keep_the_phases_of_their_own_links(tmp_path):
    def change(data):
        two_lanes(data)
        lights(data, [0], [1, 2], [1, 3], [2, 3])

    network = read(tmp_path / "odd", change)
    inner, outer = ("s_in_0", "e_out_0"), ("s_in_1", "e_out_1")
    assert network.row_movements[0][:4] == ((0,), (1, 2), (1, 2), (2,))
    assert bits(network, 0) == {("w_in_0", "e_out_0")}
    assert bits(network, 1) == {("s_in_0", "n_out_0"), outer}
    assert bits(network, 2) == {("s_in_0", "n_out_0"), inner}
    assert bits(network, 3) == {inner, outer}
    assert network.phase_names == (("phase 0", "phase 1", "phase 2", "phase 3"),)
    all_red = 4
    assert network.tables.clearance_row[0, 1].tolist() == [all_red, 1, all_red, all_red]  # no connection stays green
    write_roadnet(network, tmp_path / "again.json")
    assert same_tables(read_roadnet(tmp_path / "again.json"), network)


def test_connections_of_joined_road_links_keep_the_rank_of_their_own_type(tmp_path):
    def change(data):
        two_lanes(data)
        data.node("mid")["roadLinks"][3]["type"] = "go_straight"

    network = read(tmp_path / "odd", change)
    assert network.movement_turns == ("through", "through", "right")
    assert network.tables.rank.tolist() == [THROUGH, THROUGH, RIGHT, THROUGH]
    write_roadnet(network, tmp_path / "again.json")
    assert same_tables(read_roadnet(tmp_path / "again.json"), network)


def test_a_road_link_without_lane_links_is_left_out_and_the_phases_keep_the_others(tmp_path):
    def change(data):
        data.node("mid")["roadLinks"].insert(1, link("turn_left", "w_in", "n_out") | {"laneLinks": []})
        lights(data, [0, 1], [2, 3])

    network = read(tmp_path, change)
    assert network.movement_roads == (("w_in", "e_out"), ("s_in", "n_out"), ("s_in", "e_out"))
    assert network.row_movements[0][:2] == ((0,), (1, 2))
    assert "1 road link without lane links left out; it is intersections[0].roadLinks[1] (w_in > n_out)" in told(
        network, "without lane links"
    )
    refused_if_strict(network, "the list is empty")


@pytest.mark.parametrize("places", [[0, 0, 1], [0, 1, 1], [0, 0.5, 0.5, 0.5, 1]])
def test_points_that_stand_twice_in_a_row_count_once(tmp_path, places):
    def change(data):
        data.road("w_in")["points"] = [point((-300 + 300 * place, 0)) for place in places]

    network = read(tmp_path / "odd", change)
    assert network.lane_lines[0][[0, -1]].tolist() == [[-300.0, -1.5], [-10.0, -1.5]]
    assert network.tables.length[0] == 290.0
    count = len(places) - len(set(places))
    points = "1 point" if count == 1 else f"{count} points"
    assert f"{points} of roads given twice in a row, counted once" in told(network, "on road w_in")
    refused_if_strict(network, "two points in a row are the same")


def test_a_last_piece_within_the_intersection_is_refused_with_both_lengths(tmp_path):
    with pytest.raises(NetworkError) as caught:
        read(tmp_path, "last_piece_shorter_than_width")
    assert str(caught.value) == (
        "roadnet.json: road w_in: its last piece is 6 m long, which is too short for the width of mid (10 m); "
        "make it more than 4 m longer, leave out its inner point, or make mid smaller"
    )


def test_a_node_given_twice_is_refused(tmp_path):
    with pytest.raises(
        NetworkError, match=r'intersections\[1\]\.id: "mid" is also the id of intersections\[0\]; give each'
    ):
        read(tmp_path, "node_twice")


@pytest.mark.parametrize("name", ["rim_not_virtual", "other_turn", "movement_twice", "virtual_with_links"])
def test_an_odd_network_is_written_and_read_back(tmp_path, name):
    network = read(tmp_path / "odd", name)
    write_roadnet(network, tmp_path / "again.json")
    assert same_tables(read_roadnet(tmp_path / "again.json"), network)
    for node in json.loads((tmp_path / "again.json").read_text())["intersections"]:
        assert node["virtual"] or node["trafficLight"]["lightphases"]  # CityFlow needs at least one
