"""Visits and queues beside those worked out in plain Python, on small crowded networks."""

import numpy as np
import pytest

from tests.helpers.random_traffic import draw_case
from tests.helpers.watched_visits import WatchedVisits
from traffic_marl.errors import UsageError
from traffic_marl.kernels.places.tables import LOOK
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.simulation import Simulation
from traffic_marl.simulation.places.packing import sizes_of

LONG = 10_000  # [s]


def played(seed, **options):
    case = draw_case(seed, 200)
    simulation = Simulation(case.network, [case.trips], case.timing, threads=1, **options)
    watched = WatchedVisits(case.network, case.trips)
    for request in case.requests:
        for second in range(case.interval):
            simulation.advance(request[None], 1, continues=second > 0)
            watched.watch(simulation)
    return case, simulation, watched


@pytest.mark.parametrize("seed", range(8))
def test_visits_begin_and_end_when_vehicles_do_so(seed):
    _, simulation, watched = played(seed, places_until=LONG)
    visits, expected = simulation.visits(), list(watched.visits())
    assert visits.count.tolist() == [len(expected)]
    names = ("vehicle", "lane", "movement", "arrived", "departed", "ended", "halted")
    found = list(zip(*(getattr(visits, name)[0, : len(expected)].tolist() for name in names), strict=True))
    assert found == expected
    assert sum(visit[5] != NEVER for visit in expected) > 10


@pytest.mark.parametrize("seed", range(8))
def test_queues_are_those_of_the_seconds_looked_at(seed):
    case, simulation, watched = played(seed, places_until=LONG)
    visits, (vehicles, metres, full) = simulation.visits(), watched.sizes()
    assert visits.looks == len(watched.looks)
    for place, name in enumerate(names_of(case.network)):
        for bins, sizes in ((visits.vehicle_bins, vehicles), (visits.length_bins, metres)):
            counts = visits.looks_by_size[0, bins[place] : bins[place + 1]].tolist()
            assert counts[1:] == [sizes[name, size] for size in range(1, len(counts))]
        assert visits.full[0, place] == full[name]
    assert sum(vehicles.values()) > 20


def names_of(network):
    """The places in their order, as the watch names them."""
    tables = network.tables
    sizes = sizes_of(tables)
    roads = np.unique(tables.lane_road[tables.lane_intersection != NONE]).tolist()
    names = [("movement", m) for m in range(sizes.movements)] + [("road", road) for road in roads]
    return names + [("node", n) for n in range(sizes.intersections)]


def test_stops_and_standstills_of_visits_are_those_of_the_records_where_all_roads_end_at_signals():
    case, simulation, _ = played(3, places_until=LONG)
    visits, records = simulation.visits(), simulation.records()
    on_exit = {v for v in range(len(case.trips)) if ended_on_other_roads(case, v)}
    for v in set(range(len(case.trips))) - on_exit:
        own = visits.vehicle[0, : visits.count[0]] == v
        assert visits.stops[0, : visits.count[0]][own].sum() == records.stops[0, v]
        assert visits.halted[0, : visits.count[0]][own].sum() == records.halted[0, v]


def ended_on_other_roads(case, v):
    """Whether the trip has a lane where it may have stood without a visit."""
    path = case.trips.path[case.trips.path_start[v] :]
    path = path[: np.flatnonzero(path == NONE)[0]]
    return (
        case.network.tables.lane_intersection[path[-1]] != NONE
        or case.network.tables.lane_intersection[path[0]] == NONE
    )


def test_noting_visits_leaves_the_traffic_as_it_is():
    _, noted, _ = played(5, places_until=100)
    _, plain, _ = played(5)
    assert np.array_equal(noted.records().left, plain.records().left)
    assert np.array_equal(noted.positions(0).distance, plain.positions(0).distance)


def test_queues_are_noted_until_the_time_that_was_asked_for():
    _, simulation, watched = played(4, places_until=60)
    assert simulation.visits().looks == sum(second < 60 for second in range(LOOK // 2, simulation.time, LOOK))
    assert len(watched.looks) > simulation.visits().looks
    assert simulation.visits().looks_by_size.sum() <= 2 * 60 // LOOK * simulation._traffic.queues.shape[1]


def test_visits_that_are_not_noted_are_told():
    _, simulation, _ = played(4)
    with pytest.raises(UsageError, match="give places_until"):
        simulation.visits()


def test_moments_lie_within_the_second_of_the_arrival():
    _, simulation, _ = played(6, places_until=10)
    visits = simulation.visits()
    begun = visits.arrived[0] != NEVER
    late = visits.moment[0, begun] - 10 * visits.arrived[0, begun]
    assert (late >= 0).all()
    assert (late <= 10).all()
    assert len(set(late.tolist())) > 5
