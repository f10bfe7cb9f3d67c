"""Measurement: what the iterations of a training cost, and the work of an agent-step that follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from traffic_marl.learning.costs.costs import Costs
from traffic_marl.learning.placing.work import Machine, Work, crowding


@dataclass(frozen=True)
class Measurement:
    """Iterations of a training with some runners."""

    homes: Mapping[int, str]  # machine of each runner, by its number from 1. Empty: the main process sampled.
    machines: Mapping[str, Machine]  # by name
    cpus_per_runner: int
    learners: int
    agent_steps: float  # of one iteration
    costs: Sequence[Costs]  # of each iteration

    @property
    def seconds(self) -> float:
        """[s] of an iteration."""
        return median(each.seconds for each in self.costs)

    @property
    def pace(self) -> float:
        """Agent-steps per second."""
        return self.agent_steps / self.seconds

    @property
    def learning(self) -> float:
        """[s] of learning in an iteration, of the slowest learner."""
        return median(max((one.learning for one in each.learners.values()), default=0.0) for each in self.costs)

    @property
    def sampling(self) -> float:
        """[s] of sampling in an iteration, of the slowest runner."""
        return median(max((one.sampling for one in each.runners.values()), default=0.0) for each in self.costs)

    @property
    def transfer(self) -> float:
        """[s] of an iteration in which samples and weights move."""
        return median(each.transfer_share * each.seconds for each in self.costs)

    @property
    def samples(self) -> float:
        """Bytes that each runner sends in an iteration."""
        return fmean(each.moved.samples for each in self.costs) / max(1, len(self.homes))

    @property
    def weights(self) -> float:
        """Bytes that each runner receives in an iteration."""
        return fmean(each.moved.weights for each in self.costs) / max(1, len(self.homes))

    @property
    def gradients(self) -> float:
        """Bytes of gradients that each learner sends to the others in an iteration."""
        return fmean(each.moved.gradients for each in self.costs) / max(1, self.learners)

    def sampling_on(self, machine: str) -> float:
        """[s] per agent-step of one runner on a machine, as if it had its CPUs to itself."""
        here = [number for number, home in self.homes.items() if home == machine]
        spent = median(fmean(self._sampling(each, number) for number in here) for each in self.costs)
        crowd = crowding(
            self.machines[machine], len(here), self.cpus_per_runner, is_learning=self._learns_beside(machine)
        )
        return spent / (self.agent_steps / len(self.homes)) / crowd

    def _learns_beside(self, machine: str) -> bool:
        """Whether the main process learns on a machine while runners sample there."""
        return self.machines[machine].is_here and not self.learners and self.costs[0].is_asynchronous

    def _sampling(self, costs: Costs, number: int) -> float:
        """[s] that a runner sampled in an iteration. One that gave nothing in it counts as the others."""
        known = costs.runners.get(number)
        others = [each.sampling for each in costs.runners.values()]
        return known.sampling if known is not None else fmean(others or [0.0])


def work_of(found: Measurement) -> Work:
    """The work of an agent-step, by a measurement with runners."""
    return Work(
        sampling={home: found.sampling_on(home) for home in sorted(set(found.homes.values()))},
        learning=found.learning / found.agent_steps,
        transfer=found.transfer / found.agent_steps,
        is_asynchronous=found.costs[0].is_asynchronous,
    )
