"""`convert`, and what is read back from the files that it writes."""

import json
import warnings

import numpy as np
import pytest

from tests.helpers.sumo import needs_sumo
from tests.helpers.sumo_town import TOWN, changed_town, routes
from traffic_marl.cli.exchanging.converting import CLEAR
from traffic_marl.exchange.sumo.names import sumo_names
from traffic_marl.network.formats.sumo.network import read_sumo_network
from traffic_marl.remarks import DataWarning
from traffic_marl.scenario import Signals, load_scenario, scenario_names
from traffic_marl.scenario.cityflow import cityflow_scenario
from traffic_marl.scenario.sumo import sumo_scenario

SCENARIO = load_scenario("grid_2x2_smoke")
EACH_KIND = {"grid_2x2_smoke", "arterial_1x4_lefts", "arterial_1x4_pockets", "town_3x4"}  # of network


def assert_same_network(one, other):
    """Roads, lanes, movements and phases are the same."""
    assert set(one.roads) == set(other.roads)
    assert set(one.lane_names) == set(other.lane_names)
    assert set(one.movement_roads) == set(other.movement_roads)
    place = [other.lane_names.index(name) for name in one.lane_names]
    lengths, others = one.tables.length[: len(place)], other.tables.length[: len(place)][place]
    np.testing.assert_allclose(others, lengths, atol=0.02)
    counts = dict(zip(one.intersections, one.tables.phase_count.tolist(), strict=True))
    assert counts == dict(zip(other.intersections, other.tables.phase_count.tolist(), strict=True))
    assert served(one) == served(other)


def served(network):
    """The movements of each phase of each intersection, as pairs of roads."""
    tables = network.tables
    found = {}
    for place, name in enumerate(network.intersections):
        own = np.flatnonzero(tables.movement_intersection == place)
        found[name] = {
            frozenset(network.movement_roads[m] for m in own if tables.served[m, phase])
            for phase in range(tables.phase_count[place])
        }
    return found


def roads_of(trips, network):
    """Departure and roads of each vehicle."""
    found = []
    for scheduled, start in zip(trips.scheduled.tolist(), trips.path_start.tolist(), strict=True):
        end = start + int((trips.path[start:] < 0).argmax())
        found.append((scheduled, *(network.roads[r] for r in network.tables.lane_road[trips.path[start:end:2]])))
    return sorted(found)


def test_cityflow_files_give_the_same_network_and_trips_back(call, tmp_path):
    folder = tmp_path / "out"

    code, _, err = call("convert", "grid_2x2_smoke", "--to", "cityflow", folder, "--seed", 3)

    assert (code, err) == (0, f"written: {folder}\n")
    again = cityflow_scenario(folder)
    assert_same_network(SCENARIO.build_network(), again.build_network())
    trips = SCENARIO.build_demand().draw(3)
    back = again.build_demand().draw(0)
    assert roads_of(back, again.build_network()) == roads_of(trips, SCENARIO.build_network())


@needs_sumo
def test_sumo_files_give_the_same_network_and_trips_back(call, tmp_path):
    folder = tmp_path / "out"

    code, _, err = call("convert", "grid_2x2_smoke", "--to", "sumo", folder, "--seed", 3)

    assert (code, err) == (0, f"{CLEAR}\nwritten: {folder}\n")
    again = sumo_scenario(folder / "run.sumocfg")
    assert_same_network(SCENARIO.build_network(), again.build_network())
    trips = SCENARIO.build_demand().draw(3)
    back = again.build_demand().draw(0)
    assert roads_of(back, again.build_network()) == roads_of(trips, SCENARIO.build_network())


@pytest.mark.parametrize(
    "name", [each if each in EACH_KIND else pytest.param(each, marks=pytest.mark.slow) for each in scenario_names()]
)
def test_all_vehicles_of_shipped_scenarios_can_be_driven_with_cityflows_files_or_are_told(call, tmp_path, name):
    code, _, err = call("convert", name, "--until", 300, "--to", "cityflow", tmp_path / "out")
    assert code == 0, err
    written = len(json.loads((tmp_path / "out" / "flow.json").read_text()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        again = cityflow_scenario(tmp_path / "out", horizon_s=300).build_demand().draw(0)

    lost = written - len(again)
    assert (lost > 0) == (name in ("arterial_1x4_pockets", "town_3x4"))
    assert (f"note: {lost:,} of {written:,} vehicles cannot be driven with CityFlow's files" in err) == (lost > 0)
    assert ("Speed limits of" in err) == (lost > 0)


def test_junctions_that_are_kept_clear_are_told_where_files_have_no_place_for_them(call, tmp_path):
    network = SCENARIO.network.model_copy(update={"keep_clear": True})
    SCENARIO.model_copy(update={"network": network}).save(tmp_path / "clear.json")

    code, _, err = call("convert", tmp_path / "clear.json", "--to", "cityflow", tmp_path / "out")

    assert code == 0
    assert "note: not written, because the files have no place for it: Vehicles keep junctions clear.\n" in err


def test_junctions_that_are_not_kept_clear_are_told_where_sumo_would_keep_them_so(call, tmp_path):
    network = SCENARIO.network.model_copy(update={"keep_clear": True})
    SCENARIO.model_copy(update={"network": network}).save(tmp_path / "clear.json")

    assert CLEAR in call("convert", "grid_2x2_smoke", "--to", "sumo", tmp_path / "one")[2]
    assert CLEAR not in call("convert", tmp_path / "clear.json", "--to", "sumo", tmp_path / "other")[2]


def test_phases_that_cityflow_files_would_not_tell_are_written_beside_them(call, tmp_path):
    folder = tmp_path / "out"
    four = sumo_scenario(TOWN, routes=routes(tmp_path, '<trip id="a" depart="0" from="WC" to="CT"/>'), until_s=60)
    network = four.build_network()
    rows = network.tables.phase_row[0].tolist()
    chosen = Signals(phases=(rows[-1],))
    four.model_copy(update={"signals": chosen}).save(tmp_path / "one.json")

    code, _, err = call("convert", tmp_path / "one.json", "--to", "cityflow", folder)

    assert code == 0
    assert "note: CityFlow's files do not say which rows of a table are phases" in err
    assert json.loads((folder / "phases.json").read_text()) == {"C": [rows[-1]]}
    plain = tmp_path / "plain"
    assert call("convert", "grid_2x2_smoke", "--to", "cityflow", plain)[0] == 0
    assert not (plain / "phases.json").exists()


@needs_sumo
def test_a_connection_of_sumo_that_keeps_no_junction_clear_stays_so(call, tmp_path):
    first = '<connection from="WC" to="CT"'
    path = changed_town(tmp_path, (first, f'{first} keepClear="0"'))
    trips = routes(tmp_path, '<trip id="a" depart="0" from="WC" to="CT"/>')

    code, _, _ = call("convert", "--sumo", path, "--routes", trips, "--until", 60, "--to", "sumo", tmp_path / "out")

    assert code == 0
    for network in (read_sumo_network(path), read_sumo_network(tmp_path / "out" / "roads.net.xml")):
        tables = network.tables
        kept = [network.movement_roads[movement] for movement in tables.movement[~tables.keeps_clear].tolist()]
        assert set(kept) == {("WC", "CT")}


def test_without_netconvert_the_parts_are_written_and_that_is_told(call, tmp_path, monkeypatch):
    monkeypatch.setattr("traffic_marl.exchange.sumo.programs.find_spec", lambda name: None)
    monkeypatch.delenv("SUMO_HOME", raising=False)
    monkeypatch.setenv("PATH", "")

    code, _, err = call("convert", "grid_2x2_smoke", "--to", "sumo", tmp_path / "out")

    assert code == 0
    assert "note: netconvert is not installed, so roads.net.xml is missing; pip install eclipse-sumo" in err
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    parts = [f"roads.{part}.xml" for part in ("con", "edg", "nod", "tll")]
    assert names == [*parts, "run.sumocfg", "trips.rou.xml"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("sumoo", "new"), "--to: unknown format 'sumoo'; did you mean sumo? Available: scenario, sumo, cityflow"),
        (("sumo", "full"), "--to: full already exists; name another folder"),
    ],
)
def test_a_wrong_format_or_folder_is_told_and_nothing_is_written(call, tmp_path, monkeypatch, given, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")

    code, _, err = call("convert", "grid_2x2_smoke", "--to", *given)

    assert (code, err) == (2, told + "\n")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_names_that_sumo_refuses_are_changed_and_stay_different():
    names = ("a", "a b", "a_b", ":in", "x&y", "", "a|b")

    found = sumo_names(names)

    assert found == ("a", "a_b_2", "a_b", "_in", "x_y", "_", "a_b_3")
