"""The conditions under which the strategies of a scenario are started."""

from collections.abc import Sequence

from traffic_marl.scenario import Scenario
from traffic_marl.strategies.strategy import Conditions


def conditions_of(scenario: Scenario, interval: int, seeds: Sequence[int]) -> Conditions:
    """The conditions of a run of a scenario.

    Args:
        scenario: network, demand and rules.
        interval: [s] between two decisions.
        seeds: (B,) of the copies.

    Raises:
        TrafficError: the network or the demand cannot be built.
    """
    return Conditions(
        network=scenario.build_network(),
        timing=scenario.timing(),
        interval=interval,
        flow=scenario.flow(),
        seeds=tuple(seeds),
        unnoticed=scenario.sensors.faults().unnoticed,
        messages=scenario.messages.faults(),
    )
