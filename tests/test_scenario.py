import json
import sys

import numpy as np
import pytest
from pydantic import ValidationError

from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.demand.trips import VehicleType
from traffic_marl.errors import FileError, ScenarioError, UsageError
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.network.generators.grid import grid
from traffic_marl.scenario import (
    ArterialNetwork,
    DemandFile,
    Entry,
    GridNetwork,
    NetworkFile,
    OriginDestinationFlows,
    PairFlow,
    ProfilePoint,
    Scenario,
    Signals,
    TurningFlows,
    TurningShares,
    Vehicle,
    cityflow_scenario,
    load_scenario,
    seeds,
)

NETWORK = {"kind": "grid", "rows": 1, "columns": 2}
DEMAND = {"kind": "turning", "inflow_vph": 360}
PAIRS = OriginDestinationFlows(pairs=[PairFlow(origin="west_1", destination="east_1", flow_vph=720)])


def scenario(**fields):
    return Scenario(**{"name": "test", "network": NETWORK, "demand": DEMAND, **fields})


def folder_with_files(tmp_path):
    """A CityFlow data set: a generated grid and one draw of traffic on it."""
    folder = tmp_path / "town"
    folder.mkdir()
    network = scenario().build_network()
    write_roadnet(network, folder / "roadnet.json")
    write_flow(scenario(duration_s=100).build_demand().draw(0), network, folder / "flow.json")
    return folder


# units


def test_timing_is_that_of_the_signals():
    signals = Signals(min_green_s=7, max_green_s=40, yellow_s=4, all_red_s=1, max_red_s=90)
    assert scenario(signals=signals).timing() == Timing(min_green=7, max_green=40, yellow=4, all_red=1, max_red=90)


def test_no_limit_is_never_reached():
    timing = Signals(max_green_s=None, max_red_s=None).timing()
    assert (timing.max_green, timing.max_red) == (NEVER, NEVER)


def test_speeds_and_lengths_arrive_in_si_units():
    network = scenario(network=GridNetwork(rows=1, columns=2, block_m=250, speed_limit_kmh=36)).build_network()
    lanes = len(network.lane_names)
    assert network.tables.limit[:lanes] == pytest.approx(10.0)
    assert np.ptp(network.positions[:, 0]) == 250.0


def test_arterial_arrives_as_described():
    described = ArterialNetwork(
        intersections=3, blocks_m=(200, 400), speed_limit_kmh=72, side_speed_limit_kmh=36, side_length_m=150
    )
    network = scenario(network=described).build_network()
    assert network.positions[:, 0].tolist() == [0.0, 200.0, 600.0]
    limits = dict(zip(network.lane_names, network.tables.limit.tolist(), strict=False))
    assert limits["road_west_E_0"] == pytest.approx(20.0)
    assert limits["road_south_1_N_0"] == pytest.approx(10.0)


def test_a_leg_may_be_left_out_of_a_grid():
    left_out = [["intersection_1_1", "S"]]
    network = scenario(network={**NETWORK, "missing": left_out}).build_network()
    whole = scenario().build_network()
    assert set(whole.roads) - set(network.roads) == {"road_1_1_S", "road_south_1_N"}


def test_flows_arrive_in_vehicles_per_second():
    built = scenario(demand=TurningFlows(inflow_vph=360, turning=TurningShares(left=0, through=1, right=0)))
    assert built.flow().max() == pytest.approx(0.1)
    assert scenario(demand=PAIRS).flow().max() == pytest.approx(0.2)


def test_named_entries_come_before_the_inflow_of_all():
    entries = [Entry(road="road_west_1_E", inflow_vph=3600, turning=TurningShares(left=0, through=0, right=1))]
    built = scenario(demand=TurningFlows(inflow_vph=0, entries=entries))
    flows = dict(zip(built.build_network().movement_roads, built.flow().tolist(), strict=True))
    assert {roads: flow for roads, flow in flows.items() if flow} == {("road_west_1_E", "road_1_1_S"): 1.0}


def test_vehicles_and_profile_arrive_in_si_units():
    bus = Vehicle(
        name="bus",
        length_m=12,
        min_gap_m=3,
        max_speed_kmh=36,
        headway_s=2.5,
        max_acceleration_mps2=1.5,
        max_deceleration_mps2=4,
        usual_acceleration_mps2=1,
        usual_deceleration_mps2=3,
    )
    profile = [ProfilePoint(time_s=0, factor=0), ProfilePoint(time_s=50, factor=0), ProfilePoint(time_s=51, factor=1)]
    built = scenario(demand=TurningFlows(inflow_vph=3600, vehicles=[bus], profile=profile), duration_s=100)
    trips = built.build_demand().draw(0)
    assert trips.types == (VehicleType("bus", 12.0, 3.0, 10.0, 2.5, 1.5, 4.0, 1.0, 3.0),)
    assert 50 <= trips.scheduled.min() < 60


def test_regular_departures_keep_their_distance():
    pairs = [PairFlow(origin="west_1", destination="east_1", flow_vph=360)]
    built = scenario(demand=OriginDestinationFlows(pairs=pairs, departures="regular"))
    assert set(np.diff(built.build_demand().draw(0).scheduled)) == {10}


def test_phases_of_a_generated_network_are_those_named():
    phases = {name: scenario(signals=Signals(phases=name)).build_network() for name in ("two", "four", "eight", None)}
    assert phases["two"].tables.phase_count.tolist() == [2, 2]
    assert phases["four"].tables.phase_count.tolist() == phases[None].tables.phase_count.tolist() == [4, 4]
    assert phases["eight"].tables.phase_count.tolist() == [8, 8]


# values


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"network": ArterialNetwork(intersections=3, blocks_m=(200, 300)), "demand": PAIRS},
        {
            "network": NetworkFile(kind="cityflow", path="a.json"),
            "demand": DemandFile(kind="cityflow", path="b.json"),
            "signals": {"phases": [2]},
        },
        {"demand": TurningFlows(entries=[Entry(road="x", inflow_vph=1.5, turning=TurningShares())])},
        {"signals": Signals(max_green_s=None, max_red_s=None, phases="two"), "clearing_s": 100, "description": "why"},
    ],
)
def test_json_round_trip(tmp_path, fields):
    one = scenario(**fields)
    assert Scenario.model_validate_json(one.model_dump_json()) == one
    one.save(tmp_path / "one.json")
    assert Scenario.load(tmp_path / "one.json") == load_scenario(tmp_path / "one.json") == one
    assert Scenario.load(tmp_path / "one.json").hash() == one.hash()


def test_equal_scenarios_share_what_is_built():
    assert scenario().build_network() is scenario().build_network()
    assert scenario().build_demand() is scenario().build_demand()
    assert scenario().build_network() is not scenario(signals=Signals(phases="two")).build_network()
    assert scenario().build_demand() is not scenario(duration_s=60).build_demand()


def test_scenario_cannot_be_changed():
    one = scenario()
    with pytest.raises(ValidationError, match="frozen"):
        one.decision_interval_s = 7
    assert one.decision_interval_s == 5


def test_hash_changes_with_any_field_and_with_the_files(tmp_path):
    folder = folder_with_files(tmp_path)
    hashes = {scenario().hash(), scenario(name="other").hash(), scenario(clearing_s=1).hash()}
    hashes.add(cityflow_scenario(folder).hash())
    (folder / "flow.json").write_text("[]")
    hashes.add(cityflow_scenario(folder).hash())
    assert len(hashes) == 5
    assert scenario().hash() == scenario().hash()


def test_rewritten_files_are_read_again(tmp_path):
    folder = folder_with_files(tmp_path)
    before = cityflow_scenario(folder)
    assert len(before.build_network().intersections) == 2
    assert len(before.build_demand().draw(0)) > 0
    write_roadnet(grid(1, 3), folder / "roadnet.json")
    (folder / "flow.json").write_text("[]")
    for one in (before, cityflow_scenario(folder)):
        assert len(one.build_network().intersections) == 3
        assert len(one.flow()) == len(one.build_network().movement_roads)
        assert len(one.build_demand().draw(0)) == 0


def test_a_demand_is_built_again_for_another_network_in_the_same_file(tmp_path):
    folder = folder_with_files(tmp_path)
    one = cityflow_scenario(folder)
    movements = len(one.flow())
    write_roadnet(grid(1, 3), folder / "roadnet.json")
    assert len(one.flow()) == len(one.build_network().movement_roads) > movements


def test_unchanged_files_are_read_once(tmp_path):
    one = cityflow_scenario(folder_with_files(tmp_path))
    assert one.build_network() is one.build_network()
    assert one.build_demand() is one.build_demand()


def test_simulation_has_a_copy_for_each_seed():
    one = scenario(duration_s=60)
    simulation = one.simulation([3, 4], threads=1)
    demand = one.build_demand()
    assert simulation.records().count.tolist() == [len(demand.draw(3)), len(demand.draw(4))]
    assert simulation.timing == one.timing()


# mistakes


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"signals": {"min_green_s": -3}},
            "signals.min_green_s: -3 is not a duration; give seconds, at least 0",
        ),
        ({"signals": {"yellow_s": 2.5}}, "signals.yellow_s: 2.5 is not a whole number; give whole seconds"),
        ({"signals": {"yellow_s": "x"}}, "signals.yellow_s: 'x' is not a whole number; give whole seconds"),
        (
            {"signals": {"min_gren_s": 3}},
            "signals.min_gren_s: unknown field; did you mean min_green_s?",
        ),
        (
            {"signals": {"max_green_s": 4}},
            "signals.max_green_s: 4 s is shorter than the shortest green, 5 s; give at least 5 s, or none",
        ),
        (
            {"signals": {"max_red_s": 10}},
            "signals.max_red_s: 10 s is too short for a green and the change after it, 10 s; give at least 11 s",
        ),
        (
            {"signals": {"phases": "six"}},
            "signals.phases: 'six' is no choice of phases; use one of two, four, eight, or a list of rows",
        ),
        ({"signals": {"phases": [1, -1]}}, "signals.phases: [1, -1] is no choice of phases"),
        ({"signals": {"phases": []}}, "signals.phases: [] is no choice of phases"),
        (
            {"signals": {"phases": [1, 2]}},
            "signals.phases: a generated network has no rows to choose; use one of two, four, eight",
        ),
        (
            {"network": {"kind": "cityflow", "path": "x"}, "signals": {"phases": "four"}},
            "signals.phases: 'four' is a set of phases for generated networks; list rows",
        ),
        ({"signals": 3}, "signals: 3 has no fields; give the fields by name"),
        ({"decision_interval_s": 0}, "decision_interval_s: 0 is not a duration; give seconds, at least 1"),
        ({"duration_s": 0}, "duration_s: 0 is not a duration; give seconds, at least 1"),
        ({"duration_s": 1e9}, "duration_s: 1000000000.0 is not a duration; give seconds, at most 86400"),
        ({"clearing_s": -1}, "clearing_s: -1 is not a duration; give seconds, at least 0"),
        ({"name": "two\nlines"}, "name: 'two\\nlines' is not text of one line; leave line breaks"),
        (
            {"demand": {"kind": "turning", "entries": [{"road": "a\x00", "inflow_vph": 1}]}},
            "demand.entries[0].road: 'a\\x00' is not text of one line",
        ),
        ({"name": ""}, "name: is empty; give at least one"),
        ({"duration": 5}, "duration: unknown field; did you mean duration_s?"),
        ({"xyz": 5}, "xyz: unknown field; available: clearing_s, decision_interval_s"),
        ({"network": {"kind": "ring"}}, "network.kind: 'ring' is not one of the choices; use one of 'grid', 'arter"),
        ({"network": {"rows": 1}}, "network.kind: is missing; say which kind it is"),
        ({"network": {"kind": "grid", "rows": 1}}, "network.columns: is missing; give it"),
        ({"network": {**NETWORK, "rows": 0}}, "network.rows: 0 will not do; give a number, at least 1"),
        ({"network": {**NETWORK, "block_m": 0}}, "network.block_m: 0 is not a length; give metres, at least 1"),
        (
            {"network": {**NETWORK, "speed_limit_kmh": 900}},
            "network.speed_limit_kmh: 900 is not a speed; give kilometres per hour, at most 200",
        ),
        ({"network": {**NETWORK, "bloc_m": 3}}, "network.bloc_m: unknown field; did you mean block_m?"),
        (
            {"network": {**NETWORK, "lanes": [["left"], ["ahead"]]}},
            "network.lanes[1][0]: 'ahead' is not one of the choices; use one of 'left', 'through' or 'right'",
        ),
        (
            {"network": {"kind": "arterial", "intersections": 4, "blocks_m": [200, 300]}},
            "network.blocks_m: 2 lengths for 3 blocks; give one for each block",
        ),
        ({"demand": {**DEMAND, "inflow_vph": -5}}, "demand.inflow_vph: -5 is not a flow; give vehicles per hour, at"),
        ({"demand": {**DEMAND, "inflow_vph": "x"}}, "demand.inflow_vph: 'x' is not a number; give vehicles per hour"),
        ({"demand": {**DEMAND, "inflow_vph": float("nan")}}, "demand.inflow_vph: nan is not a number; give vehicles"),
        (
            {"demand": {**DEMAND, "entries": [{"road": "a", "inflow_vph": 1}, {"road": "b", "inflow": 1}]}},
            "demand.entries[1].inflow_vph: is missing; give it",
        ),
        (
            {"demand": {**DEMAND, "entries": [{"road": "a", "inflow_vph": 1}] * 2}},
            "demand.entries[1].road: 'a' is named before; name each road once",
        ),
        (
            {"demand": {**DEMAND, "turning": {"left": 0, "through": 0, "right": 0}}},
            "demand.turning.right: every share is 0; give one of left, through and right a share above 0",
        ),
        (
            {"demand": {**DEMAND, "profile": [{"time_s": 5, "factor": 1}, {"time_s": 5, "factor": 2}]}},
            "demand.profile[1].time_s: 5 comes too early after the point before; give at least 5.001",
        ),
        (
            {"demand": {**DEMAND, "profile": [{"time_s": 5, "factor": -1}]}},
            "demand.profile[0].factor: -1 is not a factor; give a number, at least 0",
        ),
        (
            {"demand": {**DEMAND, "profile": [{"time_s": 0, "factor": 1e30}]}},
            "demand.profile[0].factor: 1e+30 is not a factor; give a number, at most 1000",
        ),
        (
            {"demand": {**DEMAND, "profile": [{"time_s": 1e300, "factor": 1}]}},
            "demand.profile[0].time_s: 1e+300 is not a duration; give seconds, at most 86400",
        ),
        (
            {"demand": {**DEMAND, "vehicles": [{"length_m": 1e-300}]}},
            "demand.vehicles[0].length_m: 1e-300 is not a length; give metres, at least 0.5",
        ),
        (
            {"demand": {**DEMAND, "vehicles": [{"max_speed_kmh": 361}]}},
            "demand.vehicles[0].max_speed_kmh: 361 is not a speed; give kilometres per hour, at most 360",
        ),
        (
            {"demand": {**DEMAND, "vehicles": [{"usual_deceleration_mps2": 0.01}]}},
            "demand.vehicles[0].usual_deceleration_mps2: 0.01 is not an acceleration",
        ),
        (
            {"demand": {**DEMAND, "vehicles": [{"min_gap_m": 101}]}},
            "demand.vehicles[0].min_gap_m: 101 is not a length; give metres, at most 100",
        ),
        (
            {"network": {**NETWORK, "speed_limit_kmh": 0.1}},
            "network.speed_limit_kmh: 0.1 is not a speed; give kilometres per hour, at least 1",
        ),
        (
            {"network": {**NETWORK, "missing": [["intersection_1_1", "up"]]}},
            "network.missing[0][1]: 'up' is not one of the choices; use one of 'N', 'E', 'S' or 'W'",
        ),
        ({"demand": {**DEMAND, "vehicles": []}}, "demand.vehicles: is empty; give at least one"),
        ({"demand": {**DEMAND, "vehicles": [{"share": 0}]}}, "demand.vehicles: every share is 0; give one of them"),
        ({"demand": {"kind": "origin_destination", "pairs": []}}, "demand.pairs: is empty; give at least one"),
    ],
)
def test_mistakes_say_where_what_and_what_would_do(fields, message):
    with pytest.raises(ScenarioError) as error:
        scenario(**fields)
    assert str(error.value).startswith(message)
    with pytest.raises(ScenarioError) as error:
        Scenario.model_validate_json(json.dumps({"name": "test", "network": NETWORK, "demand": DEMAND, **fields}))
    assert str(error.value).splitlines()[0].startswith(message.split(";")[0])


def test_every_mistake_has_its_line():
    with pytest.raises(ScenarioError) as error:
        scenario(clearing_s=-1, signals={"yellow_s": -1, "all_red_s": -2})
    assert str(error.value).splitlines() == [
        "signals.yellow_s: -1 is not a duration; give seconds, at least 0",
        "signals.all_red_s: -2 is not a duration; give seconds, at least 0",
        "clearing_s: -1 is not a duration; give seconds, at least 0",
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"min_green_s": 80}, "signals.max_green_s: 60 s is shorter than the shortest green, 80 s; give at least 80 s"),
        ({"min_green_s": 5, "yellow_s": 400}, "signals.max_red_s: "),
        ({"all_red_s": 600}, "signals.max_red_s: "),
        ({"min_green_s": 900, "max_green_s": 900}, "signals.max_red_s: "),
    ],
)
def test_times_are_checked_against_those_not_given(fields, message):
    for make in (Signals, lambda **fields: scenario(signals=fields)):
        with pytest.raises(ScenarioError) as error:
            make(**fields)
        assert str(error.value).startswith(message)
        assert "\n" not in str(error.value)
    assert Signals(**{"max_green_s": None, "max_red_s": None, **fields}).yellow_s == fields.get("yellow_s", 3)


def test_a_part_made_on_its_own_says_where_it_belongs():
    with pytest.raises(ScenarioError, match=r"^signals.min_green_s: -3 is not a duration; give seconds, at least 0$"):
        Signals(min_green_s=-3)
    with pytest.raises(ScenarioError, match=r"^demand.entries\[0\].inflow_vph: -1 is not a flow"):
        TurningFlows(entries=[{"road": "a", "inflow_vph": -1}])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"network": {**NETWORK, "lanes": [["right"], ["left"]]}},
            "network.lanes[1]: it goes left, to the right of a lane that goes right",
        ),
        (
            {"demand": {"kind": "turning", "entries": [{"road": "road_x", "inflow_vph": 1}]}},
            "demand.entries[0].road: is not a road of the network; name roads",
        ),
        ({"demand": {"kind": "turning"}}, "demand.inflow_vph: no road is named; give"),
        (
            {"network": {**NETWORK, "missing": [["intersection_1_1", "E"], ["intersection_1_2", "W"]]}},
            "network.missing[1]: intersection_1_2 has no leg W; name an intersection and a side of it",
        ),
        (
            {"demand": {**DEMAND, "inflow_vph": 50_000, "profile": [{"time_s": 0, "factor": 30}]}},
            "demand: asks for 9,000,000 vehicles in 3600 s; ask for at most 5,000,000",
        ),
        (
            {
                "demand": {
                    "kind": "origin_destination",
                    "pairs": [{"origin": "west_1", "destination": "east_1", "flow_vph": 60_000}],
                    "profile": [{"time_s": 0, "factor": 100}],
                }
            },
            "demand: asks for 6,000,000 vehicles in 3600 s; ask for at most 5,000,000",
        ),
        (
            {
                "demand": {
                    "kind": "origin_destination",
                    "pairs": [{"origin": "west_1", "destination": "mars", "flow_vph": 1}],
                }
            },
            "demand.pairs[0].destination: 'mars' is neither a road nor a node of the network",
        ),
        (
            {"network": {"kind": "cityflow", "path": "none.json"}},
            "network.path: none.json: cannot be read",
        ),
        (
            {"demand": {"kind": "cityflow", "path": "none.json"}},
            "demand.path: none.json: cannot be read",
        ),
    ],
)
def test_what_cannot_be_built_says_where(fields, message):
    with pytest.raises(ScenarioError) as error:
        scenario(**fields).build_demand()
    assert str(error.value).startswith(message)


# CityFlow


def test_cityflow_folder_becomes_the_protocol_of_the_literature(tmp_path):
    one = cityflow_scenario(folder_with_files(tmp_path), horizon_s=50)
    assert one.name == "town"
    assert one.timing() == Timing(min_green=0, max_green=NEVER, yellow=5, all_red=0, max_red=NEVER)
    assert (one.duration_s, one.horizon, one.clearing_s, one.decision_interval_s) == (50, 50, 0, 15)
    assert one.build_network().roads == scenario().build_network().roads
    trips, drawn = one.build_demand().draw(0), scenario(duration_s=100).build_demand().draw(0)
    assert trips.scheduled.tolist() == drawn.scheduled[drawn.scheduled < 50].tolist()
    assert not one.build_demand().is_random


@pytest.mark.parametrize("name", ["network.json", "phases.json"])
def test_a_file_may_be_called_like_a_field(tmp_path, name):
    (tmp_path / name).write_text("[]")
    one = scenario(network=NetworkFile(kind="cityflow", path=str(tmp_path / name)), signals=Signals())
    with pytest.raises(ScenarioError, match=rf"^network.path: {name}: "):
        one.build_network()


def test_cityflow_phases_are_the_rows_chosen(tmp_path):
    folder = folder_with_files(tmp_path)
    network = cityflow_scenario(folder, phases=[2, 1]).build_network()
    assert network.tables.phase_row[:, :2].tolist() == [[2, 1], [2, 1]]
    with pytest.raises(ScenarioError, match=r"^signals.phases"):
        cityflow_scenario(folder, phases=[77]).build_network()


def test_missing_folder_or_file_is_named(tmp_path):
    with pytest.raises(FileError, match=r"none: is not a folder; give one with roadnet.json and flow.json"):
        cityflow_scenario(tmp_path / "none")
    folder = folder_with_files(tmp_path)
    (folder / "flow.json").unlink()
    with pytest.raises(FileError, match=r"flow.json: is missing; give a folder"):
        cityflow_scenario(folder)


# files


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x = 1", "declares no scenario; write `scenario = Scenario"),
        ("scenario = 3", "declares no scenario"),
        ("x = (", "mine.py: line 1: .*; correct the file"),
        ("1 / 0", "mine.py: line 1 fails with ZeroDivisionError: division by zero; correct the file"),
    ],
)
def test_script_without_a_scenario_is_refused(tmp_path, content, message):
    path = tmp_path / "mine.py"
    path.write_text(content)
    with pytest.raises(ScenarioError, match=message):
        load_scenario(path)


def test_script_may_be_given_by_path(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from traffic_marl.scenario import *\n"
        "scenario = Scenario(name='mine', network=GridNetwork(rows=1, columns=1), demand=TurningFlows(inflow_vph=1))"
    )
    assert load_scenario(path).name == load_scenario(str(path)).name == "mine"


SCRIPT = """
from __future__ import annotations
from dataclasses import dataclass
from traffic_marl.scenario import *
from neighbour import INFLOW
from package.inner import FACTOR

@dataclass
class Case:
    inflow: float = INFLOW * FACTOR

scenario = Scenario(
    name='mine', network=GridNetwork(rows=1, columns=1), demand=TurningFlows(inflow_vph=Case().inflow)
)
"""


def test_script_may_import_a_neighbour_and_declare_dataclasses(tmp_path):
    modules, paths = set(sys.modules), list(sys.path)
    for folder, inflow in (("one", 100), ("two", 200)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "neighbour.py").write_text(f"INFLOW = {inflow}")
        (tmp_path / folder / "package").mkdir()
        (tmp_path / folder / "package" / "__init__.py").touch()
        (tmp_path / folder / "package" / "inner.py").write_text("FACTOR = 2")
        (tmp_path / folder / "mine.py").write_text(SCRIPT)
        assert load_scenario(tmp_path / folder / "mine.py").demand.inflow_vph == 2 * inflow
    assert set(sys.modules) == modules
    assert sys.path == paths


def test_failing_script_leaves_no_trace(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("import sys\nsys.path.append('elsewhere')\n1 / 0")
    before = object()
    monkeypatch.setitem(sys.modules, "own_mine", before)
    paths = list(sys.path)
    with pytest.raises(ScenarioError, match="ZeroDivisionError"):
        load_scenario(tmp_path / "mine.py")
    assert sys.modules["own_mine"] is before
    assert sys.path == paths


def test_unknown_name_gets_the_nearest():
    with pytest.raises(ScenarioError) as error:
        load_scenario("grid_4x4_rush_our")
    assert str(error.value).startswith(
        "scenario: unknown scenario 'grid_4x4_rush_our'; did you mean grid_4x4_rush_hour? Available: arterial_1x6,"
    )
    with pytest.raises(ScenarioError, match="unknown scenario 'zzz'; available: arterial_1x6, "):
        load_scenario("zzz")


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read: No such file"), ("{", "is not JSON: line 1, column 2"), ("9" * 5000, "is not JSON")],
)
def test_json_that_cannot_be_read_is_refused(tmp_path, content, message):
    path = tmp_path / "mine.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(FileError, match=f"mine.json: {message}"):
        load_scenario(path)


def test_json_with_a_wrong_field_is_refused(tmp_path):
    (tmp_path / "mine.json").write_text("{}")
    with pytest.raises(ScenarioError, match=r"^name: is missing; give it\nnetwork: is missing"):
        load_scenario(tmp_path / "mine.json")
    (tmp_path / "mine.json").write_text("[]")
    with pytest.raises(ScenarioError, match=r"^scenario: \[\] has no fields"):
        load_scenario(tmp_path / "mine.json")


def test_missing_script_is_refused(tmp_path):
    with pytest.raises(FileError, match=r"none.py: is not there"):
        load_scenario(tmp_path / "none.py")


def test_scenario_that_cannot_be_saved_says_so(tmp_path):
    with pytest.raises(FileError, match="cannot be written: No such file"):
        scenario().save(tmp_path / "none" / "one.json")


# seeds


def test_ranges_of_seeds_do_not_meet():
    test, validation, training = seeds.test_seeds(10_000), seeds.validation_seeds(10_000), seeds.training_seeds(50_000)
    assert len({*test, *validation, *training}) == 70_000
    assert max(test) < min(validation) <= max(validation) < min(training)


@pytest.mark.parametrize("count", [0, -1, 10_001])
def test_number_of_seeds_that_is_none_is_refused(count):
    with pytest.raises(UsageError, match=f"^seeds: {count} is not a number of seeds; give 1 to 10000"):
        seeds.test_seeds(count)


def test_grid_of_the_library_and_of_the_scenario_agree():
    assert scenario().build_network().roads == grid(1, 2).roads


# Types


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"network": None}, "network: None has no fields; give the fields by name"),
        ({"network": "grid"}, "network: 'grid' has no fields; give the fields by name"),
        ({"signals": 3}, "signals: 3 has no fields; give the fields by name"),
        ({"name": 5}, "name: 5 is not text; give text"),
        ({"clearing_s": True}, "clearing_s: True is not a number; give one"),
        ({"network": {**NETWORK, "block_m": [1]}}, "network.block_m: [1] is not a number; give metres"),
        ({"signals": {"phases": np.array([1.5])}}, "signals.phases: array([1.5]) is no choice of phases"),
    ],
)
def test_a_field_of_a_wrong_type_says_what_would_do(fields, message):
    with pytest.raises(ScenarioError) as error:
        scenario(**fields)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: load_scenario(None), "scenario: None is not a scenario; give a Scenario, or its name or path"),
        (lambda: Scenario.load(5), "path: 5 is not a path"),
        (lambda: scenario().save(None), "path: None is not a path"),
        (lambda: scenario().simulation(5), "seeds: 5 is not a sequence of seeds"),
        (lambda: seeds.test_seeds("ten"), "seeds: 'ten' is not a whole number"),
        (lambda: cityflow_scenario(None), "directory: None is not a path"),
    ],
)
def test_an_argument_of_a_wrong_type_says_what_would_do(call, message):
    with pytest.raises(UsageError) as error:
        call()
    assert str(error.value).startswith(message)


def test_phases_of_a_data_set_that_are_no_list_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"^phases: 5 is not a list of rows; give a list such as \[1, 2, 3, 4\]"):
        cityflow_scenario(folder_with_files(tmp_path), phases=5)


def test_numbers_of_numpy_are_numbers():
    one = scenario(duration_s=np.int64(90), network={**NETWORK, "block_m": np.float32(100)}, signals={"phases": "two"})
    assert (one.duration_s, one.network.block_m) == (90, 100.0)
    assert type(one.duration_s) is int
    assert Signals(phases=np.array([1, 2])).phases == (1, 2)


def test_a_scenario_loads_as_itself():
    one = scenario()
    assert load_scenario(one) is one
