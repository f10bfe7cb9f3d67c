"""Plan: where the processes of a training would work, what each of them sends, and the pace to expect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from traffic_marl.learning.placing.demand import Demand, Node, Share, most_runners, shares
from traffic_marl.learning.placing.measuring import Measurement, work_of
from traffic_marl.learning.placing.work import Machine, Team, Work, fewest, pace, reason

STEPS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)  # numbers of runners that are compared


@dataclass(frozen=True)
class Plan:
    """The placing of a training, before anything is spent on it."""

    shares: Sequence[Share]  # runners and learners of each node
    demand: Demand
    copies: int  # of each runner, or of the main process
    measured: Measurement  # with runners, or of the main process if there are none
    pace: float  # [agent-steps/s] to expect
    paces: Mapping[int, float]  # [agent-steps/s] to expect by number of runners. Empty: the number was given.

    @property
    def runners(self) -> int:
        """Number of runners."""
        return self.demand.runners

    @property
    def agent_steps(self) -> float:
        """Agent-steps of an iteration."""
        return self.measured.agent_steps / max(1, len(self.measured.homes)) * max(1, self.runners)

    @property
    def sent(self) -> float:
        """Bytes of samples that each runner sends in an iteration."""
        return self.measured.samples

    @property
    def received(self) -> float:
        """Bytes of weights that each runner receives in an iteration."""
        return self.measured.weights

    @property
    def gradients(self) -> float:
        """Bytes of gradients that each learner sends to the others in an iteration."""
        return self.measured.gradients

    @property
    def why(self) -> str:
        """The reason for the number of runners. Empty if the number was given."""
        return reason(self.paces, self.runners) if self.paces else ""


def planned(demand: Demand, nodes: Sequence[Node], copies: int, measured: Measurement) -> Plan:
    """The plan for a number of runners that is given.

    Args:
        demand: of the training.
        nodes: of the cluster, without any process of a measurement.
        copies: of each runner.
        measured: with as many runners as are asked for, or with some of them.
    """
    placed = shares(demand, nodes)
    if len(measured.homes) == demand.runners:
        return Plan(placed, demand, copies, measured, measured.pace, {})
    machines = all_machines(nodes, measured)
    found = pace(completed(work_of(measured), machines), team_of(placed, demand), machines)
    return Plan(placed, demand, copies, measured, found, {})


def planned_best(
    demand: Demand, nodes: Sequence[Node], copies: int, with_runners: Measurement | None, alone: Measurement, most: int
) -> Plan:
    """The plan for the number of runners that is best by the measurements.

    Args:
        demand: of the training. Its number of runners is replaced.
        nodes: of the cluster, without any process of a measurement.
        copies: of each runner.
        with_runners: a measurement with runners. None if not a single one finds room.
        alone: a measurement of the main process.
        most: the largest number to think of.
    """
    paces = {0: alone.pace}
    if with_runners is not None:
        machines = all_machines(nodes, with_runners)
        work = completed(work_of(with_runners), machines)
        most = min(most, most_runners(demand, nodes))
        for count in sorted({min(step, most) for step in STEPS} - {0}):
            placed = shares(replace(demand, runners=count), nodes)
            paces[count] = pace(work, team_of(placed, demand), machines)
    chosen = replace(demand, runners=fewest(paces))
    measured = with_runners if with_runners is not None and chosen.runners else alone
    return Plan(shares(chosen, nodes), chosen, copies, measured, paces[chosen.runners], paces)


def team_of(placed: Sequence[Share], demand: Demand) -> Team:
    """The runners by machine."""
    runners: dict[str, int] = {}
    for share in placed:
        runners[share.node.machine] = runners.get(share.node.machine, 0) + share.runners
    return Team(runners, demand.cpus_per_runner, demand.learners)


def all_machines(nodes: Sequence[Node], measured: Measurement) -> dict[str, Machine]:
    """The machines by name. One on which nothing was measured has the CPUs that its nodes promise."""
    promised: dict[str, float] = {}
    for node in nodes:
        promised[node.machine] = promised.get(node.machine, 0.0) + node.cpus
    return {name: Machine(name, max(1, int(cpus))) for name, cpus in promised.items()} | dict(measured.machines)


def completed(work: Work, machines: Mapping[str, Machine]) -> Work:
    """The work with a value for every machine. One on which no runner was measured counts as the mean of the others."""
    mean = fmean(work.sampling.values())
    return replace(work, sampling={name: work.sampling.get(name, mean) for name in machines})
