"""How fast a vehicle may go behind another and before a point where it must stop: plain numbers.

Source: the model of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139) with a time step of 1 s. The order of
every operation is CityFlow's, so that results agree to the last digit; that is why some products by 1 or 0.5 look
clumsy.
"""

import math

from traffic_marl.arrays import Record
from traffic_marl.kernels.compiling import kernel

TURN_SPEED = 8.3333  # [m/s] wished for on turns
YIELD_GAP = 5.0  # [m] kept to a conflict point when yielding
NO_SAFE_SPEED = -100.0  # [m/s] answer when even the hardest braking does not do
STANDSTILL = 1e-8  # [m/s] keeps a division by speed finite


@kernel
def braking_distance(speed: float, deceleration: float) -> float:
    """Distance to standstill [m]."""
    return 0.5 * speed * speed / deceleration


@kernel
def safe_speed(
    speed: float,
    gap: float,
    target: float,
    leader_speed: float,
    leader_braking: float,
    leader_deceleration: float,
    curve: float,
    scale: float,
) -> float:
    """Largest speed from which one can still stop `target` [m] behind the leader if that one brakes.

    `curve` and `scale` are those of the follower's deceleration (see VEHICLE_TYPE); `leader_braking` is the leader's
    braking distance at `leader_deceleration`.
    """
    excess = speed / 2.0 + target - leader_braking - gap
    root = 0.25 - curve * excess
    if root < 0.0:
        return NO_SAFE_SPEED
    return min(
        scale * (math.sqrt(root) - 0.5),
        2.0 * leader_speed - leader_deceleration + 2.0 * (gap - target),
    )


@kernel
def headway_speed(speed: float, gap: float, leader_speed: float, headway: float) -> float:
    """Speed that keeps the wished time gap to the leader."""
    closing = speed - leader_speed if speed > leader_speed else 0.0
    return (gap + (leader_speed + closing / 2.0) - speed / 2.0) / (headway + 0.5)


@kernel
def following_speed(
    kind: Record, leader: Record, speed: float, gap: float, leader_speed: float, leader_braking: float
) -> float:
    """Speed behind a leader: safe if it brakes hard or as usual, and at the wished headway."""
    bound = headway_speed(speed, gap, leader_speed, kind.headway)
    deceleration = leader.usual_deceleration
    if deceleration == leader.max_deceleration and kind.usual_deceleration == kind.max_deceleration:
        # Keeping min_gap is then the stricter of both rules, to the last digit: every operation is monotonic.
        return min(
            bound,
            safe_speed(
                speed,
                gap,
                kind.min_gap,
                leader_speed,
                leader_braking,
                deceleration,
                kind.usual_curve,
                kind.usual_scale,
            ),
        )
    braking = braking_distance(leader_speed, deceleration)
    usual = safe_speed(
        speed, gap, kind.min_gap, leader_speed, braking, deceleration, kind.usual_curve, kind.usual_scale
    )
    deceleration = leader.max_deceleration
    hard = safe_speed(speed, gap, 0.0, leader_speed, leader_braking, deceleration, kind.max_curve, kind.max_scale)
    return min(bound, min(usual, hard))


@kernel
def stopping_speed(speed: float, distance: float, acceleration: float, deceleration: float) -> float:
    """Speed on the way to a stop after `distance` [m]: one more second of acceleration if that leaves room to brake.

    May be negative; the hardest braking of the vehicle then bounds it.
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
def steps_to_reach(speed: float, distance: float, target: float, acceleration: float) -> float:
    """Seconds, in whole steps, to a point `distance` [m] ahead, accelerating up to `target` speed."""
    if distance <= 0.0:
        return 0.0
    if speed > target:
        return math.ceil(distance / speed)
    covered = 0.0
    if target > speed:
        whole = math.floor((target - speed) / acceleration)
        reached = speed + whole * acceleration
        covered = (speed + reached) * whole / 2.0
        if reached < target:
            covered += (reached + target) / 2.0
    if covered > distance:
        return math.ceil((math.sqrt(speed * speed + 2.0 * acceleration * distance) - speed) / acceleration)
    return math.ceil((target - speed) / acceleration) + math.ceil((distance - covered) / target)


@kernel
def can_yield(braking: float, length: float, distance: float) -> bool:
    """Whether a vehicle with this braking distance can leave a conflict point to another.

    `distance` [m] from its front to the point, negative when the front is past it: then its tail must be too.
    """
    if distance > 0.0:
        return braking < distance - YIELD_GAP
    return distance < 0.0 and distance + length < 0.0
