import numpy as np
import pytest

from tests.helpers.counts import CROSSING, counted, counts_within, write_counts
from traffic_marl.demand.counts.contradictions import contradictions
from traffic_marl.demand.counts.fit import fit_of
from traffic_marl.demand.window import movement_counts
from traffic_marl.errors import DemandError, ScenarioError
from traffic_marl.rollout import run
from traffic_marl.scenario import CountedFlows, Scenario, TurningShares, load_scenario

PLACE = "intersection_1_1"


def passing(scenario, seed=0):
    """Vehicles of a draw by road and turn."""
    network = scenario.build_network()
    count = movement_counts(network, scenario.build_demand().draw(seed))
    return {
        (roads[0], turn): int(n)
        for roads, turn, n in zip(network.movement_roads, network.movement_turns, count, strict=True)
        if n
    }


def test_trips_at_one_intersection_are_those_that_were_counted(tmp_path):
    scenario = counted(
        tmp_path, f"{PLACE},W,10,70,5,07:00", f"{PLACE},from south,0,40,3,07:00", f"{PLACE},SB,1,,0,07:00"
    )
    wanted = {
        ("road_west_1_E", "left"): 10,
        ("road_west_1_E", "through"): 70,
        ("road_west_1_E", "right"): 5,
        ("road_south_1_N", "through"): 40,
        ("road_south_1_N", "right"): 3,
        ("road_north_1_S", "left"): 1,
    }
    for seed in range(3):
        found = passing(scenario, seed)
        through = found.pop(("road_north_1_S", "through"))  # not counted: 0.8 of all, of which 0.1 + 0.1 are counted
        assert found == wanted
        assert 3 <= through <= 5


def test_each_seed_has_other_times_and_the_same_counts(tmp_path):
    scenario = counted(tmp_path, f"{PLACE},W,10,70,5,0", f"{PLACE},E,4,30,9,0")
    one, other = (scenario.build_demand().draw(seed) for seed in (0, 1))
    assert not np.array_equal(one.scheduled, other.scheduled)
    assert passing(scenario, 0) == passing(scenario, 1)
    assert np.array_equal(one.scheduled, scenario.build_demand().draw(0).scheduled)
    assert (np.diff(one.scheduled) >= 0).all()


@pytest.mark.parametrize("name", ["arterial_1x6", "grid_4x4_rush_hour"])
def test_consistent_counts_are_met_exactly_in_every_quarter_of_an_hour(tmp_path, name):
    scenario = load_scenario(name)
    network, trips = scenario.build_network(), scenario.build_demand().draw(7)
    write_counts(tmp_path / "counts.csv", network, trips, 900, 4)
    made = scenario.model_copy(update={"demand": CountedFlows(path=str(tmp_path / "counts.csv"))}).build_demand()
    drawn = made.draw(3)
    for first in range(0, 3600, 900):
        assert np.array_equal(
            counts_within(network, drawn, first, first + 900), counts_within(network, trips, first, first + 900)
        )
    fit = fit_of(made)
    assert max(met.geh for met in fit.by_interval) == 0.0
    assert (made.remarks, contradictions(network, made.counts)) == ((), [])
    assert np.allclose(made.flow, movement_counts(network, trips) / 3600)


def test_counts_with_noise_are_met_as_well_as_they_agree(tmp_path):
    scenario = load_scenario("arterial_1x6")
    network, trips = scenario.build_network(), scenario.build_demand().draw(7)
    noise = np.random.default_rng(0)
    write_counts(
        tmp_path / "counts.csv", network, trips, 900, 4, lambda n: max(0.0, n * (1 + 0.05 * noise.standard_normal()))
    )
    made = scenario.model_copy(update={"demand": CountedFlows(path=str(tmp_path / "counts.csv"))}).build_demand()
    fit = fit_of(made)
    assert all(met.geh < 1.5 for met in fit.by_movement)
    assert all(met.geh < 5.0 for met in fit.by_interval)
    assert sum(met.trips for met in fit.by_movement) == pytest.approx(
        sum(met.counted for met in fit.by_movement), rel=0.01
    )
    drawn = movement_counts(network, made.draw(0))
    assert np.array_equal(drawn, made.passing.sum(axis=0))
    assert "roads contradict each other; the greatest difference: " in made.remarks[0].what


def test_counts_of_some_intersections_are_met_and_the_others_follow_usual_shares(tmp_path):
    scenario = load_scenario("arterial_1x6").model_copy(update={"duration_s": 900})
    lines = [f"intersection_{place},W,20,200,20,0" for place in (1, 4)]
    demand = counted(tmp_path, *lines, scenario=scenario).build_demand()
    assert all(met.geh < 1.0 for met in fit_of(demand).by_interval)
    shares = {}
    network = scenario.build_network()
    for (road, _), turn, n in zip(
        network.movement_roads, network.movement_turns, demand.passing[0].tolist(), strict=True
    ):
        shares.setdefault(road, {})[turn] = n
    between = shares["road_1_E"]  # at the second intersection nothing was counted
    assert between["through"] == pytest.approx(0.8 * sum(between.values()), abs=3)
    assert demand.remarks[-1].what.startswith("no vehicle enters on ")


def test_roads_without_counts_have_the_usual_inflow(tmp_path):
    scenario = counted(
        tmp_path, f"{PLACE},W,10,70,5,0", inflow_vph=400, turning=TurningShares(left=0, through=1, right=1)
    )
    found = passing(scenario)
    assert found["road_east_1_W", "through"] == found["road_north_1_S", "right"] == 50  # half of 100 in 900 s
    assert ("road_east_1_W", "left") not in found
    assert scenario.build_demand().remarks == ()


def test_intervals_that_round_small_flows_away_do_not_lose_them(tmp_path):
    lines = [f"{PLACE},W,0,0.4,0,{900 * number}" for number in range(10)]
    demand = counted(tmp_path, *lines, duration_s=9000).build_demand()
    assert len(demand.draw(0)) == 4


def test_regular_departures_are_evenly_spaced(tmp_path):
    scenario = counted(tmp_path, f"{PLACE},W,0,90,0,0")
    demand = scenario.demand.model_copy(update={"departures": "regular"})
    times = scenario.model_copy(update={"demand": demand}).build_demand().draw(2).scheduled
    assert set(np.diff(times).tolist()) <= {9, 10, 11}


def test_hourly_counts_are_taken_as_such(tmp_path):
    lines = [f"{PLACE},W,0,{90 + hour},0,{7 + hour:02d}:00" for hour in range(2)]
    demand = counted(tmp_path, *lines, duration_s=7200).build_demand()
    assert demand.counts.interval == 3600
    assert len(demand.draw(0)) == 181
    assert demand.flow.sum() * 7200 == pytest.approx(181)
    assert demand.flow_between(0, 3600).sum() * 3600 == pytest.approx(90)


def test_counts_of_a_night_go_on_after_midnight(tmp_path):
    clocks = ("23:30", "23:45", "00:00", "00:15")
    lines = [f"{PLACE},W,0,{10 + place},0,{clock}" for place, clock in enumerate(clocks)]
    demand = counted(tmp_path, *lines, duration_s=3600).build_demand()
    assert demand.counts.first == 23 * 3600 + 1800
    assert np.histogram(demand.draw(0).scheduled, np.arange(0, 3601, 900))[0].tolist() == [10, 11, 12, 13]
    assert str(demand.remarks[0]) == "counts.csv: starts before 00:16 are taken as those of the next day"


def test_a_file_that_begins_after_midnight_stays_as_it_is(tmp_path):
    lines = [f"{PLACE},W,0,10,0,{clock}" for clock in ("00:00", "00:15", "23:45")]
    assert counted(tmp_path, *lines, duration_s=86_400).build_demand().counts.first == 0


def test_intervals_without_counts_are_told(tmp_path):
    lines = [f"{PLACE},W,0,10,0,{clock}" for clock in ("07:00", "07:15", "08:00")]
    demand = counted(tmp_path, *lines, duration_s=4500).build_demand()
    assert np.histogram(demand.draw(0).scheduled, np.arange(0, 4501, 900))[0].tolist() == [10, 10, 0, 0, 10]
    told = "2 of 5 intervals of 900 s have no counts, and nobody is due then; the first begins 1,800 s after"
    assert str(demand.remarks[0]).startswith(f"counts.csv: {told} the earliest count")


def test_a_window_takes_the_flow_of_its_own_seconds(tmp_path):
    lines = [f"{PLACE},W,0,{count},0,{900 * place}" for place, count in enumerate((90, 30))]
    scenario = counted(tmp_path, *lines, duration_s=1800).within(from_s=900)
    assert len(scenario.build_demand().draw(1)) == 30
    assert scenario.flow().sum() * 900 == pytest.approx(30)


def test_counts_that_contradict_each_other_are_named(tmp_path):
    scenario = load_scenario("arterial_1x6").model_copy(update={"duration_s": 900})
    first = ("intersection_1,W,0,100,0,0", "intersection_1,N,0,0,0,0", "intersection_1,S,0,0,0,0")
    demand = counted(tmp_path, *first, "intersection_2,W,0,130,0,0", scenario=scenario).build_demand()
    (found,) = contradictions(scenario.build_network(), demand.counts)
    assert (found.road, found.entering, found.leaving) == ("road_1_E", 100.0, 130.0)
    assert found.geh == pytest.approx((2 * 120**2 / 920) ** 0.5)
    ends = "the counts at the two ends of 1 road contradict each other"
    assert str(demand.remarks[0]) == (f"counts.csv: {ends}: 100 vehicles turn into road_1_E and 130 leave it (GEH 5.6)")
    first_met, second_met = (met for met in fit_of(demand).by_interval if met.counted)
    assert 100 < first_met.trips == second_met.trips < 130


def test_what_cannot_be_used_is_counted_and_told(tmp_path):
    head = "intersection,approach,left,through,right,start,weather"
    lines = (
        "elsewhere,W,1,2,3,0,sun",
        f"{PLACE},W,0,50,0,0,sun",
        f"{PLACE},W,0,50,0,900,rain",
        f"{PLACE},E,0,50,0,1800,",
    )
    demand = counted(tmp_path, *lines, head=head).build_demand()
    told = [str(remark) for remark in demand.remarks]
    assert told[:3] == [
        "counts.csv: column 'weather' is not used",
        "counts.csv: 1 line left out, because the network has no such intersection; it is line 2 with elsewhere",
        "counts.csv: 2 lines left out, because the demand ends before; the first is line 4",
    ]
    assert all(remark.error is not None for remark in demand.remarks[1:3])


def test_a_count_of_a_turn_that_nobody_can_make_is_left_out_and_told(tmp_path):
    network = CROSSING.network.model_copy(update={"missing": ((PLACE, "N"),)})
    scenario = counted(tmp_path, f"{PLACE},W,7,50,0,0", scenario=CROSSING.model_copy(update={"network": network}))
    assert (
        "1 count left out, because no movement makes this turn; it is line 2 with 7 vehicles that go left from W"
        in str(scenario.build_demand().remarks[0])
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ("nowhere,W,1,2,3,0",),
            r"counts.csv, line 2: there is no intersection 'nowhere'.*; available: intersection_1_1",
        ),
        (
            (f"{PLACE},up,1,2,3,0",),
            r"line 2: intersection_1_1 has no approach 'up'; name one of its roads: .*from west",
        ),
        (
            (f"{PLACE},W,1,2,3,0", f"{PLACE},EB,1,2,3,0"),
            "line 3: counts the approach EB of .* a second time, after line 2",
        ),
        (
            (f"{PLACE},W,1,2,3,0", f"{PLACE},W,1,2,3,600", f"{PLACE},W,1,2,3,1000"),
            "line 3: begins 600 s after the first",
        ),
        ((f"{PLACE},W,1,2,3,later",), "line 2: start: 'later' is not a number"),
        ((f"{PLACE},W,1,2,3,07:75",), "line 2: start: 07:75 is no time"),
        ((f"{PLACE},W,-1,2,3,0",), "line 2: left: -1 is out of range; give vehicles"),
        ((f"{PLACE},W,1,2,3,",), "line 2: has no start"),
    ],
)
def test_a_wrong_line_is_told(tmp_path, lines, message):
    with pytest.raises((DemandError, ScenarioError), match=message):
        counted(tmp_path, *lines).build_demand()


def test_a_scenario_of_counts_is_kept_as_json_and_changes_with_the_file(tmp_path):
    scenario = counted(tmp_path, f"{PLACE},W,1,20,3,0")
    scenario.save(tmp_path / "scenario.json")
    assert Scenario.load(tmp_path / "scenario.json").hash() == scenario.hash()
    before = scenario.hash()
    counted(tmp_path, f"{PLACE},W,1,30,3,0")
    assert scenario.hash() != before
    assert len(scenario.build_demand().draw(0)) == 34


def test_strategies_run_on_counts(tmp_path):
    scenario = counted(tmp_path, f"{PLACE},W,10,70,5,0", f"{PLACE},N,0,40,0,0", clearing_s=600)
    found = run(scenario, "webster", (0, 1))
    assert found.at_end.count.tolist() == [125, 125]
    assert (found.measures.mean_delay > 0).all()
