"""The forms of a reward, a name or a function of your own, and the combination of rewards of intersections."""

from collections.abc import Callable
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats, Singles
from traffic_marl.checks import boolean, check_call, check_name, ensure_kind, number_at_least, shown
from traffic_marl.errors import UsageError
from traffic_marl.imported import errors_located, is_reference, load_reference, reference_to
from traffic_marl.network.network import Network
from traffic_marl.reward.functions import REWARDS, MakeReward, Reward
from traffic_marl.simulation import Readings


def make_reward(
    network: Network,
    reward: str | MakeReward = "delay",
    *,
    neighbour_weight: float = 0.0,
    shared: bool = False,
    where: str = "reward",
) -> Callable[[Readings], Singles]:
    """The rewards (B, N) of the decision before the readings, as a function of the readings.

    Args:
        network: where the readings come from.
        reward: a name of `REWARDS`, or a function of a network that gives a function of readings, or `file.py:Name` for
            such a function in a file of your own.
        neighbour_weight: adds this share of the mean reward of the neighbours, the intersections one road upstream. It
            is the spatial discount of Chu et al. 2019 (doi 10.1109/TITS.2019.2901791). With 0 each has its own alone.
        shared: every intersection gets the mean over all of them instead.
        where: the argument or flag that holds the reward, for errors.

    Raises:
        UsageError: it is no reward, the weight is negative, or an argument has a wrong type.
    """
    ensure_kind("network", network, Network, "Scenario.build_network()")
    weight = number_at_least("neighbour_weight", neighbour_weight, 0.0)
    if boolean("shared_reward", shared) and weight > 0.0:
        raise UsageError("neighbour_weight", "a shared reward holds all neighbours already", "leave one out")
    local = _local(network, reward, where)
    if shared:
        return lambda readings: _spread(local(readings)).astype(np.float32)
    if weight == 0.0:
        return lambda readings: local(readings).astype(np.float32)
    shares = neighbour_shares(network).T

    def with_neighbours(readings: Readings) -> Singles:
        own = local(readings)
        return (own + weight * (own @ shares)).astype(np.float32)

    return with_neighbours


def check_reward(reward: Any, where: str = "reward") -> None:
    """Checks a reward in any of its forms, without a network. A file of your own is run.

    Raises:
        UsageError: it is nothing that `make_reward` takes.
    """
    _maker(reward, where)


def name_of(reward: Any, where: str = "reward") -> str:
    """The text for a reward in settings and files. `make_reward` takes it.

    Raises:
        UsageError: it is no reward, or a function that cannot be found by a name in a file.
    """
    if callable(reward):
        return reference_to(reward, where)
    if not is_reference(reward):
        check_name(where, reward, REWARDS)
    return str(reward)


def neighbour_shares(network: Network) -> Floats:
    """(N, N): one over the number of neighbours where the column is one of the row's."""
    tables = network.tables
    count = len(network.intersections)
    shares = np.zeros((count, count))
    for n in range(count):
        around = tables.neighbour[tables.neighbour_start[n] : tables.neighbour_start[n + 1]]
        if len(around):
            shares[n, around] = 1.0 / len(around)
    return shares


def _local(network: Network, reward: Any, where: str) -> Reward:
    """The reward of each intersection on its own. A reward of the user's own is checked at each call."""
    make = _maker(reward, where)
    if isinstance(reward, str) and reward in REWARDS:
        return make(network)
    label = _label(reward)
    with errors_located(where, reward):
        own = make(network)
    if not callable(own):
        remedy = "let it give a function of readings"
        raise UsageError(where, f"{label} gives {shown(own)} for a network", remedy)
    check_call(own, where, _label(own), ("readings",))

    def checked(readings: Readings) -> Floats:
        with errors_located(where, reward):
            given = own(readings)
        return _checked(given, readings, label, where)

    return checked


def _checked(given: Any, readings: Readings, label: str, where: str) -> Floats:
    """The rewards that the user's function gave, if they are some.

    Raises:
        UsageError: they are no numbers, or not one for each intersection of each copy.
    """
    shape = readings.phase.shape
    try:
        values = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise UsageError(
            where, f"{label} gives {shown(given)}, not numbers", f"give an array of shape {shape}"
        ) from None
    if values.shape != shape:
        what = f"{label} gives an array of shape {values.shape}"
        raise UsageError(where, what, f"give {shape}: copies, intersections")
    if not np.isfinite(values).all():
        raise UsageError(where, f"{label} gives a value that is no finite number", "check it for divisions by zero")
    return values


def _maker(reward: Any, where: str) -> MakeReward:
    """The function that makes the reward for a network.

    Raises:
        UsageError: there is none.
    """
    if isinstance(reward, str) and not is_reference(reward):
        check_name(where, reward, REWARDS)
        return REWARDS[reward].make
    make = load_reference(reward, where) if isinstance(reward, str) else reward
    if not callable(make):
        remedy = f"give a function of a network, `file.py:Name`, or a name: {', '.join(REWARDS)}"
        raise UsageError(where, f"{shown(make)} is not a reward", remedy)
    check_call(make, where, _label(reward), ("network",))
    return make  # type: ignore[no-any-return]


def _spread(reward: Floats) -> Floats:
    """The mean over all intersections, for each of them."""
    return np.broadcast_to(reward.mean(axis=1, keepdims=True), reward.shape)


def _label(reward: Any) -> str:
    """The name of the reward in errors."""
    return reward if isinstance(reward, str) else getattr(reward, "__qualname__", shown(reward))
