"""Junctions that are kept clear: vehicles do not enter one before they can leave it."""

import numpy as np
import pytest

from tests.helpers.sumo_town import changed_town, town
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.errors import NetworkError
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.clearing import kept_clear
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.network.formats.sumo.network import read_sumo_network
from traffic_marl.network.generators.grid import grid
from traffic_marl.running import run
from traffic_marl.scenario import (
    GridNetwork,
    ProfilePoint,
    RandomNetwork,
    Scenario,
    Signals,
    TurningFlows,
    TurningShares,
)
from traffic_marl.scenario.formats import NetworkFile
from traffic_marl.simulation import Simulation

AT_ONCE = Timing(min_green=0, max_green=NEVER, yellow=0, all_red=0, max_red=NEVER)
STREETS = grid(1, 2, block=100.0, lanes=(("left", "through", "right"),), phases="two")
EASTBOUND = ("road_west_1_E", "road_1_1_E", "road_1_2_E")
NORTHBOUND = ("road_south_1_N", "road_1_1_N")
FULL_STREETS = Scenario(
    name="full_streets",
    network=GridNetwork(rows=3, columns=3, block_m=100.0, lanes=(("left", "through", "right"),)),
    demand=TurningFlows(
        inflow_vph=800,
        turning=TurningShares(left=0.3, through=0.55, right=0.15),
        profile=(ProfilePoint(time_s=0, factor=1.0), ProfilePoint(time_s=1200, factor=0.0)),
    ),
    signals=Signals(phases="two"),
    duration_s=1201,
    clearing_s=5400,
)


def scenario_of(network: GridNetwork | RandomNetwork | NetworkFile) -> Scenario:
    return Scenario(name="clear", network=network, demand=TurningFlows(inflow_vph=200), duration_s=60)


def crossed(clear: bool) -> tuple[int, int]:
    """Vehicles that stand in the first junction when the street beyond is full, and those that then cross it.

    The light at the end of that street is red all the time. The side street gets green when nobody moves any more.
    """
    trips = [PlannedTrip(f"east_{place}", 0, EASTBOUND) for place in range(40)]
    trips += [PlannedTrip(f"north_{place}", 0, NORTHBOUND) for place in range(5)]
    network = kept_clear(STREETS, clear)
    simulation = Simulation(network, [TripDemand(network, trips, 1).draw(0)], AT_ONCE, audit=True)
    east = [names.index("EW") for names in network.phase_names]
    simulation.advance(np.array([[east[0], 1 - east[1]]], np.int32), 300)
    standing = int((simulation.positions(0).drivable >= len(network.lane_names)).sum())
    before = int(simulation.completed()[0])
    simulation.advance(np.array([[1 - east[0], 1 - east[1]]], np.int32), 300)
    assert not simulation.records().disorders.any()
    return standing, int(simulation.completed()[0]) - before


def test_a_junction_that_is_kept_clear_lets_the_side_street_cross_beside_a_full_street():
    assert crossed(clear=True) == (0, 5)
    standing, passed = crossed(clear=False)
    assert standing > 0
    assert passed == 0


def test_streets_that_are_full_for_a_while_recover_where_junctions_are_kept_clear():
    def measures(keep_clear):
        network = FULL_STREETS.network.model_copy(update={"keep_clear": keep_clear})
        return run(FULL_STREETS.model_copy(update={"network": network}), "fixed_time", (0,)).measures

    clear, full = measures(True), measures(False)
    assert full.gridlock[0]
    assert full.unserved[0] > 200
    assert not clear.gridlock[0]
    assert clear.unserved[0] == 0


def test_a_queue_discharges_into_an_empty_street_as_fast_as_otherwise():
    trips = [PlannedTrip(f"east_{place}", 0, EASTBOUND[:2]) for place in range(20)]
    left = []
    for clear in (False, True):
        network = kept_clear(grid(1, 2, block=400.0, lanes=(("left", "through", "right"),), phases="two"), clear)
        simulation = Simulation(network, [TripDemand(network, trips, 1).draw(0)], AT_ONCE)
        east = [names.index("EW") for names in network.phase_names]
        simulation.advance(np.array([east], np.int32), 600)
        left.append(simulation.records().left[0].tolist())
    assert left[0] == left[1]


@pytest.mark.parametrize("network", [GridNetwork(rows=1, columns=2), RandomNetwork(seed=3)])
def test_a_scenario_says_so_and_is_written_without_it_otherwise(network):
    assert "keep_clear" not in network.model_dump()
    assert not network.build(Signals()).tables.keeps_clear.any()
    scenario = scenario_of(network.model_copy(update={"keep_clear": True}))
    assert scenario.build_network().tables.keeps_clear.all()
    assert scenario.hash() != scenario_of(network).hash()
    assert Scenario.model_validate_json(scenario.model_dump_json()).hash() == scenario.hash()


def test_connections_of_sumo_keep_clear_unless_they_say_otherwise(tmp_path):
    assert town().tables.keeps_clear.all()
    first = '<connection from="WC" to="CT"'
    for value in ("0", "false", "No"):
        network = read_sumo_network(changed_town(tmp_path, (first, f'{first} keepClear="{value}"')))
        named = [network.movement_roads[movement] for movement in network.tables.movement.tolist()]
        keeps = dict(zip(named, network.tables.keeps_clear.tolist(), strict=True))
        assert [pair for pair, kept in keeps.items() if not kept] == [("WC", "CT")]
    with pytest.raises(NetworkError, match='"keepClear" is maybe, which is neither true nor false; give true or false'):
        read_sumo_network(changed_town(tmp_path, (first, f'{first} keepClear="maybe"')))


def test_a_network_file_can_be_overruled(tmp_path):
    path = changed_town(tmp_path)
    whole = NetworkFile(kind="sumo", path=str(path))
    assert "keep_clear" not in whole.model_dump()
    assert not whole.model_copy(update={"keep_clear": False}).build(Signals()).tables.keeps_clear.any()
    write_roadnet(grid(1, 2), tmp_path / "roadnet.json")
    published = NetworkFile(kind="cityflow", path=str(tmp_path / "roadnet.json"))
    assert not published.build(Signals()).tables.keeps_clear.any()
    kept = published.model_copy(update={"keep_clear": True})
    assert kept.model_dump()["keep_clear"] is True
    assert kept.build(Signals()).tables.keeps_clear.all()
