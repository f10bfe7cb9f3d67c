"""Work: the time that an agent-step takes to sample, to learn from and to move, and the pace that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass

GOOD_ENOUGH = 0.95  # share of the greatest pace that the fewest runners have to reach


@dataclass(frozen=True)
class Machine:
    """A machine, which may hold several nodes of a cluster."""

    name: str
    cpus: int  # that this user may use there, whatever the nodes promise
    is_here: bool = False  # whether the main process works there


@dataclass(frozen=True)
class Work:
    """Seconds per agent-step of all intersections of all copies together, as measured."""

    sampling: Mapping[str, float]  # [s] of one runner with its CPUs to itself, by machine
    learning: float  # [s] of all learners together, or of the main process
    transfer: float  # [s] for samples and weights, with the bookkeeping of RLlib
    is_asynchronous: bool  # whether sampling and learning happen at the same time


@dataclass(frozen=True)
class Team:
    """Runners on machines."""

    runners: Mapping[str, int]  # by machine
    cpus_per_runner: int
    learners: int  # 0: the main process learns

    @property
    def size(self) -> int:
        """Number of runners."""
        return sum(self.runners.values())


def pace(work: Work, team: Team, machines: Mapping[str, Machine]) -> float:
    """Agent-steps per second that a training reaches.

    Synchronous runners sample equal shares at the same time, and the slowest is waited for. Then all samples move, and
    are learnt from. Asynchronous runners and learners work at the same time, so that the slower of the two sets the
    pace. Processes that are more than the CPUs of their machine share them.

    Args:
        work: as measured.
        team: the runners, at least one.
        machines: by name.
    """
    used = {name: number for name, number in team.runners.items() if number}
    learning = {name: work.is_asynchronous and machines[name].is_here and not team.learners for name in used}
    busy = {
        name: crowding(machines[name], number, team.cpus_per_runner, is_learning=learning[name])
        for name, number in used.items()
    }
    slowest = max(work.sampling[name] * busy[name] for name in used)
    if not work.is_asynchronous:
        return 1.0 / (slowest / team.size + work.transfer + work.learning)
    here = next((busy[name] for name in used if machines[name].is_here), 1.0)
    sampled = sum(number / (work.sampling[name] * busy[name]) for name, number in used.items())
    return min(sampled, 1.0 / ((work.learning + work.transfer) * here))


def crowding(machine: Machine, runners: int, cpus_per_runner: int, *, is_learning: bool) -> float:
    """Factor by which processes on a machine are slower than alone, because they share its CPUs.

    Args:
        machine: with its CPUs.
        runners: that sample there.
        cpus_per_runner: threads of each.
        is_learning: whether another process learns there meanwhile.
    """
    return max(1.0, (runners * cpus_per_runner + is_learning) / machine.cpus)


def fewest(paces: Mapping[int, float]) -> int:
    """The smallest number of runners whose pace is nearly the greatest one.

    More runners would take more CPUs, and make the batches larger and the updates fewer, for next to nothing.

    Args:
        paces: [agent-steps/s] by number of runners.
    """
    most = max(paces.values())
    return min(runners for runners, found in paces.items() if found >= GOOD_ENOUGH * most)


def reason(paces: Mapping[int, float], chosen: int) -> str:
    """The reason for a number of runners, with the numbers."""
    others = [runners for runners in sorted(paces) if runners > chosen]
    text = f"{_runners(chosen)}: {paces[chosen]:,.0f} agent-steps/s expected"
    fewer = [runners for runners in sorted(paces) if runners < chosen]
    if fewer:
        best = max(fewer, key=lambda runners: paces[runners])
        text += f", {paces[chosen] / paces[best] - 1:.0%} more than with {_runners(best)}"
    if not others:
        return f"{text}; more find no room"
    best = max(others, key=lambda runners: paces[runners])
    gain = paces[best] / paces[chosen] - 1
    if gain > 0:
        return f"{text}; {_runners(best)} would give only {gain:.0%} more"
    return f"{text}; with {_runners(best)} it would be {-gain:.0%} less"


def _runners(count: int) -> str:
    if not count:
        return "no runners but the main process"
    return f"{count} runner{'' if count == 1 else 's'}"
