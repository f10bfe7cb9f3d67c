import numpy as np
import pytest

from tests.helpers.two_intersections import NETWORK, PAIRS, scenario
from traffic_marl.demand.trips import VehicleType
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.generators.grid import grid
from traffic_marl.scenario import (
    ArterialNetwork,
    Entry,
    GridNetwork,
    OriginDestinationFlows,
    PairFlow,
    ProfilePoint,
    Signals,
    TurningFlows,
    TurningShares,
    Vehicle,
)


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


def test_grid_of_the_library_and_of_the_scenario_agree():
    assert scenario().build_network().roads == grid(1, 2).roads
