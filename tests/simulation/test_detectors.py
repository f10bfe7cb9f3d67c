"""Detectors that fail: what they report of each lane, whatever the strategy and however often they are asked."""

from dataclasses import fields

import numpy as np
import pytest

from traffic_marl.demand.departures import Departures
from traffic_marl.demand.turning import TurningDemand
from traffic_marl.errors import UsageError
from traffic_marl.kernels.detecting import BLIND, STUCK, WORKS
from traffic_marl.kernels.tables import NONE, Timing
from traffic_marl.network.generators.grid import grid
from traffic_marl.simulation import Faults, Simulation
from traffic_marl.simulation.detectors import pack_detectors

TIMING = Timing(min_green=5, max_green=60, yellow=3, all_red=2, max_red=120)
TOWN = grid(2, 2, block=150.0)
ENDING = np.flatnonzero(TOWN.tables.lane_intersection != NONE)  # lanes that end at a signal
MASK = 2**64 - 1


def heavy_trips(seed):
    """More vehicles than the town can take."""
    return TurningDemand(TOWN, dict.fromkeys(TOWN.entry_roads, 0.25), Departures(300)).draw(seed)


def town(faults, seeds=(1, 2), **options):
    return Simulation(TOWN, [heavy_trips(seed) for seed in seeds], TIMING, faults=faults, seeds=seeds, **options)


def in_turn(simulation, every=15):
    """The phases of a fixed plan at this time."""
    phases = simulation.time // every % TOWN.tables.phase_count
    return np.tile(phases.astype(np.int32), (simulation.copies, 1))


def move(simulation, seconds, step=1):
    """Moves on by the plan, decision by decision."""
    for _ in range(seconds // step):
        simulation.advance(in_turn(simulation), step)
    return simulation


def lanes_of(readings):
    """The readings of lanes, by name."""
    names = ("vehicles", "queue", "moving", "mean_speed", "delay", "discharged", "longest_wait", "backlog")
    return {name: getattr(readings, name).copy() for name in names}


def assert_equal(one, other):
    for name, value in one.items():
        assert np.array_equal(value, other[name]), name


def mixed(word):
    """SplitMix64's finaliser in plain whole numbers."""
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & MASK
    word = (word ^ word >> 27) * 0x94D049BB133111EB & MASK
    return word ^ word >> 31


def times_counted(salt, vehicle, lane, missed, twice):
    """How often a vehicle is counted, in plain Python."""
    uniform = (mixed(salt ^ mixed((lane << 32) + vehicle + 0x9E3779B97F4A7C15 & MASK)) >> 11) * 2.0**-53
    return 0 if uniform < missed else 2 if uniform >= 1 - twice else 1


def test_without_faults_the_detectors_tell_the_truth_and_no_lane_is_blind():
    simulation = move(town(None), 200)
    truth, seen = simulation.readings(), simulation.detected()
    assert not truth.blind.any()
    assert truth.blind.shape == truth.queue.shape
    assert all(np.array_equal(getattr(truth, each.name), getattr(seen, each.name)) for each in fields(truth))
    assert move(town(Faults(known=True)), 200).detected().queue.tolist() == truth.queue.tolist()


def test_detectors_that_could_miss_but_miss_nobody_tell_the_truth_to_the_last_bit():
    simulation = town(Faults(missed=1e-15))
    most = 0
    for k in range(60):
        simulation.advance(in_turn(simulation), 3)
        simulation.advance(in_turn(simulation), 1 + k % 5, continues=True)
        assert_equal(lanes_of(simulation.readings()), lanes_of(simulation.detected()))
        most = max(most, int(simulation.readings().backlog.max()))
    assert most > 0


def test_each_vehicle_is_missed_or_counted_twice_by_a_hash_of_salt_vehicle_and_lane():
    faults, seeds = Faults(missed=0.3, twice=0.2), (3, 8)
    simulation = town(faults, seeds)
    salts = pack_detectors(faults, seeds, TOWN.tables, 2).salt.tolist()
    checked = 0
    for _ in range(40):
        move(simulation, 5)
        seen = simulation.detected()
        for copy, salt in enumerate(salts):
            at = simulation.positions(copy)
            expected = np.zeros(len(TOWN.lane_names), int)
            halted = np.zeros(len(TOWN.lane_names), int)
            for vehicle, lane, speed in zip(at.vehicle.tolist(), at.drivable.tolist(), at.speed, strict=True):
                if lane < len(expected):
                    times = times_counted(salt, vehicle, lane, 0.3, 0.2)
                    expected[lane] += times
                    halted[lane] += times * (speed < 0.1)
            assert seen.vehicles[copy].tolist() == expected.tolist()
            assert seen.queue[copy].tolist() == halted.tolist()
            checked += int(expected.sum())
    assert checked > 2000


def test_the_readings_of_a_lane_go_together():
    simulation = town(Faults(missed=0.2, twice=0.2, blind=0.2, stuck=0.2, delay=3))
    for _ in range(30):
        seen = move(simulation, 7).detected()
        assert (seen.vehicles == seen.queue + seen.moving.sum(axis=2)).all()
        assert (np.add.reduceat(seen.moving_fine, (0, 3, 6, 8, 10), axis=2) == seen.moving).all()
        assert ((seen.longest_wait > 0) <= (seen.queue > 0)).all()
        limit = TOWN.tables.limit[: seen.queue.shape[1]]
        assert (
            seen.mean_speed[seen.vehicles == 0] == np.broadcast_to(limit, seen.vehicles.shape)[seen.vehicles == 0]
        ).all()


@pytest.mark.parametrize(("missed", "twice"), [(0.2, 0.0), (0.0, 0.1), (0.25, 0.25)])
def test_the_shares_of_vehicles_are_those_asked_for(missed, twice):
    salt = int(pack_detectors(Faults(missed=missed, twice=twice), (5,), TOWN.tables, 1).salt[0])
    drawn = [times_counted(salt, vehicle, lane, missed, twice) for vehicle in range(1000) for lane in range(40)]
    for times, share in ((0, missed), (2, twice)):
        error = (share * (1 - share) / len(drawn)) ** 0.5
        assert drawn.count(times) / len(drawn) == pytest.approx(share, abs=4 * error)


def test_discharged_vehicles_are_missed_in_the_same_share():
    simulation, truth, seen = town(Faults(missed=0.2), seeds=(1, 2, 3, 4)), 0, 0
    for _ in range(60):
        move(simulation, 10, step=10)
        truth += int(simulation.readings().discharged.sum())
        seen += int(simulation.detected().discharged.sum())
    assert truth > 1500
    assert seen / truth == pytest.approx(0.8, abs=4 * (0.16 / truth) ** 0.5)


def test_blind_lanes_report_nobody_and_stuck_lanes_always_one_vehicle_that_stands():
    simulation = town(Faults(blind=0.25, stuck=0.25))
    broken = simulation._detectors.broken
    worth = 0
    assert (simulation.detected().queue[broken == STUCK] == 1).all()
    for _ in range(30):
        seen, truth = move(simulation, 8).detected(), simulation.readings()
        for name, value in lanes_of(seen).items():
            if name != "mean_speed":
                assert not value[broken == BLIND].any(), name
        assert (seen.queue[broken == STUCK] == 1).all()
        assert (seen.vehicles[broken == STUCK] == 1).all()
        assert (seen.delay[broken == STUCK] == 1.0).all()
        assert not seen.discharged[broken == STUCK].any()
        assert (seen.longest_wait[broken == STUCK] == simulation.time).all()
        assert_equal({"queue": seen.queue[broken == WORKS]}, {"queue": truth.queue[broken == WORKS]})
        worth += int(truth.queue[broken == BLIND].sum())
    assert worth > 0


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 1.0])
def test_the_number_of_blind_lanes_is_their_share_rounded_up_or_down(share):
    seeds = range(200)
    broken = pack_detectors(Faults(blind=share), seeds, TOWN.tables, len(seeds)).broken[:, ENDING] == BLIND
    counts = broken.sum(axis=1)
    assert set(counts.tolist()) <= {int(share * len(ENDING)), int(share * len(ENDING)) + 1}
    assert counts.mean() == pytest.approx(share * len(ENDING), abs=0.2)
    assert broken.mean(axis=0) == pytest.approx(share, abs=0.18)  # no lane is favoured: 5 standard errors


def test_a_larger_share_adds_blind_lanes():
    few, more = (pack_detectors(Faults(blind=share), (7,), TOWN.tables, 1).broken == BLIND for share in (0.2, 0.4))
    assert (few <= more).all()
    assert few.sum() < more.sum()


def test_blind_and_stuck_lanes_can_fill_the_network():
    broken = pack_detectors(Faults(blind=0.5, stuck=0.5), range(50), TOWN.tables, 50).broken
    assert (broken[:, ENDING] != WORKS).mean() > 0.97


def test_only_known_faults_are_told():
    known, unknown = (move(town(Faults(blind=0.2, stuck=0.1, known=known)), 20) for known in (True, False))
    broken = known._detectors.broken != WORKS
    assert (known.detected().blind == broken).all()
    assert broken.any()
    assert not unknown.detected().blind.any()
    assert not known.readings().blind.any(), "the truth knows of no detector"
    assert_equal(lanes_of(known.detected()), lanes_of(unknown.detected()))


def test_the_seed_alone_decides_which_detectors_fail():
    faults = Faults(missed=0.2, twice=0.1, blind=0.2, stuck=0.1, delay=4)
    batch, alone = move(town(faults, (5, 6, 7)), 180), move(town(faults, (6,)), 180)
    many = move(town(faults, (5, 6, 7), threads=3), 180)
    for name, value in lanes_of(batch.detected()).items():
        assert np.array_equal(value[1], getattr(alone.detected(), name)[0]), name
        assert np.array_equal(value, getattr(many.detected(), name)), name
    other = town(faults, (8,))._detectors
    assert (other.broken != alone._detectors.broken).any()
    assert other.salt != alone._detectors.salt


def test_faults_do_not_depend_on_how_often_detectors_are_asked():
    faults = Faults(missed=0.2, twice=0.1, blind=0.1, stuck=0.1, delay=7)
    each_second, seldom = town(faults), town(faults)
    for _ in range(20):
        phases, delay, discharged = in_turn(each_second), 0.0, 0
        for _ in range(15):
            each_second.advance(phases, 1)
            delay = delay + each_second.detected().delay
            discharged = discharged + each_second.detected().discharged
        seldom.advance(phases, 15)
        one, other = lanes_of(each_second.detected()), lanes_of(seldom.detected())
        assert np.allclose(other.pop("delay"), delay)
        assert (other.pop("discharged") == discharged).all()
        assert_equal(other, {name: one[name] for name in other})


def test_faults_do_not_change_the_traffic():
    faulty, sound = (move(town(faults), 300) for faults in (Faults(missed=0.5, blind=0.3, delay=9), None))
    assert_equal(lanes_of(faulty.readings()), lanes_of(sound.readings()))
    assert (faulty.records().left == sound.records().left).all()


@pytest.mark.parametrize("delay", [1, 5, 12])
def test_delayed_readings_are_those_of_some_seconds_before(delay):
    faults = {"missed": 0.2, "blind": 0.1, "stuck": 0.1}
    now, late = town(Faults(**faults)), town(Faults(**faults, delay=delay))
    past = [lanes_of(now.detected())]
    for second in range(1, 120):
        past.append(lanes_of(move(now, 1).detected()))
        seen = lanes_of(move(late, 1).detected())
        if second >= delay:
            skipped = ("delay", "discharged") if second == delay else ()  # of the second before the first
            assert_equal({n: v for n, v in seen.items() if n not in skipped}, past[second - delay])
        else:
            working = late._detectors.broken == WORKS
            assert not seen["vehicles"][working].any()
    assert past[-1]["queue"].sum() > 20
    assert late.detected().age.tolist() == now.detected().age.tolist(), "signals are known at once"


def test_the_sums_of_a_decision_interval_are_delayed_too():
    delay, step = 4, 10
    now, late = town(Faults(missed=0.1)), town(Faults(missed=0.1, delay=delay))
    seconds = []
    for _ in range(12):
        for _ in range(step):
            move(now, 1)
            seconds.append(now.detected().discharged)
        late.advance(in_turn(late), 5)
        late.advance(in_turn(late), 5, continues=True)
        end = late.time - delay
        assert (late.detected().discharged == sum(seconds[max(end - step, 0) : end])).all()
        assert late.detected().span == step
    assert sum(each.sum() for each in seconds) > 50


def test_a_snapshot_holds_what_detectors_reported():
    simulation = move(town(Faults(missed=0.2, delay=6)), 100)
    snapshot = simulation.snapshot()
    first = [lanes_of(move(simulation, 1).detected()) for _ in range(10)]
    simulation.restore(snapshot)
    for each in first:
        assert_equal(each, lanes_of(move(simulation, 1).detected()))


def test_faults_need_a_seed_for_each_copy():
    trips = [heavy_trips(1), heavy_trips(2)]
    for seeds in ((), (1,), (1, 2, 3)):
        with pytest.raises(UsageError, match="seeds"):
            Simulation(TOWN, trips, TIMING, faults=Faults(missed=0.1), seeds=seeds)
    with pytest.raises(UsageError, match="faults"):
        Simulation(TOWN, trips, TIMING, faults=0.1, seeds=(1, 2))
