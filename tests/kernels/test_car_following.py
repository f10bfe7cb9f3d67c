"""Speeds behind a leader and before a point: cases worked by hand, what they promise, and lines of plain Python."""

import math
from collections.abc import Callable

import numba
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.helpers import oracle
from traffic_marl.demand.trips import VehicleType
from traffic_marl.kernels import car_following
from traffic_marl.kernels.car_following import NO_SAFE_SPEED, TURN_SPEED


def compiled(kernel: Callable[..., float]) -> Callable[..., float]:
    """A kernel that Python can call; the kernels have no wrapper of their own."""

    @numba.njit(error_model="numpy")
    def called(*arguments):
        return kernel(*arguments)

    return called


braking_distance = compiled(car_following.braking_distance)
can_yield = compiled(car_following.can_yield)
headway_speed = compiled(car_following.headway_speed)
steps_to_reach = compiled(car_following.steps_to_reach)
stopping_speed = compiled(car_following.stopping_speed)
compiled_safe_speed = compiled(car_following.safe_speed)

unhurried = settings(deadline=None)  # the first call compiles
speeds = st.floats(0.0, 20.0)
decelerations = st.floats(1.0, 8.0)
accelerations = st.floats(0.5, 4.0)


def safe_speed(
    speed: float, gap: float, target: float, deceleration: float, leader_speed: float, leader_deceleration: float
) -> float:
    """The kernel, from the follower's deceleration instead of what is derived from it."""
    braking = 0.5 * leader_speed * leader_speed / leader_deceleration
    curve, scale = 4.0 * (0.5 / deceleration), 0.5 / (0.5 / deceleration)
    return compiled_safe_speed(speed, gap, target, leader_speed, braking, leader_deceleration, curve, scale)


def moved(speed: float, planned: float, deceleration: float) -> tuple[float, float]:
    """Distance in a second and the speed at its end, when braking no harder than `deceleration`."""
    planned = max(planned, speed - deceleration)
    if planned < 0:
        return 0.5 * speed * speed / deceleration, 0.0
    return (speed + planned) / 2, planned


# --- behind a leader ---


def test_braking_takes_half_the_square_over_the_deceleration():
    assert braking_distance(9.0, 4.5) == 9.0
    assert braking_distance(0.0, 4.5) == 0.0


def test_a_standing_leader_is_approached_by_the_root_of_the_braking_equation():
    # 6 m/s, 12 m behind a standing leader, 2.5 m to keep: (6 + v) / 2 + v * v / 9 = 9.5
    speed = safe_speed(6.0, 12.0, 2.5, 4.5, 0.0, 4.5)
    assert speed == pytest.approx((math.sqrt(0.25 + 4 * 6.5 / 9) - 0.5) * 4.5)
    assert (6 + speed) / 2 + speed * speed / 9 == pytest.approx(9.5)


def test_equal_vehicles_at_the_target_brake_alike():
    assert safe_speed(10.0, 2.5, 2.5, 4.5, 10.0, 4.5) == pytest.approx(5.5)


def test_a_leader_that_vanishes_from_under_the_gap_bounds_the_speed():
    # 2 * 1 - 8 + 2 * (5 - 0) = 4; the follower's own brakes would allow 5.36 m/s
    assert safe_speed(0.0, 5.0, 0.0, 4.5, 1.0, 8.0) == pytest.approx(4.0)


def test_no_speed_is_safe_too_near_a_standing_leader():
    assert safe_speed(11.0, 1.0, 0.0, 4.5, 0.0, 4.5) == NO_SAFE_SPEED


@unhurried
@given(speeds, st.floats(-5.0, 100.0), st.floats(0.0, 3.0), decelerations, speeds, decelerations)
def test_safe_speed_is_the_plain_formula(speed, gap, target, deceleration, leader_speed, leader_deceleration):
    arguments = (speed, gap, target, deceleration, leader_speed, leader_deceleration)
    assert safe_speed(*arguments) == oracle.safe_speed(*arguments)


@unhurried
@given(speeds, st.floats(0.0, 100.0), st.floats(0.0, 3.0), decelerations, speeds, decelerations)
def test_after_a_safe_speed_braking_ends_at_the_target(
    speed, gap, target, deceleration, leader_speed, leader_deceleration
):
    planned = safe_speed(speed, gap, target, deceleration, leader_speed, leader_deceleration)
    assume(planned >= 0)
    follower = (speed + planned) / 2 + 0.5 * planned * planned / deceleration
    leader = 0.5 * leader_speed * leader_speed / leader_deceleration
    assert gap + leader - follower >= target - 1e-9


@unhurried
@given(
    decelerations,
    st.floats(0.0, 3.0),
    st.floats(0.0, 60.0),
    speeds,
    st.lists(st.floats(-1.0, 1.0), min_size=1, max_size=40),
)
def test_followers_never_touch_a_leader_that_brakes_as_hard_as_they(deceleration, target, extra, leader_speed, pedal):
    speed, gap = 0.0, target + extra
    for pressed in [*pedal, *[-1.0] * 25]:
        planned = min(20.0, speed + 3.0, safe_speed(speed, gap, target, deceleration, leader_speed, deceleration))
        wanted = min(20.0, leader_speed + pressed * (3.0 if pressed > 0 else deceleration))
        ahead, leader_speed = moved(leader_speed, wanted, deceleration)
        behind, speed = moved(speed, planned, deceleration)
        gap += ahead - behind
        assert gap >= target - 1e-6
    assert leader_speed == 0


@unhurried
@given(st.floats(0.0, 20.0), st.floats(0.1, 4.0))
def test_the_gap_of_equilibrium_is_headway_times_speed(speed, headway):
    assert headway_speed(speed, headway * speed, speed, headway) == pytest.approx(speed)


@unhurried
@given(speeds, st.floats(2.0, 20.0), st.floats(0.5, 3.0))
def test_following_settles_at_the_gap_of_equilibrium(speed, leader_speed, headway):
    gap = 30.0
    for _ in range(200):
        planned = max(0.0, headway_speed(speed, gap, leader_speed, headway))
        gap += leader_speed - (speed + planned) / 2
        speed = planned
    assert speed == pytest.approx(leader_speed, rel=1e-3)
    assert gap == pytest.approx(headway * leader_speed, rel=1e-3)


@unhurried
@given(speeds, st.floats(-5.0, 100.0), speeds, st.floats(0.0, 4.0))
def test_headway_speed_is_the_plain_formula(speed, gap, leader_speed, headway):
    expected = (gap + (leader_speed + max(0.0, speed - leader_speed) / 2) - speed / 2) / (headway + 0.5)
    assert headway_speed(speed, gap, leader_speed, headway) == expected


# --- before a point ---


def test_stopping_accelerates_while_there_is_room():
    assert stopping_speed(10.0, 40.0, 2.0, 4.5) == 12.0  # 11 m, then 16 m to brake


def test_stopping_spreads_the_braking_over_whole_seconds():
    assert stopping_speed(10.0, 20.0, 2.0, 4.5) == pytest.approx(10 - 10 / 3)  # just under 4 s
    assert stopping_speed(10.0, 20.1, 2.0, 4.5) == pytest.approx(10 - 10 / 4)


def test_stopping_within_a_second_asks_for_less_than_nothing():
    assert stopping_speed(10.0, 2.5, 2.0, 4.5) == pytest.approx(10 - 10 / 0.5)
    assert stopping_speed(10.0, 0.0, 2.0, 4.5) == -math.inf


def test_a_standing_vehicle_without_room_stays():
    assert stopping_speed(0.0, 0.0, 2.0, 4.5) == 0.0
    assert stopping_speed(0.0, 1.0 + 4.0 / 9.0, 2.0, 4.5) == 0.0  # 1 m, then 0.44 m to brake: just not enough
    assert stopping_speed(0.0, 1.5, 2.0, 4.5) == 2.0


@unhurried
@given(speeds, st.floats(0.0, 300.0), accelerations, decelerations, st.floats(1.0, 2.0))
def test_stopping_again_and_again_ends_before_the_point(speed, distance, acceleration, usual, harder):
    hardest = usual * harder
    assume(braking_distance(speed, hardest) <= distance)
    rest = distance
    for _ in range(400):
        covered, speed = moved(speed, stopping_speed(speed, rest, acceleration, usual), hardest)
        rest -= covered
        assert rest >= -1e-9
    assert speed < 0.1  # halted; whoever cannot set off once more may creep on for long
    faster = speed + acceleration
    assert rest <= (speed + faster) / 2 + faster * faster / usual / 2


@unhurried
@given(speeds, st.just(0.0) | st.floats(1e-9, 100.0), accelerations, decelerations)
def test_stopping_speed_is_the_plain_formula(speed, distance, acceleration, deceleration):
    kind = VehicleType(usual_acceleration=acceleration, usual_deceleration=deceleration)
    assert stopping_speed(speed, distance, acceleration, deceleration) == oracle.stopping_speed(kind, speed, distance)


# --- seconds to a point, and yielding there ---


@pytest.mark.parametrize(
    ("speed", "distance", "target", "seconds"),
    [
        (0.0, 16.0, 11.111, 4),  # t * t = 16
        (0.0, 16.1, 11.111, 5),
        (0.0, 100.0, 11.111, 12),  # 35.6 m in 6 s up to 11.111 m/s, then 64.4 m at it: 5.8 s
        (11.111, 11.0, 11.111, 1),
        (10.0, 25.0, TURN_SPEED, 3),  # faster than wished for: 2.5 s as it is
        (10.0, 0.0, 11.111, 0),
        (10.0, -3.0, 11.111, 0),
    ],
)
def test_the_time_to_a_point_is_counted_in_whole_seconds(speed, distance, target, seconds):
    assert steps_to_reach(speed, distance, target, 2.0) == seconds


def driven(speed: float, target: float, acceleration: float, seconds: int) -> float:
    """Distance after some seconds, each with the mean of the speeds at its ends."""
    distance = 0.0
    for _ in range(seconds):
        faster = max(speed, min(target, speed + acceleration))
        distance += (speed + faster) / 2
        speed = faster
    return distance


@unhurried
@given(speeds, st.floats(0.1, 150.0), st.floats(4.0, 16.0), accelerations)
def test_the_time_to_a_point_is_that_of_driving_there_second_by_second(speed, distance, target, acceleration):
    seconds = 0
    while driven(speed, target, acceleration, seconds) < distance:
        seconds += 1
    around = [driven(speed, target, acceleration, each) for each in (seconds - 1, seconds)]
    assume(all(abs(each - distance) > 1e-6 for each in around))  # rounding decides there
    whole = (target - speed) / acceleration
    assume(abs(whole - round(whole)) > 1e-6)
    assert steps_to_reach(speed, distance, target, acceleration) == seconds


@unhurried
@given(speeds, st.floats(-5.0, 150.0), st.booleans(), accelerations)
def test_the_time_to_a_point_is_the_plain_formula(speed, distance, is_turn, acceleration):
    kind = VehicleType(usual_acceleration=acceleration, max_speed=14.0)
    expected = oracle.seconds_to(kind, speed, distance, is_turn)
    assert steps_to_reach(speed, distance, TURN_SPEED if is_turn else 14.0, acceleration) == expected


@pytest.mark.parametrize(
    ("braking", "distance", "yields"),
    [
        (9.0, 14.1, True),  # 9 m to brake, 5 m to keep
        (9.0, 14.0, False),
        (0.0, 5.1, True),
        (0.0, 4.9, False),  # stands where it already hinders
        (0.0, 0.0, False),
        (9.0, -12.0, False),  # its rear covers the point
        (9.0, -12.1, True),  # it is past
    ],
)
def test_only_a_vehicle_that_can_stop_in_time_or_is_past_can_yield(braking, distance, yields):
    assert bool(can_yield(braking, 12.0, distance)) is yields
