"""Random scenarios."""

import hashlib
from itertools import pairwise

import numpy as np
import pytest

from traffic_marl.errors import TrafficError, UsageError
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.scenario.data_sets.kinds import kind_of
from traffic_marl.scenario.random import Ranges, random_scenario
from traffic_marl.scenario.random.capacity import loads
from traffic_marl.scenario.seeds import TEST, TRAINING, VALIDATION

MANY = [random_scenario(seed) for seed in range(60)]


def peak_loads(scenario):
    """The load of each intersection when the profile is at its greatest."""
    network, demand = scenario.build_network(), scenario.demand.model_copy(update={"profile": ()})
    flow = demand.build(network, scenario.duration_s).flow
    return loads(network, flow, scenario.signals.yellow_s + scenario.signals.all_red_s)


def test_a_seed_gives_the_same_scenario_and_the_same_vehicles_each_time():
    one, same, other = random_scenario(11), random_scenario(11), random_scenario(12)

    assert one == same
    assert one.hash() == same.hash() != other.hash()
    assert np.array_equal(one.build_demand().draw(5).scheduled, same.build_demand().draw(5).scheduled)


def test_a_scenario_is_the_same_after_a_file(tmp_path):
    scenario = next(each for each in MANY if each.demand.platoons is not None)
    scenario.save(tmp_path / "random.json")

    assert Scenario.load(tmp_path / "random.json").hash() == scenario.hash()
    assert kind_of(tmp_path / "random.json") is None  # the intersections of its network are no list of objects


def test_a_name_with_a_seed_loads_the_scenario_of_that_seed():
    assert load_scenario("random_12") == random_scenario(12)
    with pytest.raises(TrafficError):
        load_scenario(f"random_{2**62}")


@pytest.mark.parametrize("scenario", MANY[:8], ids=lambda scenario: scenario.name)
def test_the_description_says_the_load_of_the_busiest_intersection(scenario):
    said = float(scenario.description.split("load ")[1].split()[0])

    assert peak_loads(scenario).max() == pytest.approx(said, rel=0.03)  # inflows are whole numbers of vehicles per hour


def test_the_scenario_of_a_seed_stays_what_it_is():
    """Policies are trained, validated and compared on them, and figures are told by their seeds."""
    found = hashlib.sha256("".join(scenario.hash() for scenario in MANY).encode()).hexdigest()

    assert found == "76df168146635998ee75e596ef322c3dd0255aaa548817d034486978dbdbf0a4"


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_a_share_of_the_intersections_may_exceed_the_load(share):
    for seed in range(6):
        scenario = random_scenario(seed, Ranges(exceeding=(share, share), load=(0.8, 0.8), oversaturated_share=0.0))
        found = np.sort(peak_loads(scenario))
        more = int(share * len(found) + 1e-9)
        assert found[-1 - more] == pytest.approx(0.8, rel=0.03)
        said = scenario.description.partition("at the peak")[2]
        assert said == (f", more at {more} of them" if more else "")


def test_a_share_of_the_scenarios_keeps_junctions_clear_and_nothing_else_differs():
    pairs = [(random_scenario(seed), random_scenario(seed, Ranges(clear_share=0.5))) for seed in range(20)]
    clear = [other.network.keep_clear for _, other in pairs]

    assert 5 <= sum(clear) <= 15
    for one, other in pairs:
        assert not one.network.keep_clear
        assert other.model_copy(update={"network": one.network}) == one
        assert other.network.model_copy(update={"keep_clear": False}) == one.network
    assert random_scenario(3, Ranges(clear_share=1.0)).build_network().tables.keeps_clear.all()


def test_where_loads_may_be_exceeded_roads_are_fuller_and_nothing_else_differs():
    ranges = Ranges(exceeding=(0.0, 0.5))
    pairs = [(random_scenario(seed), random_scenario(seed, ranges)) for seed in range(12)]
    inflows = [[sum(e.inflow_vph for e in each.demand.entries) for each in pair] for pair in pairs]
    exceeding = [other.description.endswith("of them") for _, other in pairs]

    assert 6 <= sum(exceeding) <= 12
    assert all((more > less) == exceeds for (less, more), exceeds in zip(inflows, exceeding, strict=True))
    for one, other in pairs:
        same = {"demand": one.demand, "description": one.description}
        assert other.model_copy(update=same) == one
        assert other.demand.model_copy(update={"entries": one.demand.entries}) == one.demand


def test_about_a_tenth_of_the_scenarios_is_oversaturated_and_the_others_are_spread_from_light_to_dense():
    said = np.array([float(random_scenario(seed).description.split("load ")[1].split()[0]) for seed in range(100, 200)])

    assert 4 <= (said > 1.04).sum() <= 18
    assert (said < 0.5).sum() >= 20
    assert ((said > 0.5) & (said < 1.0)).sum() >= 30


def test_signals_vary_and_some_have_the_rules_of_the_public_data_sets():
    public = [s for s in MANY if (s.signals.yellow_s, s.signals.all_red_s, s.signals.min_green_s) == (5, 0, 0)]

    assert 10 <= len(public) <= 35
    assert {s.signals.phases for s in MANY} == {"two", "four", "eight"}
    assert {s.signals.yellow_s for s in MANY} == {2, 3, 4, 5}
    assert {s.signals.all_red_s for s in MANY} == {0, 1, 2}
    assert {s.signals.max_green_s for s in MANY} == {None, 60, 120}
    assert all(s.signals.max_red_s is None for s in MANY)


def test_demands_vary_in_profile_platoons_departures_and_slow_vehicles():
    slow = [vehicle.share for s in MANY for vehicle in s.demand.vehicles if vehicle.name == "slow"]

    assert {bool(s.demand.profile) for s in MANY} == {True, False}
    assert {s.demand.platoons is None for s in MANY} == {True, False}
    assert {s.demand.departures for s in MANY} == {"poisson", "regular"}
    assert 15 <= len(slow) <= 45
    assert max(slow) <= 0.05
    assert all(max(point.factor for point in s.demand.profile) == 1.0 for s in MANY if s.demand.profile)


def test_detectors_fail_in_some_scenarios():
    faulty = [s.sensors for s in MANY if s.sensors.faults().any]

    assert 4 <= len(faulty) <= 24
    assert all(each.missed_share <= 0.2 and each.blind_share <= 0.1 and each.delay_s <= 3 for each in faulty)
    assert {each.known for each in faulty} == {True, False}
    assert not any(random_scenario(seed, Ranges(faulty_share=0.0)).sensors.faults().any for seed in range(5))


def test_one_direction_is_busier_with_a_tide():
    without = random_scenario(2, Ranges(tide=0.0))
    tidal = random_scenario(2, Ranges(tide=1.0))

    def spread(scenario):
        by_heading = {}
        for entry in scenario.demand.entries:
            by_heading.setdefault(entry.road[-1], []).append(entry.inflow_vph)
        means = [float(np.mean(flows)) for flows in by_heading.values()]
        return max(means) / min(means)

    assert spread(tidal) > 1.3 * spread(without)


def test_ranges_bind_every_draw():
    ranges = Ranges(intersections=(4, 6), phases=("two",), yellow_s=(3, 3), all_red_s=(1, 1), load=(0.5, 0.5))
    for seed in range(5):
        scenario = random_scenario(seed, ranges, duration_s=600)
        assert 4 <= len(scenario.build_network().intersections) <= 6
        assert (scenario.signals.phases, scenario.signals.yellow_s, scenario.signals.all_red_s) == ("two", 3, 1)
        assert scenario.horizon == 600
        assert scenario.build_demand().duration == 600


def test_scenarios_of_training_validation_and_test_seeds_are_never_the_same():
    seeds = (TRAINING[0], VALIDATION[0], TEST[0])

    assert len({random_scenario(seed).hash() for seed in seeds}) == 3
    for one, other in pairwise(sorted((TRAINING, VALIDATION, TEST), key=lambda seeds: seeds.start)):
        assert one.stop <= other.start


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("intersections", (9, 4)),
        ("intersections", (4, 1000)),
        ("load", (0.0, 0.5)),
        ("load", 0.5),
        ("tide", 1.5),
        ("phases", ()),
        ("phases", ("six",)),
        ("phases", "two"),
        ("lanes", (1, 1)),
        ("yellow_s", (2.5, 3)),
        ("max_green_s", (2,)),
        ("exceeding", (0.2, 0.1)),
        ("exceeding", (0.0, 1.0)),
        ("exceeding", 0.2),
    ],
)
def test_a_wrong_range_is_told_with_its_name(field, value):
    with pytest.raises(UsageError) as caught:
        Ranges(**{field: value})
    assert caught.value.where in (field, "phases", "phases[0]")


@pytest.mark.parametrize(("seed", "duration"), [(-1, 600), ("one", 600), (1, 0), (1, 10**6), (True, 600)])
def test_a_wrong_seed_or_duration_is_told(seed, duration):
    with pytest.raises(TrafficError):
        random_scenario(seed, duration_s=duration)
