import copy
import json
import os
import pickle

import numpy as np
import pytest

from tests.helpers.data_sets import data_set
from traffic_marl.errors import FileError, NetworkError
from traffic_marl.network.formats.cityflow import read_roadnet, write_roadnet
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid

FIVE_LANES = (("left",), ("through",), ("through",), ("through",), ("right",))


def same(one, other):
    assert all(np.array_equal(a, b) for a, b in zip(one.tables, other.tables, strict=True))
    assert all(a.dtype == b.dtype for a, b in zip(one.tables, other.tables, strict=True))
    for lines in ("lane_lines", "connection_lines"):
        pairs = zip(getattr(one, lines), getattr(other, lines), strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)
    names = ("intersections", "roads", "lane_names", "movement_roads", "movement_turns", "phase_names", "row_movements")
    for name in names:
        assert getattr(one, name) == getattr(other, name)
    assert np.array_equal(one.positions, other.positions)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The content of a file with one intersection."""
    path = tmp_path_factory.mktemp("whole") / "roadnet.json"
    write_roadnet(grid(1, 1), path)
    return json.loads(path.read_text())


def place_of(document, name):
    return next(index for index, node in enumerate(document["intersections"]) if node["id"] == name)


@pytest.mark.parametrize(
    "network",
    [
        grid(2, 3),
        grid(1, 2, phases="eight", missing=[("intersection_1_1", "N")], block=123.4, speed_limit=11.11),
        grid(1, 1, phases="two", lanes=[["left", "through", "right"]], lane_width=3.3),
        grid(1, 1, lanes=FIVE_LANES),
        arterial(3, block=[151.7, 260]),
    ],
    ids=["grid", "t", "one lane", "large", "arterial"],
)
def test_a_written_network_is_read_back(network, tmp_path):
    write_roadnet(network, tmp_path / "roadnet.json")
    same(network, read_roadnet(tmp_path / "roadnet.json"))


def test_an_added_all_red_row_is_written_and_read_back(whole, tmp_path):
    document = copy.deepcopy(whole)
    lights = document["intersections"][0]["trafficLight"]
    lights["lightphases"] = [{"time": 30, "availableRoadLinks": links} for links in ([0, 1, 2], [3, 4, 5])]
    network = read(document, tmp_path)
    assert [len(row) for row in network.row_movements[0]] == [3, 3, 0]
    assert network.tables.clearance_row[0].tolist() == [[0, 2], [2, 1]]
    write_roadnet(network, tmp_path / "again.json")
    same(network, read_roadnet(tmp_path / "again.json"))


def test_rows_keep_the_order_of_the_file(whole, tmp_path):
    document = copy.deepcopy(whole)
    phases = document["intersections"][0]["trafficLight"]["lightphases"]
    for phase in phases:
        del phase["name"]
    phases.append(phases.pop(0))
    network = read(document, tmp_path)
    assert network.phase_names[0] == ("phase 0", "phase 1", "phase 2", "phase 3")
    assert network.row_movements[0][4] == tuple(phases[4]["availableRoadLinks"])


def test_large_intersections_take_several_words():
    tables = grid(1, 1, lanes=FIVE_LANES).tables
    assert tables.green.shape[2] == 2
    assert tables.bit.tolist() == list(range(100))
    for connection in range(100):
        foes = set(tables.crossing_foe[tables.crossing_start[connection] : tables.crossing_start[connection + 1]])
        set_bits = {bit for bit in range(128) if int(tables.conflicts[connection, bit // 64]) >> bit % 64 & 1}
        assert set_bits == foes
    movement = tables.movement
    for row, words in enumerate(tables.green[0]):
        green = {bit for bit in range(128) if int(words[bit // 64]) >> bit % 64 & 1}
        served = grid(1, 1, lanes=FIVE_LANES).row_movements[0][row]
        assert green == set(np.flatnonzero(np.isin(movement, served)))


def test_crossings_come_nearest_first_and_in_pairs():
    tables = grid(1, 2).tables
    entries = {}
    for connection in range(len(tables.bit)):
        span = slice(tables.crossing_start[connection], tables.crossing_start[connection + 1])
        assert (np.diff(tables.crossing_distance[span]) >= 0).all()
        for here, foe, there in zip(
            tables.crossing_distance[span], tables.crossing_foe[span], tables.crossing_foe_distance[span], strict=True
        ):
            assert tables.intersection[foe] == tables.intersection[connection]
            entries[connection, foe] = (here, there)
    assert all(entries[foe, connection] == distances[::-1] for (connection, foe), distances in entries.items())


def test_connections_without_points_get_a_curve(whole, tmp_path):
    document = copy.deepcopy(whole)
    links = [link for road_link in document["intersections"][0]["roadLinks"] for link in road_link["laneLinks"]]
    links[0]["points"] = []
    del links[1]["points"]
    network = read(document, tmp_path)
    assert network.connection_lines[0].shape == (11, 2)
    lane = network.lane_lines[network.tables.start_lane[1]]
    assert network.connection_lines[1][0].tolist() == lane[-1].tolist()


def test_a_network_can_be_pickled():
    network = grid(1, 2)
    same(network, pickle.loads(pickle.dumps(network)))


def read(document, folder):
    path = folder / "roadnet.json"
    path.write_text(json.dumps(document))
    return read_roadnet(path)


def put(path, value):
    """A change of one value of a document; the path names keys and indices."""

    def change(document):
        place = document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def drop(path):
    def change(document):
        place = document
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]

    return change


NODE = ("intersections", 0)
LINK = (*NODE, "roadLinks", 2)
LANE_LINK = (*LINK, "laneLinks", 1)
PHASE = (*NODE, "trafficLight", "lightphases", 1)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (drop(["roads"]), ""),
        (put(["roads"], {}), "roads"),
        (put(["intersections"], []), "roads[0].startIntersection"),
        (put(["roads", 3], 7), "roads[3]"),
        (put(["roads", 3, "endIntersection"], "x"), "roads[3].endIntersection"),
        (put(["roads", 3, "id"], "road_1_1_E"), "roads[3].id"),
        (put(["roads", 3, "id"], 3), "roads[3].id"),
        (put(["roads", 3, "id"], ""), "roads[3].id"),
        (put(["roads", 1, "lanes"], []), "roads[1].lanes"),
        (put(["roads", 1, "lanes", 0, "width"], 0), "roads[1].lanes[0].width"),
        (put(["roads", 1, "lanes", 2, "maxSpeed"], "fast"), "roads[1].lanes[2].maxSpeed"),
        (drop(["roads", 1, "lanes", 2, "maxSpeed"]), "roads[1].lanes[2]"),
        (put(["roads", 0, "points", 1, "x"], float("nan")), "roads[0].points[1].x"),
        (put(["roads", 0, "points", 1, "x"], 10**400), "roads[0].points[1].x"),
        (put(["roads", 0, "points"], [{"x": 0, "y": 0}]), "roads[0].points"),
        (put(["roads", 0, "points"], [{"x": 0, "y": 0}] * 2), "roads[0].points"),
        (put(["roads", 0, "points", 1, "x"], 10), "road road_1_1_E"),
        (put(["roads", 1, "lanes", 0, "width"], 1e-300), "roads[1].lanes[0].width"),
        (put(["roads", 1, "lanes", 0, "width"], 1e300), "roads[1].lanes[0].width"),
        (put(["roads", 1, "lanes", 0, "maxSpeed"], 1e-300), "roads[1].lanes[0].maxSpeed"),
        (put(["roads", 0, "points", 1, "x"], 1e308), "roads[0].points[1].x"),
        (put(["roads", 0, "points", 1, "x"], 4e7), "lane road_1_1_E_0"),
        (put(["roads", 0, "points", 1, "x"], 15.001), "lane road_1_1_E_0"),
        (put(["roads", 0, "points"], [{"x": x, "y": 0} for x in (0, 400, 300)]), "road road_1_1_E"),
        (put(["roads", 3, "id"], "two\nlines"), "roads[3].id"),
        (put([*NODE, "point", "x"], 1e300), "intersections[0].point.x"),
        (put([*NODE, "width"], 1e300), "intersections[0].width"),
        (put([*LANE_LINK, "points", 3, "y"], -1e308), "intersections[0].roadLinks[2].laneLinks[1].points[3].y"),
        (put([*LANE_LINK, "points", 3, "y"], -1e6), "connection road_east_1_W_2 -> road_1_1_N_1"),
        (put([*PHASE, "time"], 1e300), "intersections[0].trafficLight.lightphases[1].time"),
        (put([*NODE, "id"], "east_1"), "intersections[2].id"),
        (put([*NODE, "virtual"], "no"), "intersections[0].virtual"),
        (put([*NODE, "virtual"], True), "network"),
        (put([*NODE, "width"], -1), "intersections[0].width"),
        (put([*NODE, "point", "y"], None), "intersections[0].point.y"),
        (put([*NODE, "roadLinks"], []), "network"),
        (put([*NODE, "roadLinks"], None), "intersections[0].roadLinks"),
        (put([*LINK, "type"], 3), "intersections[0].roadLinks[2].type"),
        (drop([*LINK, "type"]), "intersections[0].roadLinks[2]"),
        (put([*LINK, "startRoad"], "x"), "intersections[0].roadLinks[2].startRoad"),
        (put([*LINK, "startRoad"], "road_1_1_E"), "intersections[0].roadLinks[2].startRoad"),
        (put([*LINK, "endRoad"], "road_west_1_E"), "intersections[0].roadLinks[2].endRoad"),
        (put([*LINK, "laneLinks"], 3), "intersections[0].roadLinks[2].laneLinks"),
        (put([*LANE_LINK, "startLaneIndex"], 3), "intersections[0].roadLinks[2].laneLinks[1].startLaneIndex"),
        (put([*LANE_LINK, "endLaneIndex"], -1), "intersections[0].roadLinks[2].laneLinks[1].endLaneIndex"),
        (put([*LANE_LINK, "endLaneIndex"], 1.0), "intersections[0].roadLinks[2].laneLinks[1].endLaneIndex"),
        (put([*LANE_LINK, "points"], [{"x": 1, "y": 1}]), "intersections[0].roadLinks[2].laneLinks[1].points"),
        (put([*NODE, "trafficLight", "lightphases"], 3), "intersections[0].trafficLight.lightphases"),
        (put([*NODE, "trafficLight"], 3), "intersections[0].trafficLight"),
        (put([*PHASE, "time"], -1), "intersections[0].trafficLight.lightphases[1].time"),
        (put([*PHASE, "name"], 5), "intersections[0].trafficLight.lightphases[1].name"),
        (
            put([*PHASE, "availableRoadLinks", 0], 12),
            "intersections[0].trafficLight.lightphases[1].availableRoadLinks[0]",
        ),
        (
            put([*PHASE, "availableRoadLinks", 0], True),
            "intersections[0].trafficLight.lightphases[1].availableRoadLinks[0]",
        ),
    ],
)
def test_a_broken_file_is_refused_with_the_element(whole, tmp_path, change, where):
    document = copy.deepcopy(whole)
    change(document)
    with pytest.raises(NetworkError) as caught:
        read(document, tmp_path)
    assert caught.value.where == (f"roadnet.json: {where}" if where else "roadnet.json")


def test_a_network_without_signals_is_refused(whole, tmp_path):
    document = copy.deepcopy(whole)
    for node in document["intersections"]:
        node |= {"virtual": True, "roadLinks": []}
    with pytest.raises(NetworkError, match="no intersection has signals"):
        read(document, tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileError) as caught:
        read_roadnet(tmp_path / "none.json")
    assert caught.value.where == str(tmp_path / "none.json")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(FileError):
        read_roadnet(tmp_path)


def test_broken_json_is_located(tmp_path):
    path = tmp_path / "roadnet.json"
    path.write_text('{"roads": [],\n "intersections" []}')
    with pytest.raises(FileError) as caught:
        read_roadnet(path)
    assert caught.value.where == str(path)
    assert "line 2, column 18" in caught.value.what


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[" * 100_000])
def test_what_is_not_json_is_refused(content, tmp_path):
    path = tmp_path / "roadnet.json"
    path.write_bytes(content)
    with pytest.raises(FileError):
        read_roadnet(path)


def test_writing_into_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(FileError) as caught:
        write_roadnet(grid(1, 1), tmp_path / "none" / "roadnet.json")
    assert caught.value.where == str(tmp_path / "none" / "roadnet.json")


def test_a_failed_write_leaves_nothing_behind(tmp_path):
    folder = tmp_path / "roadnet.json"
    folder.mkdir()
    with pytest.raises(FileError):
        write_roadnet(grid(1, 1), folder)
    assert os.listdir(tmp_path) == ["roadnet.json"]


@pytest.mark.parametrize(
    ("name", "intersections", "roads", "connections", "crossings"),
    [("jinan_real", 12, 62, 432, 6048), ("hangzhou_real", 16, 80, 576, 8064)],
)
def test_the_reference_networks_have_their_known_size(name, intersections, roads, connections, crossings):
    network = read_roadnet(data_set(name) / "roadnet.json")
    assert len(network.intersections) == intersections
    assert len(network.roads) == roads
    assert len(network.connection_lines) == connections
    assert len(network.tables.crossing_foe) == crossings
    assert set(network.phase_names) == {tuple(f"phase {row}" for row in range(1, 9))}
    lengths = network.tables.length[: len(network.lane_names)].tolist()
    assert set(lengths) <= {370.0, 385.0, 770.0, 785.0, 570.0, 585.0}
