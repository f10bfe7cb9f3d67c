import pytest

from tests.helpers.made_up_comparison import MADE_UP
from traffic_marl import compare
from traffic_marl.comparison.explanation import short_notes
from traffic_marl.comparison.rules import closed_roads, disturbances, failing_controllers, failing_detectors, rules
from traffic_marl.scenario import Controllers, GridNetwork, Incident, Scenario, Sensors, Signals, TurningFlows


def scenario(signals, **network):
    fields = {"rows": 1, "columns": 2, "block_m": 150, **network}
    demand = TurningFlows(inflow_vph=300)
    return Scenario(name="small", network=GridNetwork(**fields), demand=demand, signals=signals, decision_interval_s=7)


def test_phases_and_times_are_named():
    times = {"min_green_s": 4, "max_green_s": 50, "yellow_s": 2, "all_red_s": 1, "max_red_s": 200}
    found = scenario(Signals(phases="two", **times))
    names = ", ".join(found.build_network().phase_names[0])
    assert rules(found) == (
        f"rules for all: phases {names}. Signals keep min green 4 s, max green 50 s, yellow 2 s, all-red 1 s, "
        "max red 200 s. The decision interval of the scenario is 7 s."
    )


def test_a_scenario_that_states_no_interval_leaves_it_to_each_strategy():
    assert rules(MADE_UP).endswith(" The scenario leaves the time between decisions to each strategy.")


def test_a_missing_limit_is_said_to_be_missing():
    assert "no max green, yellow 3 s, all-red 2 s, no max red." in rules(
        scenario(Signals(max_green_s=None, max_red_s=None))
    )


def test_junctions_that_are_kept_clear_are_told():
    assert " Vehicles keep junctions clear." in rules(scenario(Signals(), keep_clear=True))
    assert "clear" not in rules(scenario(Signals()))


@pytest.mark.parametrize("phases", ["four", "eight"])
def test_phases_that_differ_are_counted(phases):
    found = scenario(Signals(phases=phases), missing=[("intersection_1_1", "N")])
    counts = sorted(len(names) for names in found.build_network().phase_names)
    assert counts[0] < counts[1]
    assert rules(found).startswith(f"rules for all: {counts[0]} to {counts[1]} phases an intersection. ")


def test_failing_detectors_are_told_and_sound_ones_are_not():
    faults = Sensors(missed_share=0.2, blind_share=0.1, delay_s=5)
    told = "Detectors miss 20 % of the vehicles, see nobody on 10 % of the lanes, report what was 5 s ago."
    assert failing_detectors(faults) == f"{told} The controllers must find out these lanes."
    assert failing_detectors(Sensors(stuck_share=0.25, known=True)) == (
        "Detectors always report one vehicle on 25 % of the lanes. The controllers know these lanes."
    )
    assert failing_detectors(Sensors(twice_share=0.05)) == "Detectors count 5 % of the vehicles twice."
    assert failing_detectors(Sensors(known=True)) == ""
    assert rules(MADE_UP.model_copy(update={"sensors": faults})) == f"{rules(MADE_UP)} {failing_detectors(faults)}"


def test_failing_detectors_are_told_below_the_table():
    faulty = scenario(Signals()).model_copy(update={"sensors": Sensors(blind_share=0.5), "duration_s": 60})
    notes = short_notes(compare(faulty, ["actuated"], seeds=range(2)))
    assert failing_detectors(faulty.sensors) in notes


def test_closed_roads_are_told_and_open_ones_are_not():
    assert closed_roads(()) == ""
    one = Incident(road="road_west_1_E", lanes=(2, 1), from_s=60, until_s=1200)
    told = "Closed at its end: lanes 1 and 2 of road_west_1_E from second 60 to 1,200 of the demand"
    assert closed_roads([one]) == f"{told}."
    drawn = Incident(from_s=0, until_s=30)
    assert closed_roads([one, drawn]) == f"{told}, a road drawn by the seed from second 0 to 30 of the demand."
    disturbed = MADE_UP.model_copy(update={"incidents": (one,)})
    assert rules(disturbed) == f"{rules(MADE_UP)} {closed_roads([one])}"


def test_closed_roads_are_told_below_the_table():
    closed = Incident(road="road_1_1_E", lanes=(0,), from_s=10, until_s=50)
    disturbed = scenario(Signals()).model_copy(update={"incidents": (closed,), "duration_s": 60})
    assert closed_roads([closed]) in short_notes(compare(disturbed, ["actuated"], seeds=range(2)))


def test_failing_controllers_are_told_with_the_other_disturbances():
    assert failing_controllers(Controllers()) == ""
    told = "Controllers fail at 12.5 % of the intersections, which run a plan."
    assert failing_controllers(Controllers(failing_share=0.125)) == told
    fields = {"controllers": Controllers(failing_share=0.125), "sensors": Sensors(twice_share=0.05)}
    disturbed = MADE_UP.model_copy(update=fields)
    assert disturbances(disturbed) == (failing_detectors(disturbed.sensors), told)
    assert disturbances(MADE_UP) == ()
    assert rules(disturbed).endswith(f"{failing_detectors(disturbed.sensors)} {told}")
