"""The rules of the action space `gap_out` in torch, for graphs that other programs run.

They are those of `actions.kernel`, and a test holds both equal. There are R rows, each an intersection at a moment, M
movements, P phases and C = P + 1 courses: each phase next, and last the present green held for a second. All numbers
are whole. A choice of one element among several is a mask with one True.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from traffic_marl.actions.gap_out import CLOCK, GAP, LEAST_GREEN, RETRY, SHARE
from traffic_marl.actions.tables import NO_BOUND, REACH, ZONE
from traffic_marl.kernels.tables import GREEN


class Signal(NamedTuple):
    """The signal of each intersection, and the limits that it keeps. All are (R,) and in seconds but the first two."""

    phase: Tensor
    interval: Tensor
    age: Tensor
    span: Tensor
    min_green: Tensor
    max_green: Tensor
    yellow: Tensor
    all_red: Tensor
    wait_bound: Tensor


class Memory(NamedTuple):
    """The memory of detectors between two decisions."""

    waited: Tensor  # [s] (R, M) since the movement's present call, 0 without a call
    empty: Tensor  # [s] (R,) since the zones of the green were occupied


class Seen(NamedTuple):
    """What the detectors of each movement see. All are (R, M) masks."""

    near: Tensor  # a vehicle stands on its lanes or moves in their zones, and keeps the green
    within_reach: Tensor  # a vehicle stands there or moves within reach of the stop line, and calls
    left: Tensor  # somebody left since the last decision
    blocked: Tensor  # all lanes of the exit road are full


def one_of(places: Tensor, count: int) -> Tensor:
    """(..., count) masks of the elements at some places (...)."""
    return places.unsqueeze(-1) == torch.arange(count)


def first_greatest(values: Tensor, among: Tensor) -> Tensor:
    """The first of the greatest values (..., n) among some, as a mask. Nothing if there are none. Values are >= 0."""
    count = values.shape[-1]
    keys = torch.where(among, values * count + torch.arange(count - 1, -1, -1), -1)
    return among & (keys == keys.amax(-1, keepdim=True))


def either(condition: Tensor, then: Tensor, otherwise: Tensor) -> Tensor:
    """One mask where a condition holds, another one elsewhere. ONNX's runtime has no `where` of masks."""
    return (condition & then) | (~condition & otherwise)


def any_served(served: Tensor, phases: Tensor) -> Tensor:
    """(..., M) movements that one of some phases (..., P) serves. `served` (R, ..., P, M) has the same leading axes."""
    return (served & phases.unsqueeze(-1)).any(-2)


def detected(inputs: Mapping[str, Tensor]) -> Seen:
    """What the detectors see, from the inputs of a controller."""
    stands, moving, full = inputs["queue"] > 0, inputs["moving"], inputs["full_exits"]
    return Seen(
        near=stands | (moving[..., :ZONE] > 0).any(-1),
        within_reach=stands | (moving[..., :REACH] > 0).any(-1),
        left=inputs["left"] > 0,
        blocked=(full > 0) & (inputs["open_exits"] == 0),
    )


def noted(served: Tensor, memory: Memory, signal: Signal, seen: Seen) -> Memory:
    """The memory after a look at the detectors.

    Args:
        served: (R, P, M) movements that each phase serves, without those that all phases serve.
        memory: at the last decision.
        signal: now.
        seen: by the detectors now.
    """
    is_green = signal.interval == GREEN
    served_now = any_served(served, one_of(signal.phase, served.shape[1])) & is_green.unsqueeze(-1)
    had_share = (signal.age >= signal.min_green.clamp(min=SHARE)).unsqueeze(-1)
    retried = torch.minimum(memory.waited, retried_wait(signal).unsqueeze(-1))
    goes_on = torch.where(served_now & had_share, retried, memory.waited + signal.span.unsqueeze(-1))
    calls = seen.within_reach & ~(served_now & seen.left) & served.any(1)  # no phase could answer other calls
    waited = torch.where(calls, goes_on, 0)
    kept = ~is_green | (served_now & seen.near & ~seen.blocked).any(-1)
    return Memory(waited, torch.where(kept, 0, memory.empty + signal.span))


def retried_wait(signal: Signal) -> Tensor:
    """[s] (R,) wait at which a call goes on after a turn in which nobody left."""
    retried = torch.maximum(signal.wait_bound - RETRY, signal.wait_bound // 2)
    return torch.where(signal.wait_bound < NO_BOUND, retried, 0)


def has_turn(green_for: Tensor, waited: Tensor, signal: Signal) -> Tensor:
    """(R,) whether the green shown is the turn of an overdue call that nobody has left yet, although there is room."""
    is_overdue = (green_for & (waited > retried_wait(signal).unsqueeze(-1))).any(-1)
    return (signal.wait_bound < NO_BOUND) & (signal.age < signal.min_green.clamp(min=SHARE)) & is_overdue


def courses_in_time(served: Tensor, green_for: Tensor, waited: Tensor, signal: Signal) -> Tensor:
    """(R, C) courses after which all calls can still be served within the bound.

    Calls take turns, the longest wait first. Each turn takes an intergreen and a share of green, and serves all
    movements of a phase.
    """
    phases = served.shape[1]
    change = signal.yellow + signal.all_red
    turn = (change + signal.min_green.clamp(min=SHARE)).unsqueeze(-1)
    is_first = torch.eye(phases + 1, dtype=torch.bool)[:, :phases].unsqueeze(0)  # (1, C, P); none if the green is held
    begins = change.unsqueeze(-1) + torch.where(is_first.any(-1), turn, 1)
    by_course = served.unsqueeze(1)  # (R, 1, P, M)
    taken = green_for.unsqueeze(1) | any_served(by_course, is_first)
    waits, bound = waited.unsqueeze(1), signal.wait_bound.unsqueeze(-1)
    in_time = torch.ones_like(begins, dtype=torch.bool)
    for _ in range(phases - 1):  # each turn is one more phase's, and the phase shown needs none
        calling = (waits > 0) & ~taken
        longest = first_greatest(waits.expand(calling.shape), calling)
        in_time = in_time & ~(longest & (waits + begins.unsqueeze(-1) > bound.unsqueeze(-1))).any(-1)
        serving = (by_course & longest.unsqueeze(-2)).any(-1)
        most = (by_course & calling.unsqueeze(-2)).sum(-1)
        taken = taken | any_served(by_course, first_greatest(most, serving))
        begins = begins + turn
    return in_time


def choices(served: Tensor, memory: Memory, signal: Signal, seen: Seen, longest_green: int) -> Tensor:
    """(R, P) phases that may be asked for: several at a moment of choice, else the one shown.

    Args:
        served: (R, P, M) movements that each phase serves, without those that all phases serve.
        memory: with the present look at the detectors.
        signal: now.
        seen: by the detectors now.
        longest_green: [s] after which a green ends if there is a call elsewhere.
    """
    waits = torch.where(seen.blocked, 0, memory.waited)
    shown = one_of(signal.phase, served.shape[1])
    green_for = any_served(served, shown)
    calling = (waits > 0) & ~green_for
    in_time = courses_in_time(served, green_for, waits, signal)
    courses, holding = in_time[:, :-1], in_time[:, -1:]
    age, least = signal.age, signal.min_green.clamp(min=LEAST_GREEN)
    may_leave = age >= least
    over = age >= (signal.max_green - 1).clamp(min=1, max=longest_green)
    moment = (memory.empty >= GAP) | over | (may_leave & ((age % CLOCK == 0) | ~holding.squeeze(-1)))
    settled = (signal.interval == GREEN) & (age >= signal.min_green) & ~has_turn(green_for, waits, signal)
    called = (served & calling.unsqueeze(1)).any(-1) & (settled & moment).unsqueeze(-1)
    has_choice = called.any(-1)
    out = called | (shown & ~(over & has_choice).unsqueeze(-1))
    kept = out & either(shown, holding, courses)
    overdue = (served & first_greatest(waits, calling).unsqueeze(1)).any(-1)
    bounded = either(kept.any(-1, keepdim=True), kept, overdue)
    return either(has_choice.unsqueeze(-1), bounded, out)
