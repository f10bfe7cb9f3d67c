"""Equations of car following: how fast a vehicle may go behind another one and before a point. Plain numbers.

Symbols of the formulas: v speed of the vehicle, g gap to its leader (rear of the leader to the front of the vehicle),
b a deceleration, a an acceleration; v_l and b_l are the leader's. The time step is 1 s, in which speed changes evenly,
so that a vehicle covers (v + w) / 2 while its speed goes from v to w.

Source: Zhang et al. 2019, CityFlow, doi 10.1145/3308558.3314139; the equations are those of its program
(github.com/cityflow-project/CityFlow, 81ee0f4). The order of every operation is CityFlow's, so that results agree to
the last digit. That is why products by 1 or 0.5 are not simplified.
"""

import math

from traffic_marl.arrays import Record
from traffic_marl.kernels.compiling import kernel

TURN_SPEED = 8.3333  # [m/s] target speed on the way to a turn
YIELD_GAP = 5.0  # [m] kept to a conflict point when yielding
NO_SAFE_SPEED = -100.0  # [m/s] answer when even the hardest braking does not suffice
STANDSTILL = 1e-8  # [m/s] keeps a division by speed finite


@kernel
def braking_distance(speed: float, deceleration: float) -> float:
    """Braking distance v^2 / (2 b): from `speed` to standstill at an even deceleration [m]."""
    return 0.5 * speed * speed / deceleration


@kernel
def safe_speed(
    speed: float,
    gap: float,
    margin: float,
    leader_speed: float,
    leader_braking: float,
    leader_deceleration: float,
    curve: float,
    scale: float,
) -> float:
    """Safe speed: the largest w from which the vehicle can still stop `margin` behind its leader.

    Stopping-distance equation, for a leader that brakes at b_l from now on and a vehicle that moves at w after this
    second and then brakes at b:

        (v + w) / 2 + w^2 / (2 b) + margin = g + v_l^2 / (2 b_l)

    Its positive root is w = b (sqrt(1/4 - (2 / b) c) - 1/2) with c = v / 2 + margin - v_l^2 / (2 b_l) - g. A second
    bound looks at one second alone, in which a braking leader covers v_l - b_l / 2:
    w / 2 <= g - margin + v_l - b_l / 2.

    Args:
        speed: [m/s] v.
        gap: [m] g.
        margin: [m] distance to keep to the leader when both stand.
        leader_speed: [m/s] v_l.
        leader_braking: [m] v_l^2 / (2 b_l).
        leader_deceleration: [m/s2] b_l.
        curve: [s2/m] 2 / b, as CityFlow's operations round it (see VEHICLE_TYPE).
        scale: [m/s2] b, likewise.

    Returns:
        [m/s] w; NO_SAFE_SPEED where the equation has no root. It may be negative.
    """
    excess = speed / 2.0 + margin - leader_braking - gap
    root = 0.25 - curve * excess
    if root < 0.0:
        return NO_SAFE_SPEED
    return min(
        scale * (math.sqrt(root) - 0.5),
        2.0 * leader_speed - leader_deceleration + 2.0 * (gap - margin),
    )


@kernel
def headway_speed(speed: float, gap: float, leader_speed: float, headway: float) -> float:
    """Headway rule: the speed w that leaves the time gap h to the leader at the end of this second.

    (g + v_l + max(0, v - v_l) / 2 - v / 2) / (h + 1/2), which is h w = g + v_l' - (v + w) / 2 for a leader that covers
    v_l' = v_l + max(0, v - v_l) / 2. In equilibrium g = h v.
    """
    closing = speed - leader_speed if speed > leader_speed else 0.0
    return (gap + (leader_speed + closing / 2.0) - speed / 2.0) / (headway + 0.5)


@kernel
def following_speed(
    follower: Record, leader: Record, speed: float, gap: float, leader_speed: float, leader_braking: float
) -> float:
    """Following rule: the least of the headway rule and two safe speeds.

    One safe speed is for the hardest braking of both vehicles and margin 0, the other for their usual braking and
    margin `min_gap`.

    Args:
        follower: VEHICLE_TYPE of the vehicle.
        leader: VEHICLE_TYPE of its leader.
        speed: [m/s] of the vehicle.
        gap: [m] to the leader.
        leader_speed: [m/s] of the leader.
        leader_braking: [m] braking distance of the leader at its hardest braking.
    """
    bound = headway_speed(speed, gap, leader_speed, follower.headway)
    deceleration = leader.usual_deceleration
    if deceleration == leader.max_deceleration and follower.usual_deceleration == follower.max_deceleration:
        # The two safe speeds then differ in their margin alone. The one that keeps min_gap is the lesser, to the last
        # digit: every operation is monotonic in the margin, and so is its rounding. This saves a root a vehicle.
        return min(
            bound,
            safe_speed(
                speed,
                gap,
                follower.min_gap,
                leader_speed,
                leader_braking,
                deceleration,
                follower.usual_curve,
                follower.usual_scale,
            ),
        )
    braking = braking_distance(leader_speed, deceleration)
    usual = safe_speed(
        speed, gap, follower.min_gap, leader_speed, braking, deceleration, follower.usual_curve, follower.usual_scale
    )
    deceleration = leader.max_deceleration
    hard = safe_speed(
        speed, gap, 0.0, leader_speed, leader_braking, deceleration, follower.max_curve, follower.max_scale
    )
    return min(bound, min(usual, hard))


@kernel
def stopping_speed(speed: float, distance: float, acceleration: float, deceleration: float) -> float:
    """Stopping rule: speed w on the way to a stop after `distance` D.

    The vehicle accelerates for one more second if it can still brake to a stop after that:
    w = v + a if (v + w) / 2 + w^2 / (2 b) < D. Otherwise it brakes evenly. Even braking takes n = 2 D / v seconds, of
    which whole ones count: w = v - v / floor(n), or v - v / n where n < 1.

    Args:
        speed: [m/s] v.
        distance: [m] D.
        acceleration: [m/s2] a.
        deceleration: [m/s2] b.

    Returns:
        [m/s] w. It may be negative; the caller bounds it by the vehicle's hardest braking.
    """
    faster = speed + acceleration
    if (speed + faster) / 2.0 + faster * faster / deceleration / 2.0 < distance:
        return faster
    if speed == 0.0:
        return 0.0
    steps = 2.0 * distance / (speed + STANDSTILL)
    if steps >= 1.0:
        steps = math.floor(steps)
    return speed - speed / steps


@kernel
def approach_speed(speed: float, distance: float, limit: float, deceleration: float) -> float:
    """Approach rule: the largest speed w from which even braking reaches a lower speed limit u in time.

    (v + w) / 2 + (w^2 - u^2) / (2 b) = D, for a vehicle that moves at w after this second and then brakes at b. Its
    positive root is w = b (sqrt(1/4 + (2 / b) (D - v / 2 + u^2 / (2 b))) - 1/2). CityFlow has no such rule.

    Args:
        speed: [m/s] v.
        distance: [m] D to the place from which the limit holds.
        limit: [m/s] u.
        deceleration: [m/s2] b.

    Returns:
        [m/s] w, at least u.
    """
    root = 0.25 + 2.0 / deceleration * (distance - speed / 2.0 + limit * limit / (2.0 * deceleration))
    if root <= 0.0:
        return limit
    return max(limit, deceleration * (math.sqrt(root) - 0.5))


@kernel
def steps_to_reach(speed: float, distance: float, target_speed: float, acceleration: float) -> float:
    """Arrival time: seconds, in whole steps, to a point `distance` D ahead.

    The vehicle accelerates at a to the target speed u, in whole seconds and a shorter last step, and covers s on the
    way. If s > D it arrives in ceil((sqrt(v^2 + 2 a D) - v) / a), otherwise in ceil((u - v) / a) + ceil((D - s) / u).

    Args:
        speed: [m/s] v.
        distance: [m] D; 0 or less gives 0.
        target_speed: [m/s] u; a vehicle that is faster keeps its speed.
        acceleration: [m/s2] a.
    """
    if distance <= 0.0:
        return 0.0
    if speed > target_speed:
        return math.ceil(distance / speed)
    covered = 0.0
    if target_speed > speed:
        whole = math.floor((target_speed - speed) / acceleration)
        reached = speed + whole * acceleration
        covered = (speed + reached) * whole / 2.0
        if reached < target_speed:
            covered += (reached + target_speed) / 2.0  # CityFlow counts a whole second for the shorter last step
    if covered > distance:
        return math.ceil((math.sqrt(speed * speed + 2.0 * acceleration * distance) - speed) / acceleration)
    return math.ceil((target_speed - speed) / acceleration) + math.ceil((distance - covered) / target_speed)


@kernel
def can_yield(braking: float, length: float, distance: float) -> bool:
    """Yield rule: whether a vehicle can leave a conflict point to another one.

    It can if it is able to stop YIELD_GAP before the point, or if its rear is past the point.

    Args:
        braking: [m] its braking distance.
        length: [m] of the vehicle.
        distance: [m] from its front to the point, negative when the front is past it.
    """
    if distance > 0.0:
        return braking < distance - YIELD_GAP
    return distance < 0.0 and distance + length < 0.0
