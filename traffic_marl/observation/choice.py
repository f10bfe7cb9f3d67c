"""The forms of an observation: a name, groups of features, or an encoder of your own."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from traffic_marl.arrays import Floats
from traffic_marl.checks import at_least_one, check_call, ensure_kind, shown
from traffic_marl.errors import UsageError, suggest
from traffic_marl.imported import errors_located, is_reference, load_reference, reference_to
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network
from traffic_marl.observation.encoder import CheckedEncoder, Encoder, FeatureEncoder
from traffic_marl.observation.features import GROUPS, OBSERVATIONS

MakeEncoder = Callable[..., Encoder]  # of a network, its signals, the interval [s], and the `flow` if it takes that
Observation = str | Sequence[str] | MakeEncoder

JOINT = "+"  # between the groups in a text


def make_encoder(
    network: Network,
    timing: Timing,
    interval: int,
    observation: Observation = "upstream",
    where: str = "observation",
    flow: Floats | None = None,
) -> Encoder:
    """The encoder of an observation.

    Args:
        network: where the readings come from.
        timing: the rules of its signals.
        interval: [s] until the next decision.
        observation: a name of `OBSERVATIONS`, or names of `GROUPS` as a sequence or as a text such as `queue+bands`. Or
            a function of network, timing and interval that gives an encoder, or `file.py:Name` for such a function in
            a file of your own. If it has a parameter `flow`, it gets the expected flows.
        where: the argument or flag that holds it, for errors.
        flow: [veh/s] (M,) expected demand of each movement, for the group `plan` and for encoders of your own. None if
            it is not known.

    Raises:
        UsageError: it is none of these, or another argument has a wrong type.
    """
    ensure_kind("network", network, Network, "Scenario.build_network()")
    ensure_kind("timing", timing, Timing, "Scenario.timing()")
    interval = at_least_one("interval", interval)
    make = _own(observation, where)
    if make is None:
        return FeatureEncoder(network, timing, interval, groups_of(observation, where), flow)
    with errors_located(where, observation):
        encoder = make(network, timing, interval, **({"flow": flow} if _takes_flow(make) else {}))
    return CheckedEncoder(encoder, network, _label(observation), where)


def _takes_flow(make: MakeEncoder) -> bool:
    """Whether a function of one's own has a parameter for the expected flows."""
    try:
        return "flow" in inspect.signature(make).parameters
    except (TypeError, ValueError):  # a callable of which Python knows no parameters
        return False


def check_observation(observation: Any, where: str = "observation") -> None:
    """Checks an observation in any of its forms, without a network. A file of your own is run.

    Raises:
        UsageError: it is nothing that `make_encoder` takes.
    """
    if _own(observation, where) is None:
        groups_of(observation, where)


def name_of(observation: Any, where: str = "observation") -> str:
    """The text for an observation in settings and files. `make_encoder` takes it.

    Groups are written in the order of `GROUPS`, and by the name of `OBSERVATIONS` where there is one for them. A
    function of your own is written `file.py:Name`.

    Raises:
        UsageError: it is nothing that `make_encoder` takes, or a function that cannot be found by a name in a file.
    """
    if callable(observation):
        return reference_to(observation, where)
    if is_reference(observation):
        return str(observation)
    groups = groups_of(observation, where)
    return next((name for name, preset in OBSERVATIONS.items() if preset.groups == groups), JOINT.join(groups))


def groups_of(observation: Any, where: str = "observation") -> tuple[str, ...]:
    """The groups of features that a name, a text such as `queue+bands`, or a sequence of names stands for.

    Raises:
        UsageError: a name is neither of an observation nor of a group, or there is none.
    """
    known = (*OBSERVATIONS, *GROUPS)
    given = observation.split(JOINT) if isinstance(observation, str) else observation
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        what = f"{shown(observation)} is not an observation"
        raise UsageError(where, what, f"give a function that makes an encoder, or names: {', '.join(known)}")
    if not given:
        raise UsageError(where, "there is no group of features", f"available: {', '.join(GROUPS)}")
    chosen: set[str] = set()
    for name in map(str.strip, given):
        if name not in known:
            raise UsageError(where, f"unknown observation {name!r}", suggest(name, known))
        chosen.update(OBSERVATIONS[name].groups if name in OBSERVATIONS else (name,))
    return tuple(group for group in GROUPS if group in chosen)


def _own(observation: Any, where: str) -> MakeEncoder | None:
    """The function that makes an encoder of the user's own. None if names are given."""
    make = load_reference(observation, where) if is_reference(observation) else observation
    if not callable(make):
        if make is observation:
            return None
        raise UsageError(where, f"{observation} is {shown(make)}, not a function", "name one that makes an encoder")
    check_call(make, where, _label(observation), ("network", "timing", "interval"))
    return make  # type: ignore[no-any-return]


def _label(observation: Any) -> str:
    """The name of the observation in errors."""
    return observation if isinstance(observation, str) else getattr(observation, "__qualname__", shown(observation))
