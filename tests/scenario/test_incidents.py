"""Incidents as part of a scenario: fields, their mistakes, JSON and hash, and the road that a seed draws."""

import json

import pytest

from tests.helpers.two_intersections import folder_with_files, scenario
from traffic_marl import run
from traffic_marl.errors import ScenarioError
from traffic_marl.scenario import Controllers, GridNetwork, Incident, Scenario, Sensors, TurningFlows, cityflow_scenario

ROAD = "road_1_1_E"
ONE = Incident(road=ROAD, lanes=(1,), from_s=100, until_s=400)


def closed(one, seed=0):
    """(lane name, begin, end) of the closed lanes."""
    names = one.build_network().lane_names
    (found,) = one.disturbances([seed])
    return [(names[each.lane], each.begin, each.end) for each in found.closures]


def test_a_scenario_without_incidents_is_written_and_hashed_as_before():
    plain, stated = scenario(), scenario(incidents=())
    assert "incidents" not in json.loads(plain.model_dump_json())
    assert plain == stated
    assert plain.hash() == stated.hash()
    assert Scenario.model_validate_json(plain.model_dump_json()) == plain


def test_incidents_are_written_and_change_the_hash(tmp_path):
    one = scenario(incidents=[ONE])
    one.save(tmp_path / "one.json")
    assert Scenario.load(tmp_path / "one.json") == one
    assert json.loads((tmp_path / "one.json").read_text())["incidents"][0]["road"] == ROAD
    assert one.hash() != scenario().hash()


def test_lanes_are_counted_from_the_centre_line_and_all_of_them_are_closed_by_default():
    assert closed(scenario(incidents=[ONE])) == [(f"{ROAD}_1", 100, 400)]
    whole = Incident(road=ROAD, from_s=100, until_s=400)
    assert closed(scenario(incidents=[whole])) == [(f"{ROAD}_{n}", 100, 400) for n in range(3)]
    twice = Incident(road=ROAD, lanes=(2, 0, 2), from_s=100, until_s=400)
    assert [name for name, *_ in closed(scenario(incidents=[twice]))] == [f"{ROAD}_0", f"{ROAD}_2"]


def test_seconds_are_those_of_the_demand():
    one = scenario(incidents=[ONE], duration_s=900)
    assert closed(one.within(from_s=60)) == [(f"{ROAD}_1", 40, 340)]
    assert closed(one.within(from_s=200)) == [(f"{ROAD}_1", 0, 200)]
    assert closed(one.within(from_s=400)) == []


def test_a_seed_draws_a_road_that_leads_vehicles_to_a_signal():
    drawn = scenario(incidents=[Incident(lanes=(0,), from_s=100, until_s=400)])
    network = drawn.build_network()
    found = [closed(drawn, seed) for seed in range(60)]
    assert found == [closed(drawn, seed) for seed in range(60)]
    roads = {own[0][0].rpartition("_")[0] for own in found}
    assert roads == set(network.roads) - set(network.exit_roads)
    assert drawn.disturbances([7, 3])[1] == drawn.disturbances([3])[0]


def test_only_roads_that_expect_vehicles_are_drawn():
    network = GridNetwork(rows=1, columns=1)
    entries = [{"road": "road_west_1_E", "inflow_vph": 300}]
    one = Scenario(
        name="x",
        network=network,
        demand=TurningFlows(entries=entries),
        incidents=[Incident(from_s=0, until_s=9)],
    )
    assert {closed(one, seed)[0][0] for seed in range(20)} == {"road_west_1_E_0"}


def test_every_strategy_meets_the_same_incident():
    one = scenario(incidents=[Incident(road="road_west_1_E", from_s=0, until_s=300)], duration_s=300)
    for strategy in ("fixed_time", "longest_queue"):
        rollout = run(one, strategy, seeds=[1])
        lane = rollout.simulation.network.lanes_of("road_west_1_E")[0]
        assert rollout.simulation.readings().discharged[0, lane] == 0
        assert (
            rollout.measures.mean_delay[0] > run(scenario(duration_s=300), strategy, seeds=[1]).measures.mean_delay[0]
        )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"from_s": 5}, "incidents[0].until_s: is missing"),
        ({"from_s": 5, "until_s": 5}, "incidents[0].until_s: 5 s is not after from_s, 5 s; give at least 6"),
        ({"from_s": -1, "until_s": 5}, "incidents[0].from_s: -1 is not a duration; give seconds, at least 0"),
        ({"from_s": 1.5, "until_s": 5}, "incidents[0].from_s: 1.5 is not a whole number"),
        (
            {"from_s": 3600, "until_s": 4000},
            "incidents[0].from_s: 3600 s is not before the end of the demand at 3600",
        ),
        ({"from_s": 0, "until_s": 5, "lanes": []}, "incidents[0].lanes: is empty"),
        ({"from_s": 0, "until_s": 5, "lanes": [-1]}, "incidents[0].lanes[0]: -1 is out of range"),
        ({"from_s": 0, "until_s": 5, "road": 3}, "incidents[0].road: 3 is not text"),
        ({"from_s": 0, "until_s": 5, "street": "x"}, "incidents[0].street: unknown field"),
    ],
)
def test_a_mistake_is_told_with_its_field(fields, words):
    written = json.loads(scenario().model_dump_json()) | {"incidents": [fields]}
    with pytest.raises(ScenarioError) as told:
        Scenario.model_validate(written)
    assert str(told.value).startswith(words)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"road": "road_1_1_X"}, r"incidents\[0\].road: road_1_1_X is not a road of the network; did you mean"),
        ({"road": "road_1_2_E"}, r"incidents\[0\].road: road_1_2_E ends at the rim, where vehicles leave; name a road"),
        (
            {"road": ROAD, "lanes": (1, 3)},
            r"incidents\[0\].lanes: road_1_1_E has 3 lanes, and 3 is none of them; give 0",
        ),
        ({"lanes": (7,)}, r"incidents\[0\].road: no road with these lanes leads vehicles to a signal; name a road"),
    ],
)
def test_a_road_that_cannot_be_closed_is_refused(fields, words):
    one = scenario(incidents=[Incident(from_s=0, until_s=60, **fields)])
    with pytest.raises(ScenarioError, match=words):
        run(one, "fixed_time", seeds=[0])


def test_runs_of_fixed_trips_differ_by_seed_only_if_something_is_drawn(tmp_path):
    folder = folder_with_files(tmp_path)
    plain = cityflow_scenario(folder, horizon_s=100)
    assert not plain.is_random
    assert scenario().is_random
    named, drawn = (
        Incident(road=plain.build_network().entry_roads[0], from_s=0, until_s=9),
        Incident(from_s=0, until_s=9),
    )
    assert not plain.model_copy(update={"incidents": (named,)}).is_random
    assert plain.model_copy(update={"incidents": (named, drawn)}).is_random
    assert plain.model_copy(update={"sensors": Sensors(blind_share=0.1)}).is_random
    assert plain.model_copy(update={"controllers": Controllers(failing_share=0.1)}).is_random
