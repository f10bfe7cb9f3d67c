"""Signal programs: all phases in turn, each for a fixed time or, under SUMO's own actuated control, within limits."""

from collections.abc import Iterator, Sequence

from traffic_marl.exchange.sumo.actuated import ActuatedControl
from traffic_marl.exchange.sumo.signals import Step, state
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network

GREEN_TIME = 30  # [s] of a phase in a plan, where nothing else is said


def programs(network: Network, timing: Timing, control: ActuatedControl | None = None) -> list[list[Step]]:
    """For each intersection, all phases in the order of their numbers, with yellow and all-red after each.

    Greens last GREEN_TIME within min and max green. Those of actuated control last as long as it decides, within its
    own limits and those of the signals.
    """
    limits = green_limits(timing, control)
    return [list(program(network, timing, limits, place)) for place in range(len(network.intersections))]


def green_limits(timing: Timing, control: ActuatedControl | None) -> tuple[int, int]:
    """[s] the shortest and the longest green. The limits of the signals come before those of the control."""
    least, most = max(1, timing.min_green), max(timing.max_green, timing.min_green, 1)
    if control is None:
        return least, most
    shortest = min(max(control.shortest_green, least), most)
    return shortest, min(max(control.longest_green, shortest), most)


def program(network: Network, timing: Timing, limits: tuple[int, int], intersection: int) -> Iterator[Step]:
    """The program of one intersection, whose greens have these limits."""
    shortest, longest = limits
    tables = network.tables
    count = int(tables.phase_count[intersection])
    for phase in range(count):
        row = int(tables.phase_row[intersection, phase])
        yield Step(state(network, intersection, row), min(max(GREEN_TIME, shortest), longest), shortest, longest)
        if count == 1:
            return
        clearance = int(tables.clearance_row[intersection, phase, (phase + 1) % count])
        for duration, ending in ((timing.yellow, row), (timing.all_red, None)):
            if duration > 0:
                yield Step(state(network, intersection, clearance, ending), duration, duration, duration)


def shown(network: Network, timing: Timing, intersection: int) -> Sequence[tuple[int, int]]:
    """Phase and interval of each step of the program: which phase is green or comes next, and which interval it is."""
    count = int(network.tables.phase_count[intersection])
    steps: list[tuple[int, int]] = []
    for phase in range(count):
        steps.append((phase, 0))
        steps += [
            ((phase + 1) % count, interval)
            for interval, duration in ((1, timing.yellow), (2, timing.all_red))
            if count > 1 and duration > 0
        ]
    return steps
