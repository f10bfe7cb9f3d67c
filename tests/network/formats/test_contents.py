"""Files of one kind in the place of another, and text with marks: told in one line that says what the file is."""

import codecs
import json

import pytest

from tests.helpers.odd_data_sets import write
from traffic_marl.demand.formats.cityflow import read_flow
from traffic_marl.errors import FileError
from traffic_marl.network.formats.cityflow import read_roadnet
from traffic_marl.remarks import ensure_strict

REPLAY = {"static": {"nodes": [{"id": "mid", "point": [0, 0], "virtual": False, "outline": []}], "edges": []}}
CONFIG = {"interval": 1.0, "seed": 0, "dir": "./", "roadnetFile": "roadnet.json", "flowFile": "flow.json"}


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path)


def refused(read, path, *words):
    with pytest.raises(FileError) as caught:
        read(path)
    assert caught.value.where == str(path)
    assert all(word in str(caught.value) for word in words)


def flows_of(folder):
    return lambda path: read_flow(path, read_roadnet(folder / "roadnet.json"), 60)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            REPLAY,
            "is a replay road network, which CityFlow writes for its viewer; give the road network that CityFlow reads",
        ),
        (REPLAY["static"], "is the road network within a replay"),
        (CONFIG, "is a configuration of CityFlow; give the road network that CityFlow reads (roadnet.json)"),
        ([{"vehicle": {}, "route": []}], "is a flow file of CityFlow; give the road network"),
        ({"name": "a", "network": {}, "demand": {}}, "is a scenario; give the road network"),
        ({"type": "FeatureCollection", "features": []}, "is map data in GeoJSON; give the road network"),
    ],
)
def test_another_file_in_the_place_of_a_road_network_is_told_what_it_is(tmp_path, content, words):
    path = tmp_path / "roadnet.json"
    path.write_text(json.dumps(content))
    refused(read_roadnet, path, words)


@pytest.mark.parametrize("content", [REPLAY, CONFIG])
def test_another_file_in_the_place_of_a_flow_file_is_told_what_it_is(folder, content):
    (folder / "flow.json").write_text(json.dumps(content))
    refused(
        flows_of(folder), folder / "flow.json", "of CityFlow" if content is CONFIG else "replay", "give the flow file"
    )


def test_a_road_network_in_the_place_of_a_flow_file_is_told(folder):
    refused(
        flows_of(folder), folder / "roadnet.json", "is a road network of CityFlow; give the flow file that CityFlow"
    )


def test_a_road_network_with_further_keys_is_read(folder):
    document = json.loads((folder / "roadnet.json").read_text()) | {"static": 1, "nodes": [], "edges": [], "network": 0}
    (folder / "roadnet.json").write_text(json.dumps(document))
    assert read_roadnet(folder / "roadnet.json").intersections == ("mid",)


@pytest.mark.parametrize("text", ["", " \n\t", "\ufeff"])
def test_an_empty_file_is_told(tmp_path, text):
    path = tmp_path / "roadnet.json"
    path.write_text(text, encoding="utf-8")
    refused(read_roadnet, path, "is empty; give a road network of CityFlow")


def test_a_byte_order_mark_is_skipped_and_told(folder):
    for name in ("roadnet.json", "flow.json"):
        (folder / name).write_bytes(codecs.BOM_UTF8 + (folder / name).read_bytes())
    network = read_roadnet(folder / "roadnet.json")
    demand = read_flow(folder / "flow.json", network, 3600)
    for name, remarks in (("roadnet.json", network.remarks), ("flow.json", demand.remarks)):
        assert [str(each) for each in remarks] == [
            f"{name}: 1 byte order mark skipped; it is at the beginning of the file"
        ]
        with pytest.raises(FileError, match="begins with a byte order mark"):
            ensure_strict(remarks)
    assert len(demand.draw(0)) == 104


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_text_in_utf_16_is_told(folder, encoding):
    path = folder / "roadnet.json"
    path.write_bytes(path.read_text().encode(encoding))
    refused(read_roadnet, path, "is text in UTF-16 or UTF-32", "save it in UTF-8")
