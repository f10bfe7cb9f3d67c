import numpy as np
import pytest

from tests.helpers.two_intersections import PAIRS, scenario
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.window import DemandWindow, absence, ensure_vehicles, movement_counts
from traffic_marl.errors import DemandError

PROFILE = [{"time_s": 0, "factor": 0.0}, {"time_s": 3600, "factor": 2.0}]
RANDOM = {"turning": {"kind": "turning", "inflow_vph": 900, "profile": PROFILE}, "pairs": PAIRS}


def planned(*seconds):
    """A demand on two intersections with one vehicle due at each of these seconds."""
    network = scenario().build_network()
    roads = ("road_west_1_E", "road_1_1_E", "road_1_2_E")
    trips = [PlannedTrip(f"at_{second}", second, roads) for second in seconds]
    return network, TripDemand(network, trips, 1000)


@pytest.mark.parametrize("demand", RANDOM.values(), ids=RANDOM)
def test_a_window_has_the_vehicles_of_the_whole_that_are_due_in_it(demand):
    whole = scenario(demand=demand).build_demand()
    drawn, part = whole.draw(7), DemandWindow(scenario().build_network(), whole, 600, 1500).draw(7)
    kept = (drawn.scheduled >= 600) & (drawn.scheduled < 1500)
    assert 0 < kept.sum() < len(drawn)
    assert part.scheduled.tolist() == (drawn.scheduled[kept] - 600).tolist()
    assert part.names == tuple(np.array(drawn.names)[kept])
    assert part.type_row.tolist() == drawn.type_row[kept].tolist()
    assert [part.path[start] for start in part.path_start] == [drawn.path[s] for s in drawn.path_start[kept]]


def test_the_first_second_belongs_to_a_window_and_the_last_does_not():
    network, demand = planned(99, 100, 199, 200)
    part = DemandWindow(network, demand, 100, 200)
    assert (part.draw(0).names, part.draw(0).scheduled.tolist()) == (("at_100", "at_199"), [0, 99])
    assert (part.duration, part.is_random) == (100, demand.is_random)


@pytest.mark.parametrize("demand", RANDOM.values(), ids=RANDOM)
def test_flow_of_a_random_demand_is_that_of_the_window(demand):
    one = scenario(demand=demand)
    network, whole = one.build_network(), one.build_demand()
    part = DemandWindow(network, whole, 600, 1500)
    counted = np.mean([movement_counts(network, part.draw(seed)) for seed in range(40)], axis=0)
    assert part.flow.sum() * 900 == pytest.approx(counted.sum(), rel=0.05)
    pieces = [DemandWindow(network, whole, *ends).flow * (ends[1] - ends[0]) for ends in ((0, 600), (600, 3600))]
    assert sum(pieces) == pytest.approx(whole.flow * 3600)


def test_flow_of_a_window_follows_the_profile():
    one = scenario(demand=RANDOM["turning"])
    part = DemandWindow(one.build_network(), one.build_demand(), 2700, 3600)
    assert part.flow == pytest.approx(one.flow() * 1.75)  # the factor goes from 1.5 to 2.0, and is 1.0 on average


def test_flow_of_planned_trips_is_counted_in_the_window():
    network, demand = planned(0, 100, 150, 900)
    part = DemandWindow(network, demand, 100, 200)
    used = demand.flow > 0
    assert used.sum() == 2
    assert part.flow.tolist() == np.where(used, 2 / 100, 0.0).tolist()


class Unknowing:
    """A random demand of a user, without a function for the flow between two seconds."""

    is_random = True

    def __init__(self, demand):
        self.duration, self.flow, self.draw = demand.duration, demand.flow, demand.draw


def test_flow_of_a_random_demand_of_ones_own_is_counted_in_draws():
    one = scenario(demand=RANDOM["turning"])
    network, whole = one.build_network(), one.build_demand()
    exact, counted = (DemandWindow(network, each, 600, 3000).flow for each in (whole, Unknowing(whole)))
    assert counted.sum() == pytest.approx(exact.sum(), rel=0.05)


def test_movements_are_counted_along_the_paths():
    network, demand = planned(0, 1, 2)
    assert movement_counts(network, demand.draw(0)).tolist() == (demand.flow * 1000).tolist()


def test_vehicles_outside_a_window_are_counted_and_told():
    network, demand = planned(0, 99, 100, 199, 200, 300, 400)
    part = DemandWindow(network, demand, 100, 200)
    assert [str(remark) for remark in absence(part, "flow.json")] == [
        "flow.json: 2 of 7 vehicles are due before second 100 of the demand and left out",
        "flow.json: 3 of 7 vehicles are due at second 200 of the demand or later and left out",
    ]
    assert all(remark.error is None for remark in absence(part, "flow.json"))
    assert absence(DemandWindow(network, demand, 0, 1000), "flow.json") == absence(demand, "flow.json") == ()


def test_vehicles_of_a_random_demand_are_told_as_one_seed_draws_them():
    one = scenario(demand=RANDOM["turning"])
    told = absence(DemandWindow(one.build_network(), one.build_demand(), 600, 3600), "demand")
    drawn = one.build_demand().draw(0).scheduled
    before = f"about {(drawn < 600).sum():,} of {len(drawn):,} vehicles are due before second 600 of the demand"
    assert [str(remark) for remark in told] == [f"demand: {before} and left out (as drawn with seed 0)"]


def test_a_long_time_before_the_first_vehicle_is_told_with_its_second():
    network, demand = planned(950, 990)
    told = (
        "flow.json: no vehicle is due before second 950 of the demand; let the run begin there to save the time before"
    )
    assert [str(remark) for remark in absence(demand, "flow.json")] == [told]
    assert [str(remark) for remark in absence(DemandWindow(network, demand, 20, 1000), "flow.json")] == [told]
    assert absence(DemandWindow(network, demand, 100, 1000), "flow.json") == ()
    assert absence(planned(899)[1], "flow.json") == ()


def test_flows_that_are_all_0_are_told():
    empty = scenario(demand={"kind": "turning", "inflow_vph": 0}).build_demand()
    assert [str(remark) for remark in absence(empty, "demand")] == [
        "demand: no vehicle is due, because every flow is 0"
    ]


def test_a_window_without_a_vehicle_is_refused():
    network, demand = planned(0, 900)
    ensure_vehicles(DemandWindow(network, demand, 0, 1), 0, 1, "flow.json")
    with pytest.raises(DemandError, match=r"^flow.json: no vehicle is due in the seconds 1 to 899; give a demand with"):
        ensure_vehicles(DemandWindow(network, demand, 1, 900), 1, 900, "flow.json")
