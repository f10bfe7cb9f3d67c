"""Signal programs: a fixed time for each phase in turn, or SUMO's own actuated control of the same phases."""

from collections.abc import Iterator, Sequence

from traffic_marl.exchange.sumo.signals import Step, state
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.network import Network

GREEN_TIME = 30  # [s] of a phase in a plan, where nothing else is said
LONGEST_GREEN = 60  # [s] of actuated control without a max green


def programs(network: Network, timing: Timing) -> list[list[Step]]:
    """For each intersection, all phases in the order of their numbers, with yellow and all-red after each.

    The greens of a static program last GREEN_TIME within min and max green.
    """
    return [list(program(network, timing, place)) for place in range(len(network.intersections))]


def program(network: Network, timing: Timing, intersection: int) -> Iterator[Step]:
    """The program of one intersection."""
    longest = LONGEST_GREEN if timing.max_green >= NEVER else timing.max_green
    shortest = max(1, timing.min_green)
    longest = max(longest, shortest)
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
