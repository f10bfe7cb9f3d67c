"""`convert --osm`: a scenario of a map, from the file to the first run."""

import csv

import numpy as np
import pytest

from tests.helpers.osm_map import SIGNAL, map_text, tags, written
from tests.helpers.sumo import needs_netconvert
from traffic_marl.network.formats.sumo.network import read_sumo_network
from traffic_marl.scenario import load_scenario, osm_scenario
from traffic_marl.viewer.scene.markings import markings
from traffic_marl.viewer.scene.street_map import street_map


@needs_netconvert
def test_a_map_becomes_a_scenario_with_picture_and_guesses(call, tmp_path):
    code, _, err = call("convert", "--osm", written(tmp_path), "--to", "scenario", tmp_path / "town")

    assert code == 0, err
    names = {path.name for path in (tmp_path / "town").iterdir()}
    own = {"town.net.xml", "town.rou.xml", "town.sumocfg", "scenario.json", "network.png"}
    assert names == own | {"guesses.csv", "netconvert.log"}
    assert "note: town.osm: the lanes of 8 of 16 roads guessed by the class of the street" in err
    assert "note: town.osm: 2 nodes with signals make 2 intersections, whose phases are guessed" in err
    with (tmp_path / "town" / "guesses.csv").open(newline="") as file:
        demand = [line for line in csv.DictReader(file) if line["element"] == "demand"]
    assert f"from {len(demand)} roads" in err
    code, out, err = call("simulate", tmp_path / "town" / "scenario.json", "--strategy", "plan", "--until", 300)
    assert code == 0, err
    assert "mean_delay" in out


@needs_netconvert
def test_the_network_has_the_streets_of_the_map(tmp_path):
    with pytest.warns(UserWarning, match="guess"):
        scenario = osm_scenario(written(tmp_path), tmp_path / "town")
    network = scenario.build_network()

    assert network.intersections == ("2", "4")
    lanes = {name: len(network.lanes_of(name)) for name in network.roads}
    assert {name: lanes[name] for name in ("20", "-20", "23", "-23", "24", "25#0")} == {
        "20": 2,
        "-20": 2,
        "23": 2,
        "-23": 1,
        "24": 1,
        "25#0": 1,
    }
    assert "-25#0" not in lanes  # one-way
    limit = {name: network.tables.limit[network.lanes_of(name)[0]] for name in ("20", "23", "26")}
    assert limit == pytest.approx({"20": 50 / 3.6, "23": 30 * 1.609344 / 3.6, "26": 30 / 3.6}, abs=0.01)


@needs_netconvert
def test_signals_at_the_stop_lines_belong_to_the_junction_behind(call, tmp_path):
    from tests.helpers.osm_map import NODES, WAYS

    nodes = dict(NODES)
    nodes[2] = (0, 0, {})
    places = {30: (-15, 0), 31: (15, 0), 32: (0, -15), 33: (0, 15)}
    nodes |= {name: (*place, SIGNAL) for name, place in places.items()}
    ways = dict(WAYS)
    for way, nodes_of_way in {20: (1, 30, 2), 21: (2, 31, 3, 4), 23: (6, 32, 2), 24: (2, 33, 7)}.items():
        ways[way] = (nodes_of_way, WAYS[way][1])
    path = written(tmp_path, map_text(nodes, ways))

    code, _, err = call("convert", "--osm", path, "--to", "scenario", tmp_path / "town")

    assert code == 0, err
    assert "5 nodes with signals make 2 intersections" in err


@needs_netconvert
@pytest.mark.parametrize("name", ["sumo", "cityflow"])
def test_a_map_is_written_for_other_simulators(call, tmp_path, name):
    code, _, err = call("convert", "--osm", written(tmp_path), "--to", name, tmp_path / "out")

    assert code == 0, err
    assert {path.name for path in (tmp_path / "out").iterdir()} >= (
        {"roads.net.xml", "trips.rou.xml"} if name == "sumo" else {"roadnet.json", "flow.json"}
    )


@needs_netconvert
def test_left_hand_traffic_keeps_to_the_left(tmp_path):
    with pytest.warns(UserWarning, match="guess"):
        scenario = osm_scenario(written(tmp_path), tmp_path / "town", left_hand=True)
    network = scenario.build_network()
    east, west = (network.lane_lines[network.lanes_of(name)[0]] for name in ("20", "-20"))
    assert east[:, 1].mean() > west[:, 1].mean()  # north of the other direction
    assert network.left_hand


@needs_netconvert
def test_left_hand_traffic_stays_on_its_side_when_it_is_written_for_sumo(call, tmp_path):
    with pytest.warns(UserWarning, match="guess"):
        network = osm_scenario(written(tmp_path), tmp_path / "town", left_hand=True).build_network()

    code, _, err = call("convert", tmp_path / "town" / "scenario.json", "--to", "sumo", tmp_path / "out")
    assert code == 0, err
    again = read_sumo_network(tmp_path / "out" / "roads.net.xml")

    assert again.left_hand
    lines, others = (dict(zip(each.lane_names, each.lane_lines, strict=True)) for each in (network, again))
    assert set(others) == set(lines)
    for name, line in lines.items():
        assert others[name][[0, -1]] == pytest.approx(line[[0, -1]], abs=0.1), name
    # Each lane leads to the same lanes by the same turns.
    links = [
        {
            (each.lane_names[start], each.lane_names[end], each.movement_turns[m])
            for start, end, m in zip(each.tables.start_lane, each.tables.end_lane, each.tables.movement, strict=True)
        }
        for each in (network, again)
    ]
    assert links[0] == links[1]


@needs_netconvert
def test_the_line_of_a_left_hand_road_lies_in_the_middle_of_its_street(tmp_path):
    with pytest.warns(UserWarning, match="guess"):
        network = osm_scenario(written(tmp_path), tmp_path / "town", left_hand=True).build_network()

    streets = street_map(network)
    roads = {name: road for *_, name, road in network.graph.edges(keys=True, data="road")}
    inner, outer = (lines[streets.roads.index("20")] for lines in (markings(streets).centres, markings(streets).edges))
    across = [abs(line[:, 1] - np.array(roads["20"].points)[:, 1]).max() for line in (inner, outer)]
    assert across == pytest.approx([0.0, 6.4], abs=0.1)  # two lanes of 3.2 m
    assert outer[0, 1] > inner[0, 1]  # it leads to the east


@needs_netconvert
def test_the_side_of_traffic_is_told_where_files_have_no_place_for_it(call, tmp_path):
    code, _, err = call("convert", "--osm", written(tmp_path), "--left-hand", "--to", "cityflow", tmp_path / "out")

    assert code == 0
    assert "note: not written, because the files have no place for it: Traffic keeps to the left.\n" in err


@needs_netconvert
def test_a_map_without_signals_is_refused_and_nothing_is_written(call, tmp_path):
    path = written(tmp_path, map_text().replace(tags(SIGNAL), ""))

    code, _, err = call("convert", "--osm", path, "--to", "scenario", tmp_path / "town")

    assert code == 2
    assert "no signal stands where streets for cars meet (the map has 0 nodes with highway=traffic_signals)" in err
    assert [each.name for each in tmp_path.iterdir()] == ["town.osm"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--osm", "missing.osm"), "--osm: there is no file missing.osm; give an extract of OpenStreetMap (.osm)\n"),
        (("--osm", "town.osm", "grid_2x2_smoke"), "--osm: SCENARIO is given as well; give one of the two\n"),
        (("--osm", "town.osm", "--sumo", "x.net.xml"), "--osm: --sumo is given as well; give one of the two\n"),
        (("grid_2x2_smoke", "--left-hand"), "--left-hand: it is for maps alone; give --osm FILE as well\n"),
    ],
)
def test_wrong_flags_are_told(call, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    written(tmp_path)

    assert call("convert", *arguments, "--to", "scenario", "out") == (2, "", message)


def test_without_netconvert_one_line_says_what_to_install(call, tmp_path, monkeypatch):
    monkeypatch.setattr("traffic_marl.exchange.sumo.programs.find_spec", lambda name: None)
    monkeypatch.delenv("SUMO_HOME", raising=False)
    monkeypatch.setenv("PATH", "")

    code, _, err = call("convert", "--osm", written(tmp_path), "--to", "scenario", tmp_path / "out")

    assert (code, err) == (2, "--osm: netconvert is not installed; install it with: pip install eclipse-sumo\n")


def test_any_scenario_is_written_with_a_picture(call, tmp_path):
    code, _, err = call("convert", "grid_2x2_smoke", "--demand", 0.5, "--to", "scenario", tmp_path / "out")

    assert (code, err) == (0, f"written: {tmp_path / 'out'}\n")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["network.png", "scenario.json"]
    assert load_scenario(tmp_path / "out" / "scenario.json").demand_factor == 0.5


@needs_netconvert
def test_counts_take_the_place_of_the_guessed_demand(call, tmp_path):
    counts = tmp_path / "counts.csv"
    counts.write_text("intersection,approach,left,through,right,start\n4,-22#1,,90,10,07:00\n2,20,10,60,10,07:00\n")
    folder = tmp_path / "town"

    code, _, err = call("convert", "--osm", written(tmp_path), "--counts", counts, "--to", "scenario", folder)

    assert code == 0, err
    assert "the demand is guessed" not in err
    assert "demand" not in (folder / "guesses.csv").read_text()
    names = {path.name for path in folder.iterdir()}
    assert names == {"counts.csv", "guesses.csv", "netconvert.log", "network.png", "scenario.json", "town.net.xml"}
    scenario = load_scenario(folder / "scenario.json")
    assert scenario.description == "Which control suits the streets of town.osm?"
    assert len(scenario.build_demand().draw(0)) >= 100
