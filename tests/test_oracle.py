"""The oracle's rules, against cases worked by hand; a passenger car throughout."""

import math
from itertools import pairwise

import numpy as np
import pytest

from tests.helpers import oracle
from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.kernels.tables import LEFT, NEVER, NONE, THROUGH, Roads

CAR = VehicleType()
RED, GREEN = 0, 1


def one_connection(rank: int) -> Roads:
    """A lane of 200 m, a connection of 30 m out of it at a signal, and a lane of 200 m behind."""
    fields = dict.fromkeys(Roads._fields, np.zeros(0, np.int32))
    fields |= {
        "length": np.array([200.0, 200.0, 30.0]),
        "limit": np.array([11.111, 11.111, 1e4]),
        "lane_road": np.array([0, 1]),
        "leaving_start": np.array([0, 1, 1]),
        "leaving": np.array([2]),
        "start_lane": np.array([0]),
        "end_lane": np.array([1]),
        "intersection": np.array([0]),
        "rank": np.array([rank]),
        "bit": np.array([0]),
        "crossing_start": np.array([0, 0]),
        "keeps_clear": np.array([False]),
        "green": np.array([[[0], [1]]], np.uint64),
    }
    return Roads(**fields)


class OneConnection:
    """As much of a network as the oracle looks at."""

    def __init__(self, rank: int = THROUGH) -> None:
        self.tables = one_connection(rank)


def trips(*scheduled: int) -> Trips:
    """Cars over the one connection, due at these seconds."""
    count = len(scheduled)
    return Trips(
        types=(CAR,),
        scheduled=np.array(scheduled, np.int32),
        type_row=np.zeros(count, np.int32),
        path=np.array([0, 2, 1, NONE], np.int32),
        path_start=np.zeros(count, np.int32),
        names=tuple(f"car_{vehicle}" for vehicle in range(count)),
    )


def shown(row: int, steps: int) -> np.ndarray:
    return np.full((steps, 1), row, np.int32)


def states(run: oracle.OracleRun, vehicle: int) -> list[tuple[int, float, float]]:
    """Drivable, position and speed of one vehicle at the end of each second in which it was under way."""
    return [state[1:] for second in run.trajectory for state in second if state[0] == vehicle]


def test_a_free_vehicle_accelerates_to_its_largest_speed():
    run = oracle.run(OneConnection(), trips(0), shown(GREEN, 8), 8, trajectory=True)
    speeds = [speed for _, _, speed in states(run, 0)]
    positions = [position for _, position, _ in states(run, 0)]
    assert speeds == pytest.approx([2, 4, 6, 8, 10, 11.111, 11.111, 11.111])
    assert positions == pytest.approx([1, 4, 9, 16, 25, 35.5555, 46.6665, 57.7775])
    assert run.entered[0] == 0
    assert run.left[0] == NEVER
    assert run.updates == 8


def test_a_trip_ends_in_the_second_in_which_the_front_passes_the_end():
    run = oracle.run(OneConnection(), trips(0), shown(GREEN, 60), 60)
    # 35.5555 m in 6 s, then 11.111 m/s over what is left of 430 m: 35.5 s, so within the second from 41 to 42
    assert run.left[0] == 41
    assert run.updates == 42
    assert run.halted[0] == 0
    assert run.stops[0] == 0


def test_a_vehicle_stands_before_a_red_light():
    run = oracle.run(OneConnection(), trips(0), shown(RED, 60), 60, trajectory=True)
    drivable, position, speed = states(run, 0)[-1]
    assert drivable == 0
    assert 200 - 1.5 < position < 200
    assert speed == 0
    assert run.stops[0] == 1
    assert run.halted[0] == sum(speed < 0.1 for _, _, speed in states(run, 0)) > 20


def test_a_vehicle_too_close_to_stop_runs_the_red_light():
    before = states(oracle.run(OneConnection(), trips(0), shown(GREEN, 20), 20, trajectory=True), 0)[-1]
    assert before[1] == pytest.approx(35.5555 + 14 * 11.111)  # 8.9 m to the line, 13.7 m needed to stop
    rows = np.concatenate([shown(GREEN, 20), shown(RED, 2)])
    after = states(oracle.run(OneConnection(), trips(0), rows, 22, trajectory=True), 0)[-1]
    assert after[0] == 2


def test_a_turn_is_approached_slowly_and_driven_fast():
    run = oracle.run(OneConnection(LEFT), trips(0), shown(GREEN, 40), 40, trajectory=True)
    near = [speed for drivable, position, speed in states(run, 0) if drivable == 0 and position > 200 - 20]
    turning = [speed for drivable, _, speed in states(run, 0) if drivable == 2]
    assert near == pytest.approx([8.3333] * len(near))
    assert max(turning) > 10


def test_two_vehicles_enter_one_after_the_other():
    run = oracle.run(OneConnection(), trips(0, 0), shown(GREEN, 6), 6)
    # the first is at 1, 4, 9 m after 1, 2, 3 s: more than its 5 m and the gap of 2.5 m at the start of second 3
    assert run.entered.tolist() == [0, 3]


def test_followers_stop_behind_each_other_with_room_between():
    run = oracle.run(OneConnection(), trips(0, 0, 0), shown(RED, 90), 90, trajectory=True)
    positions = [states(run, vehicle)[-1][1] for vehicle in range(3)]
    gaps = -np.diff(positions) - CAR.length
    assert run.stops.tolist() == [1, 1, 1]
    assert np.all((gaps > 2.4) & (gaps < 5))


def test_following_settles_at_the_headway():
    gap = CAR.headway * CAR.max_speed
    assert oracle.following_speed(CAR, 11.111, gap, CAR, 11.111) == pytest.approx(11.111)
    assert oracle.following_speed(CAR, 11.111, gap - 1, CAR, 11.111) == pytest.approx(11.111 - 1 / 2.5)


def test_following_leaves_room_to_brake():
    # 12 m behind a standing leader at 6 m/s: after braking at 4.5 m/s2 from v, (6 + v) / 2 + v * v / 9 = 12 - 2.5
    speed = oracle.safe_speed(6.0, 12.0, 2.5, 4.5, 0.0, 4.5)
    assert (6 + speed) / 2 + speed * speed / 9 == pytest.approx(9.5)
    assert oracle.safe_speed(11.0, 1.0, 0.0, 4.5, 0.0, 4.5) == -100


def test_stopping_spreads_the_braking_over_whole_seconds():
    assert oracle.stopping_speed(CAR, 10.0, 40.0) == 12  # 11 m, then 16 m to brake: still free
    assert oracle.stopping_speed(CAR, 10.0, 20.0) == pytest.approx(10 - 10 / 3)  # just under 4 s
    assert oracle.stopping_speed(CAR, 10.0, 2.5) == pytest.approx(10 - 10 / 0.5)
    assert oracle.stopping_speed(CAR, 10.0, 0.0) == -math.inf
    assert oracle.stopping_speed(CAR, 0.0, 0.0) == 0


def test_the_sight_is_the_braking_distance_and_two_seconds():
    assert oracle.look_ahead(CAR) == pytest.approx(13.717 + 22.222, abs=1e-3)


def test_only_a_vehicle_that_can_still_stop_or_is_past_can_yield():
    assert oracle.can_yield(CAR, 9.0, 14.1)  # 9 m to brake, 5 m kept
    assert not oracle.can_yield(CAR, 9.0, 13.9)
    assert not oracle.can_yield(CAR, 9.0, 0.0)
    assert not oracle.can_yield(CAR, 9.0, -4.9)
    assert oracle.can_yield(CAR, 9.0, -5.1)


@pytest.mark.parametrize(
    ("speed", "distance", "is_turn", "seconds"),
    [
        (0.0, 16.0, False, 4),  # t * t = 16
        (0.0, 100.0, False, 12),  # 5.6 s up to 11.111 m/s, then 64.4 m at it: 5.8 s
        (10.0, 25.0, True, 3),  # faster than a turn: 2.5 s as it is
        (10.0, 0.0, True, 0),
    ],
)
def test_the_time_to_a_conflict_is_counted_in_whole_seconds(speed, distance, is_turn, seconds):
    assert oracle.seconds_to(CAR, speed, distance, is_turn) == seconds


def test_a_circle_of_blockers_is_a_deadlock():
    cars = [oracle.Car(vehicle, CAR, [0]) for vehicle in range(4)]
    for car, blocker in pairwise(cars):
        car.blocker = blocker
    assert not oracle.is_deadlocked(cars[0])
    cars[3].blocker = cars[1]
    assert oracle.is_deadlocked(cars[0])


def meeting(rank: int, foe_rank: int, distance: float, foe_distance: float, foe_speed: float = 5.0) -> bool:
    """Whether a car at 5 m/s goes before a foe at another connection."""
    streets = oracle.Streets(one_connection(THROUGH))
    streets.rank[1:] = [rank, foe_rank]
    car, foe = oracle.Car(0, CAR, [1], speed=5.0), oracle.Car(1, CAR, [2], speed=foe_speed)
    return oracle.goes_first(streets, car, 1, distance, oracle.Notice(foe, foe_distance), 2)


def test_rank_comes_before_time_and_time_before_distance():
    assert meeting(THROUGH, LEFT, 30.0, 12.0)
    assert not meeting(LEFT, THROUGH, 12.0, 13.0)  # both 2 s
    assert meeting(LEFT, THROUGH, 12.0, 40.0)
    assert meeting(THROUGH, THROUGH, 12.0, 13.0)
    assert not meeting(THROUGH, THROUGH, 13.0, 12.0)
    assert not meeting(THROUGH, THROUGH, 12.0, 12.0)  # the later vehicle of the two goes
    assert not meeting(THROUGH, LEFT, 30.0, 6.0)  # the foe cannot stop any more
    assert meeting(THROUGH, THROUGH, 30.0, -6.0)  # the foe is past


def test_words_join_from_the_lowest_up():
    assert oracle.as_one_number([5, 2]) == 5 + (2 << 64)


def test_acceleration_covers_whole_seconds_and_a_part():
    assert oracle.acceleration_distance(0.0, 11.111, 2.0) == pytest.approx(35.5555)
    assert oracle.acceleration_distance(4.0, 8.0, 2.0) == 12
    assert math.isclose(oracle.acceleration_distance(9.0, 8.0, 2.0), 0)
