"""The traffic as a whole against what traffic engineering and mechanics say of it."""

import math

import numpy as np
import pytest

from tests.helpers import oracle
from traffic_marl.demand.departures import Departures
from traffic_marl.demand.origin_destination import OriginDestinationDemand, Pair
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.trips import VehicleType
from traffic_marl.demand.turning import TurningDemand
from traffic_marl.demand.walks import Turning
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.measures import summarise
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.routes import shortest_path
from traffic_marl.simulation import Simulation

CAR = VehicleType()
LIMIT = CAR.max_speed  # [m/s]
AT_ONCE = Timing(min_green=0, max_green=NEVER, yellow=0, all_red=0, max_red=NEVER)
WITH_INTERGREEN = AT_ONCE._replace(yellow=3, all_red=2)
EASTBOUND = ("road_west_1_E", "road_1_1_E")
THROUGH_LANE = "road_west_1_E_1"
FOUR_PHASES = ["NS through", "NS left", "EW through", "EW left"]


def queue_of(network, count, kind=CAR, roads=EASTBOUND):
    """Trips of vehicles that are all due at 0."""
    trips = [PlannedTrip(f"car_{place}", 0, roads, kind) for place in range(count)]
    return TripDemand(network, trips, 1).draw(0)


def show(simulation, phase, seconds):
    """Asks all intersections for the phase of this name."""
    phases = [names.index(phase) for names in simulation.network.phase_names]
    simulation.advance(np.tile(np.array(phases, np.int32), (simulation.copies, 1)), seconds)


def crossing_times(simulation):
    """[s] starts of the seconds in which the vehicles of the first copy left a lane with a stop line, ascending."""
    records = simulation.records()
    times = records.entered[0] + records.approaching[0]
    return np.sort(times[records.left[0] != NEVER])


# Saturation flow


@pytest.mark.parametrize(
    ("kind", "headway"),
    [
        (CAR, 2.45),  # 2 s, and 5 m at 11.111 m/s
        (VehicleType(length=12.0, headway=2.5), 3.58),
        (VehicleType(max_speed=8.333), 2.6),
    ],
)
def test_a_standing_queue_discharges_at_the_saturation_flow(kind, headway):
    """Followers settle at a gap of headway * speed, so a headway and a vehicle's length pass at full speed.

    Times are whole seconds: the slope of the line through the crossings of the vehicles from the sixth on is known far
    better than that.
    """
    network = grid(1, 1, rim=1500.0, speed_limit=LIMIT)
    simulation = Simulation(network, [queue_of(network, 80, kind)], AT_ONCE)
    show(simulation, "NS through", 900)
    assert simulation.readings().queue[0, network.lane_names.index(THROUGH_LANE)] == 80
    show(simulation, "EW through", 600)
    crossed = crossing_times(simulation)
    assert len(crossed) == 80
    slope = np.polyfit(np.arange(5, 80), crossed[5:], 1)[0]
    assert slope == pytest.approx(headway, rel=0.01)


# Delay at an isolated signal

CYCLE = 90  # [s]
WARM_UP, ARRIVING = 1800, 7200  # [s]
SPACED = VehicleType(headway=3.0)
SPACED_HEADWAY = 3.0 + 5.0 / LIMIT  # [s] at saturation, as above
COPIES = 40


def served_a_cycle(network, green):
    """Vehicles that a queue without end sends through in each green, rounded from the mean over 15 cycles."""
    simulation = Simulation(network, [queue_of(network, 400, SPACED)], AT_ONCE)
    for _ in range(20):
        show(simulation, "NS through", CYCLE - green)
        show(simulation, "EW through", green)
    assert simulation.readings().backlog.sum() > 0
    times = crossing_times(simulation)
    return round(((times >= 3 * CYCLE) & (times < 18 * CYCLE)).sum() / 15)


def travel_times(network, trips, green):
    """[s] (B, V) under a fixed-time plan with this green in each cycle."""
    simulation = Simulation(network, trips, AT_ONCE)
    while not simulation.is_clear().all():
        show(simulation, "EW through", green)
        show(simulation, "NS through", CYCLE - green)
    records = simulation.records()
    return records.left - records.scheduled


def webster_delay(flow, green, saturation_flow):
    """Mean delay [s/veh] at a fixed-time signal with Poisson arrivals.

    Source: Webster (1958), Traffic Signal Settings, Road Research Technical Paper 39: uniform arrivals, random ones,
    and his correction.
    """
    split = green / CYCLE
    load = flow / (split * saturation_flow)
    uniform = CYCLE * (1 - split) ** 2 / (2 * (1 - split * load))
    random = load**2 / (2 * flow * (1 - load))
    correction = 0.65 * (CYCLE / flow**2) ** (1 / 3) * load ** (2 + 5 * split)
    return uniform + random - correction


@pytest.fixture(scope="module")
def isolated():
    return grid(1, 1, rim=600.0, speed_limit=LIMIT)


@pytest.fixture(scope="module")
def green_and_served(isolated):
    """A green [s] from the middle of those in which the same number of vehicles passes, and that number."""
    greens = range(38, 49)
    served = [served_a_cycle(isolated, green) for green in greens]
    number = min(each for each in served if each > served[0])
    assert number < served[-1]
    same = [green for green, each in zip(greens, served, strict=True) if each == number]
    return same[len(same) // 2], number


@pytest.mark.parametrize("load", [0.5, 0.7, 0.8])
def test_delay_at_a_fixed_time_signal_is_websters(isolated, green_and_served, load):
    """Control delay agrees with Webster's formula to 6 %; nothing in the formula is fitted to the delays.

    - Saturation flow: what the vehicle's headway and length say, see above.
    - Effective green: by definition the capacity of a cycle over the saturation flow; so the lost time is what is left
      of the cycle. The capacity is counted on a queue without end. It is a whole number that several greens share; the
      formula knows no such steps, hence a green from the middle of one.
    - Control delay: travel time less that of the same vehicle among the same others without any red. So acceleration
      at the entry cancels, as does what vehicles that are due together cost one another before they meet the signal.
    - The vehicles keep a headway of 3 s, for the rim lets one vehicle in every 3 s: arrivals would else be thinned out
      below the saturation flow before they reach the signal, and be less random than Poisson's.
    """
    green, served = green_and_served
    saturation_flow = 1.0 / SPACED_HEADWAY
    flow = load * served / CYCLE
    demand = OriginDestinationDemand(isolated, [Pair(*EASTBOUND, flow)], Departures(ARRIVING, types=(SPACED,)))
    trips = [demand.draw(seed) for seed in range(COPIES)]
    delay = travel_times(isolated, trips, green) - travel_times(isolated, trips, CYCLE)
    counts = [slice(np.searchsorted(each.scheduled, WARM_UP), len(each)) for each in trips]
    means = np.array([row[counted].mean() for row, counted in zip(delay, counts, strict=True)])
    assert means.std(ddof=1) / math.sqrt(COPIES) < 0.025 * means.mean()  # else there are too few copies to tell
    expected = webster_delay(flow, served / saturation_flow, saturation_flow)
    assert means.mean() == pytest.approx(expected, rel=0.06)


# Symmetry

SIDES = {"east": "north", "north": "west", "west": "south", "south": "east"}  # where a quarter turn takes each
HEADINGS = dict(zip("ENWS", "NWSE", strict=True))


def turned_label(label, size):
    """Where a quarter turn counterclockwise takes a site of a square grid."""
    if label[0].isalpha():
        side, number = label.split("_")
        return f"{SIDES[side]}_{size + 1 - int(number) if side in ('east', 'west') else number}"
    row, column = map(int, label.split("_"))
    return f"{column}_{size + 1 - row}"


def turned_road(road, size):
    label, _, heading = road.removeprefix("road_").rpartition("_")
    return f"road_{turned_label(label, size)}_{HEADINGS[heading]}"


def turned_plan(plan, size):
    """The same signals after a quarter turn: by intersection the names of its phases in turn."""
    axes = {"NS": "EW", "EW": "NS"}
    return {
        "intersection_" + turned_label(name.removeprefix("intersection_"), size): [
            axes[phase[:2]] + phase[2:] for phase in phases
        ]
        for name, phases in plan.items()
    }


def trips_with_plan(network, trips, plan, seconds):
    """Entries and ends of trips [s] (V,) under a plan that changes every 35 s."""
    simulation = Simulation(network, [TripDemand(network, trips, seconds).draw(0)], WITH_INTERGREEN)
    for turn in range(2 * seconds // 35):
        names = zip(network.intersections, network.phase_names, strict=True)
        phases = [known.index(plan[name][turn % 4]) for name, known in names]
        simulation.advance(np.array([phases], np.int32), 35)
    records = simulation.records()
    return records.entered[0], records.left[0]


def random_trips(network, count, seconds, seed):
    """Trips between random ends of the streets."""
    generator = np.random.default_rng(seed)
    pairs = [(entry, end) for entry in network.entry_roads for end in network.exit_roads]
    routes = [route for pair in pairs if (route := shortest_path(network, *pair))]
    return [
        PlannedTrip(f"trip_{place}", int(generator.integers(seconds)), routes[generator.integers(len(routes))])
        for place in range(count)
    ]


@pytest.mark.parametrize(("size", "vehicles"), [(1, 350), (3, 900)])
def test_a_turned_network_with_turned_traffic_moves_alike(size, vehicles):
    """To the second, however dense: generated coordinates are exact, and ties go by the vehicle's number.

    Trips keep their numbers when the map is turned, so that ties fall alike; nothing else knows a direction.
    """
    network = grid(size, size, block=200.0)
    trips = random_trips(network, vehicles, 450, seed=size)
    orders = (FOUR_PHASES, ["EW left", "NS through", "EW through", "NS left"])
    plan = {name: orders[place % 2] for place, name in enumerate(network.intersections)}
    entered, left = trips_with_plan(network, trips, plan, 450)
    assert (left != NEVER).sum() > vehicles / 2
    for _ in range(3):
        trips = [
            PlannedTrip(trip.name, trip.scheduled, tuple(turned_road(road, size) for road in trip.roads))
            for trip in trips
        ]
        plan = turned_plan(plan, size)
        again_entered, again_left = trips_with_plan(network, trips, plan, 450)
        assert np.array_equal(again_entered, entered)
        assert np.array_equal(again_left, left)


# Spillback


def test_a_blocked_exit_holds_traffic_back_to_the_rim():
    """A signal that stays red fills the block before it, then the block upstream, then the backlog; none is lost."""
    network = grid(1, 2, block=200.0, speed_limit=LIMIT)
    roads = ("road_west_1_E", "road_1_1_E", "road_1_2_E")
    eastbound = [PlannedTrip(f"east_{place}", 4 * place, roads) for place in range(150)]
    crossing = [PlannedTrip(f"north_{place}", 12 * place, ("road_south_1_N", "road_1_1_N")) for place in range(50)]
    trips = TripDemand(network, eastbound + crossing, 600).draw(0)
    names = np.array(trips.names)
    simulation = Simulation(network, [trips], AT_ONCE, audit=True)
    lanes = [network.lane_names.index(name) for name in ("road_1_1_E_1", "road_west_1_E_1")]
    always_red = network.phase_names[1].index("NS through")
    history = []
    for second in range(900):
        here = network.phase_names[0].index("EW through" if second // 30 % 2 else "NS through")
        simulation.advance(np.array([[here, always_red]], np.int32), 1)
        readings, records = simulation.readings(), simulation.records()
        ended, due = (records.left != NEVER).sum(), (records.scheduled < second + 1).sum()
        assert due == ended + simulation.under_way()[0] + readings.backlog.sum()
        history.append((*readings.vehicles[0, lanes], readings.backlog[0, lanes[1]]))
    inner, outer, backlog = np.array(history).T
    room = network.tables.length[lanes[0]] / (CAR.length + CAR.min_gap)  # vehicles that fit at their smallest gaps
    assert 0.8 * room < inner[-1] <= room + 1
    full = [np.argmax(part >= part[-1] - 1) for part in (inner, outer)]
    assert full[0] < full[1] < np.argmax(backlog > 5)  # the queue grows upstream
    assert inner[-1] == inner[full[1] :].max()  # and stands
    records = simulation.records()
    is_eastbound = np.char.startswith(names, "east")
    assert (records.left[0, is_eastbound] == NEVER).all()
    assert (records.left[0, ~is_eastbound] != NEVER).all()  # nobody waits on the crossing, so crossing traffic flows
    assert backlog[-1] == is_eastbound.sum() - inner[-1] - outer[-1] > 50
    assert records.overlaps[0] == records.disorders[0] == 0


# Order and overlaps


def test_vehicles_keep_order_and_distance_in_moderate_traffic():
    """Without right turns, which are green in every phase, no two movements that merge are green together."""
    network = grid(2, 2, block=250.0)
    inflow = dict.fromkeys(network.entry_roads, 0.08)
    demand = TurningDemand(network, inflow, Departures(900), turning=Turning(0.2, 0.8, 0.0))
    simulation = Simulation(network, [demand.draw(seed) for seed in range(4)], WITH_INTERGREEN, audit=True)
    for turn in range(60):
        show(simulation, FOUR_PHASES[turn % 4], 35)
    records = simulation.records()
    assert simulation.is_clear().all()
    assert (records.stops.sum(axis=1) > records.count).all()  # they did have to queue
    assert not records.disorders.any()
    assert not records.overlaps.any()


def test_overlaps_in_a_jam_are_counted_and_reported():
    """Vehicles of two connections may arrive on one lane together, where the model keeps none of them back.

    The count is that of a second implementation of the model, overlaps and vehicles out of order taken together.
    """
    network = grid(2, 2, block=80.0)
    trips = TripDemand(network, random_trips(network, 500, 200, seed=2), 200).draw(0)
    simulation = Simulation(network, [trips], WITH_INTERGREEN, audit=True, log_until=300)
    for turn in range(15):
        show(simulation, FOUR_PHASES[turn % 4], 20)
    records = simulation.records()
    seen = oracle.run(network, trips, simulation.signal_log()[0], 300, trajectory=True)
    assert np.array_equal(records.left[0], seen.left)
    expected = sum(too_near(second) for second in seen.trajectory)
    assert records.overlaps[0] + records.disorders[0] == expected > 0
    assert summarise(records, records, 300, audited=True).overlaps[0] == records.overlaps[0] > 0


def too_near(second):
    """Vehicles whose front lies within the length of the one ahead on the same drivable."""
    found, ahead = 0, {}
    for _, drivable, position, _ in sorted(second, key=lambda state: -state[2]):
        found += drivable in ahead and position > ahead[drivable] - CAR.length
        ahead[drivable] = position
    return found


# Free flow


@pytest.mark.parametrize("rim", [150.0, 173.5, 300.0, 641.25])
def test_a_lone_vehicle_accelerates_and_cruises(rim):
    """2 m/s2 for 5 s, on to 11.111 m/s in the sixth: 35.5555 m in 6 s; then 11.111 m/s.

    The path is two legs of the crossing, whose lanes and connections are straight: rim to rim, 2 * `rim`.
    """
    network = grid(1, 1, rim=rim, speed_limit=LIMIT)
    trip = PlannedTrip("lone", 7, EASTBOUND)
    simulation = Simulation(network, [TripDemand(network, [trip], 8).draw(0)], AT_ONCE)
    show(simulation, "EW through", 200)
    records = simulation.records()
    duration = 6 + (2 * rim - 35.5555) / 11.111
    assert records.entered[0, 0] == 7
    assert records.left[0, 0] == 7 + math.ceil(duration) - 1  # start of the second in which it passes the end
    assert records.free[0, 0] == pytest.approx(2 * rim / 11.111)
    assert records.stops[0, 0] == 0


@pytest.mark.parametrize("turn", ["left", "right"])
def test_a_lone_vehicle_slows_down_before_a_turn(turn):
    """From 35.94 m before the stop line on it drives 8.3333 m/s, and accelerates again once it is past."""
    network = grid(1, 1, rim=300.0, speed_limit=LIMIT)
    exit_road = {"left": "road_1_1_N", "right": "road_1_1_S"}[turn]
    simulation = Simulation(network, [queue_of(network, 1, roads=("road_west_1_E", exit_road))], AT_ONCE)
    show(simulation, "EW left", 200)
    lane = 300.0 - 15.0  # [m] to the stop line
    seconds, position = 6, 35.5555
    while lane - position > 11.111**2 / 9 + 2 * 11.111:
        seconds, position = seconds + 1, position + 11.111
    position, seconds = position + (11.111 + 8.3333) / 2, seconds + 1
    while position <= lane:
        seconds, position = seconds + 1, position + 8.3333
    records = simulation.records()
    assert records.entered[0, 0] + records.approaching[0, 0] == seconds - 1
    (connection,) = np.flatnonzero(
        (network.tables.start_lane == network.lane_names.index(f"road_west_1_E_{0 if turn == 'left' else 2}"))
        & (network.tables.end_lane == network.lane_names.index(f"{exit_road}_{0 if turn == 'left' else 2}"))
    )
    length = network.tables.length[len(network.lane_names) + connection] + 2 * lane
    for speed in (8.3333, 10.3333):
        seconds, position = seconds + 1, position + (speed + min(speed + 2, 11.111)) / 2
    assert records.left[0, 0] == seconds + math.ceil((length - position) / 11.111) - 1
