"""Turning counts on a network of SUMO that has no vehicles of its own."""

import json

import pytest

from tests.helpers.sumo_town import TOWN

COUNTS = "intersection,approach,left,through,right,start\nC,WC,12,60,6,07:00\nC,NC,5,30,5,07:00\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with the town, a configuration without route files, and counts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "town.net.xml").write_text(TOWN.read_text())
    (tmp_path / "counts.csv").write_text(COUNTS)
    net = '<configuration><input><net-file value="town.net.xml"/></input></configuration>'
    (tmp_path / "town.sumocfg").write_text(net)
    return tmp_path


@pytest.mark.parametrize("name", ["town.net.xml", "town.sumocfg"])
def test_counts_need_no_route_files(call, name):
    code, out, err = call("simulate", "--sumo", name, "--counts", "counts.csv", "--strategy", "actuated", "--json")
    assert code == 0, err
    measures = json.loads(out)["measures"]
    assert measures["demanded"] == 118  # all that is counted
    assert measures["completed"] == 118  # there is time for the network to clear


def test_a_part_of_the_counted_time_is_run(call):
    flags = ("--counts", "counts.csv", "--until", 300)
    code, out, err = call("simulate", "--sumo", "town.net.xml", *flags, "--strategy", "plan", "--json")
    assert code == 0, err
    assert 0 < json.loads(out)["measures"]["demanded"] < 118


def test_without_counts_the_vehicles_are_missed(call):
    code, _, err = call("simulate", "--sumo", "town.net.xml", "--strategy", "plan")
    assert (code, err) == (2, "--sumo: the road network has no vehicles; give --routes as well\n")
