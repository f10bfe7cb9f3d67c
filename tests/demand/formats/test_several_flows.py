"""Several flow files of one network, read as one."""

import json

import numpy as np
import pytest

from tests.helpers.odd_data_sets import CAR, flow, sound, write
from traffic_marl.demand.formats.cityflow import read_flow
from traffic_marl.errors import DemandError
from traffic_marl.network.formats.cityflow import read_roadnet

COLUMNS = ("scheduled", "type_row", "path", "path_start")


@pytest.fixture
def network(tmp_path):
    return read_roadnet(write(tmp_path) / "roadnet.json")


def written(tmp_path, **files):
    """The paths of flow files with these flows."""
    for name, flows in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(flows))
    return [tmp_path / f"{name}.json" for name in files]


def test_several_files_are_read_as_if_their_flows_stood_in_one(tmp_path, network):
    first, second = sound().flow, [flow(["s_in", "e_out"], interval=5.0, length=9.0), *sound().flow]
    paths = written(tmp_path, first=first, second=second, whole=[*first, *second])
    several, whole = read_flow(paths[0], network, 400, paths[1:2]), read_flow(paths[2], network, 400)
    assert several.draw(3).names == whole.draw(3).names
    assert several.draw(3).types == whole.draw(3).types
    assert all(np.array_equal(getattr(several.draw(3), name), getattr(whole.draw(3), name)) for name in COLUMNS)
    assert several.flow.tolist() == whole.flow.tolist()


def test_remarks_are_told_for_each_file_with_its_own_numbers(tmp_path, network):
    late = flow(["w_in", "e_out"], interval=100.0, end=200)
    paths = written(tmp_path, a=[*sound().flow, late], b=[late, flow(["w_in"], end=9)])
    told = [str(remark) for remark in read_flow(paths[0], network, 150, paths[1:]).remarks]
    assert told == [
        "a.json: 53 of 107 vehicles are due after 150 s and left out",
        "b.json: 1 of 2 flows left out with 10 vehicles, because the route has fewer than two roads; it is flow 1 "
        "(w_in has fewer than two roads)",
        "b.json: 1 of 3 vehicles are due after 150 s and left out",
    ]


def test_a_mistake_is_told_with_its_file(tmp_path, network):
    paths = written(tmp_path, a=sound().flow, b=[flow(["w_in", "e_out"]) | {"vehicle": CAR | {"length": -1}}])
    with pytest.raises(DemandError, match=r"^b.json: \[0\].vehicle.length: -1 is not within"):
        read_flow(paths[0], network, 100, paths[1:])


def test_remarks_name_files_of_the_same_name_with_their_folders(tmp_path, network):
    gone = [*sound().flow, flow(["gone", "e_out"])]
    paths = []
    for day in ("monday", "tuesday"):
        (tmp_path / day).mkdir()
        paths += written(tmp_path / day, flow=gone)
    told = [remark.where for remark in read_flow(paths[0], network, 3600, paths[1:]).remarks]
    assert told == ["monday/flow.json", "tuesday/flow.json"]
    assert [remark.where for remark in read_flow(paths[0], network, 3600).remarks] == ["flow.json"]
