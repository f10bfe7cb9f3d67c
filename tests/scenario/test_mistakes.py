import json

import numpy as np
import pytest

from tests.helpers.two_intersections import DEMAND, NETWORK, folder_with_files, scenario
from traffic_marl.errors import ScenarioError, UsageError
from traffic_marl.scenario import GridNetwork, Scenario, Signals, TurningFlows, cityflow_scenario, load_scenario, seeds


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
            "signals.max_green_s: 4 s is shorter than the shortest green, 5 s; give at least 5 s, or null for no limit",
        ),
        (
            {"signals": {"max_red_s": 10}},
            "signals.max_red_s: 10 s is too short for a green and the change after it, 10 s; give at least 11 s",
        ),
        (
            {"signals": {"phases": "six"}},
            "signals.phases: 'six' is no choice of phases; use one of two, four, eight, or a list of phases",
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
        ({"xyz": 5}, "xyz: unknown field; available: clearing_s, controllers, decision_interval_s"),
        ({"network": {"kind": "ring"}}, "network.kind: 'ring' is not one of the choices; use one of 'grid', 'arter"),
        ({"network": {"rows": 1}}, "network.kind: is missing; give the kind"),
        ({"network": {"kind": "grid", "rows": 1}}, "network.columns: is missing; add this field"),
        ({"network": {**NETWORK, "rows": 0}}, "network.rows: 0 is out of range; give a number, at least 1"),
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
            "demand.entries[1].inflow_vph: is missing; add this field",
        ),
        (
            {"demand": {**DEMAND, "entries": [{"road": "a", "inflow_vph": 1}] * 2}},
            "demand.entries[1].road: 'a' is given twice; give each road once",
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
        ({"demand": {"kind": "turning"}}, "demand.inflow_vph: no road has an inflow; give"),
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
        (lambda: cityflow_scenario(None), "directory: no data set is given"),
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


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (Scenario, "Scenario: 5 is given without the name of a field; name each field, as in Scenario(name=...)"),
        (
            GridNetwork,
            "GridNetwork: 5 is given without the name of a field; name each field, as in GridNetwork(rows=...)",
        ),
    ],
)
def test_a_value_without_a_name_is_refused_in_one_line(part, message):
    with pytest.raises(ScenarioError) as error:
        part(5)
    assert str(error.value) == message
