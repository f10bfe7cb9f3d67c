import json
import warnings

import numpy as np
import pytest

from tests.helpers import odd_data_sets
from tests.helpers.two_intersections import scenario
from traffic_marl.environments.vector import VectorEnv
from traffic_marl.errors import ScenarioError, UsageError
from traffic_marl.remarks import DataWarning
from traffic_marl.rollout import run
from traffic_marl.scenario import Scenario, cityflow_scenario
from traffic_marl.strategies.catalogue import parse
from traffic_marl.viewer.live import LiveRun
from traffic_marl.viewer.recording.recorder import take


def flows(*spans):
    """A change of the data set: one flow for each start and end [s], a vehicle every 10 s."""

    def change(data):
        route = data.flow[0]["route"]
        data.flow = [odd_data_sets.flow(route, interval=10.0, start=start, end=end) for start, end in spans]

    return change


def told(one):
    return [str(remark) for remark in one.remarks()]


def test_hash_and_json_without_a_window_are_as_before_there_were_windows():
    one = scenario()
    assert one.hash() == "927e92f3de9c"
    assert "window_s" not in json.loads(one.model_dump_json())


def test_a_window_is_part_of_json_and_hash(tmp_path):
    part = scenario().within(from_s=600, until_s=1200)
    part.save(tmp_path / "part.json")
    assert Scenario.load(tmp_path / "part.json") == part
    assert Scenario.load(tmp_path / "part.json").window_s == (600, 1200)
    assert part.hash() not in (scenario().hash(), scenario().within(until_s=1200).hash())


def test_the_run_has_the_length_of_the_window_and_clears_only_at_the_end_of_the_demand():
    one = scenario(clearing_s=500)
    assert (one.horizon, one.within(from_s=600).horizon, one.within(from_s=600, until_s=1000).horizon) == (
        3600,
        3000,
        400,
    )
    assert (one.within(from_s=600).clearing_s, one.within(until_s=600).clearing_s) == (500, 0)


def test_all_of_the_demand_is_no_window():
    one = scenario()
    assert one.within() is one
    assert one.within(from_s=0, until_s=3600).hash() == one.hash()
    assert one.within(from_s=5).within(from_s=0).hash() == one.hash()


def test_seconds_of_a_window_are_those_of_the_demand():
    part = scenario().within(from_s=600, until_s=1200)
    assert part.within(until_s=700).window_s == (600, 700)
    assert part.within(from_s=1000).window_s == (1000, 1200)


@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        (
            {"from_s": 3600},
            "from_s: 3600 is not before the end of the run at second 3600 of the demand; give at most 3599",
        ),
        (
            {"from_s": 9, "until_s": 9},
            "from_s: 9 is not before the end of the run at second 9 of the demand; give at most 8",
        ),
        ({"from_s": -1}, "from_s: -1 is too small; give a whole number, at least 0"),
        ({"from_s": 1.5}, "from_s: 1.5 is not a whole number"),
        ({"from_s": True}, "from_s: True is not a whole number"),
        ({"until_s": 0}, "until_s: 0 is not a duration; give whole seconds, at least 1"),
        ({"until_s": 3601}, "until_s: 3601 is past the end of the demand at 3600 s; give at most 3600"),
        ({"until_s": "9"}, "until_s: '9' is not a whole number"),
    ],
)
def test_seconds_that_make_no_window_are_refused(seconds, message):
    with pytest.raises(UsageError, match=f"^{message}"):
        scenario().within(**seconds)


def test_an_end_before_the_begin_of_a_window_is_refused():
    message = "^until_s: 600 is not after the beginning of the run at second 600 of the demand; give at least 601$"
    with pytest.raises(UsageError, match=message):
        scenario().within(from_s=600).within(until_s=600)


@pytest.mark.parametrize(
    ("window", "message"),
    [
        ([5, 5], r"window_s\[0\]: 5 s is not before 5 s; give an earlier first second"),
        ([0, 4000], r"window_s\[1\]: 4000 s is past the end of the demand at 3600 s; give at most 3600"),
        ([-1, 5], r"window_s\[0\]: -1 is "),
        ([1], r"window_s"),
        ([1, 2, 3], r"window_s"),
        ([1.5, 3], r"window_s\[0\]: 1.5 is not a whole number"),
        ("12", r"window_s"),
    ],
)
def test_a_wrong_window_of_a_file_is_told(window, message):
    with pytest.raises(ScenarioError, match=f"^{message}"):
        Scenario.model_validate({**json.loads(scenario().model_dump_json()), "window_s": window})


def test_runs_environments_and_recordings_take_the_same_vehicles():
    part = scenario().within(from_s=600, until_s=700)
    drawn = scenario().build_demand().draw(3).scheduled
    due = (drawn[(drawn >= 600) & (drawn < 700)] - 600).tolist()
    assert len(due) > 3
    rollout = run(part, parse("fixed_time"), (3,))
    assert rollout.at_end.scheduled[0].tolist() == due
    assert (rollout.horizon, rollout.simulation.time) == (100, 100)
    assert rollout.run_records()[0].scenario_hash == part.hash()
    environment = VectorEnv(part, copies=1, seeds=[3], interval=10)
    environment.reset()
    assert environment.steps == 10
    assert environment.simulation.records().scheduled[0].tolist() == due
    assert LiveRun(part, parse("fixed_time"), 3).last == 100
    recording = take(part, parse("fixed_time"), 3)
    assert (recording.last, recording.origin.scenario_hash) == (100, part.hash())


def test_strategies_are_given_the_flow_of_the_seconds_that_run():
    profile = [{"time_s": 0, "factor": 1.0}, {"time_s": 1800, "factor": 1.0}, {"time_s": 1801, "factor": 3.0}]
    one = scenario(demand={"kind": "turning", "inflow_vph": 300, "profile": profile})
    early, late = one.within(until_s=1800), one.within(from_s=1801)
    assert late.flow() == pytest.approx(3 * early.flow())
    shortened, part = run(one, parse("webster"), (0,), until=1800), run(early, parse("webster"), (0,))
    assert np.array_equal(shortened.at_horizon.left, part.at_horizon.left)
    assert not np.array_equal(
        part.at_horizon.left, run(one, parse("webster"), (0,)).at_horizon.left[:, : len(part.at_horizon.left[0])]
    )


def test_vehicles_due_after_the_horizon_are_told(tmp_path):
    folder = odd_data_sets.write(tmp_path, flows((0, 995), (4000, 4990)))
    assert told(cityflow_scenario(folder, horizon_s=3600)) == [
        "flow.json: 100 of 200 vehicles are due after 3,600 s and left out"
    ]
    with pytest.warns(DataWarning, match="flow.json: 150 of 200 vehicles are due after 500 s and left out"):
        cityflow_scenario(folder, horizon_s=500).build_demand()
    assert all(remark.error is None for remark in cityflow_scenario(folder, horizon_s=500).remarks())


def test_a_flow_without_end_that_begins_after_the_horizon_is_told(tmp_path):
    one = cityflow_scenario(odd_data_sets.write(tmp_path, flows((0, 95), (700, -1), (4000, -1))), horizon_s=600)
    assert told(one) == ["flow.json: 2 of 3 flows have no end, begin after 600 s and are left out; the first is flow 1"]


def test_a_data_set_runs_to_its_last_vehicle(tmp_path):
    folder = odd_data_sets.write(tmp_path, flows((0, 995), (4000, 4990)))
    one = cityflow_scenario(folder)
    assert (one.duration_s, told(one)) == (5400, [])
    assert len(one.build_demand().draw(0)) == 200


def test_vehicles_later_than_any_run_are_told_and_refused_strictly(tmp_path):
    one = cityflow_scenario(odd_data_sets.write(tmp_path, flows((0, 95), (86_400, 86_419))))
    assert (one.duration_s, told(one)) == (86_400, ["flow.json: 2 of 12 vehicles are due after 86,400 s and left out"])
    assert "give times below 86400" in str(one.remarks()[0].error)


def test_a_window_of_a_data_set_is_told_without_a_warning(tmp_path):
    part = cityflow_scenario(odd_data_sets.write(tmp_path, flows((0, 995)))).within(from_s=500, until_s=800)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        part.build_demand()
    assert told(part) == [
        "flow.json: 50 of 100 vehicles are due before second 500 of the demand and left out",
        "flow.json: 20 of 100 vehicles are due at second 800 of the demand or later and left out",
    ]


def test_a_data_set_without_a_vehicle_is_refused(tmp_path):
    one = cityflow_scenario(odd_data_sets.write(tmp_path, "empty_flow"))
    with pytest.raises(
        ScenarioError, match=r"^demand.path: flow.json: no vehicle is due in the seconds 0 to 3,599; give"
    ):
        one.build_demand()


def test_a_horizon_before_the_first_vehicle_is_refused_with_the_reason(tmp_path):
    one = cityflow_scenario(odd_data_sets.write(tmp_path, flows((4000, 4990))), horizon_s=3600)
    message = (
        r"^demand.path: flow.json: no vehicle is due in the seconds 0 to 3,599: "
        r"100 of 100 vehicles are due after 3,600 s and left out; give a demand with vehicles, or other seconds of it$"
    )
    with pytest.raises(ScenarioError, match=message):
        one.build_demand()
    with pytest.raises(ScenarioError, match=message):
        run(one, parse("fixed_time"), (0,))


def test_a_window_without_a_vehicle_is_refused(tmp_path):
    one = cityflow_scenario(odd_data_sets.write(tmp_path, flows((0, 95), (1000, 1095))))
    with pytest.raises(ScenarioError, match=r"^demand.path: flow.json: no vehicle is due in the seconds 100 to 999"):
        one.within(from_s=100, until_s=1000).flow()


def test_a_random_demand_may_draw_no_vehicle():
    quiet = scenario(demand={"kind": "turning", "inflow_vph": 0.001})
    assert len(quiet.within(until_s=5).build_demand().draw(0)) == 0
    empty = scenario(demand={"kind": "turning", "inflow_vph": 0})
    assert told(empty) == ["demand: no vehicle is due, because every flow is 0"]
