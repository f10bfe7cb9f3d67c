"""The training of one district: it runs where the district's data is, and weights alone leave it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import nan
from pathlib import Path
from statistics import fmean
from typing import Any, Protocol

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.environments import VectorEnv
from traffic_marl.errors import TrafficError
from traffic_marl.files import damage
from traffic_marl.learning.environment import MakeEnvironment, ScenarioEnvironment
from traffic_marl.learning.federated.averaging import Update, change_of, clipped, noised
from traffic_marl.learning.federated.district_folder import DistrictFolder
from traffic_marl.learning.federated.federation import District, Federation
from traffic_marl.learning.federated.padded import PaddedEnvironment, Sizes, sizes_of
from traffic_marl.learning.federated.part import PartEnvironment, PartOf
from traffic_marl.learning.iterations import Iteration, Learner, LostProcessError
from traffic_marl.learning.layouts import ensure_sufficient
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.policy import Policy
from traffic_marl.learning.runs.progress import progress_row
from traffic_marl.learning.runs.validation import Delays, seeds_to_validate
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.measures import mean_over_known
from traffic_marl.rollout import run
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.strategies.named import NamedStrategy


class SharingLearner(Learner, Protocol):
    """A learner whose actor is taken out and replaced between iterations."""

    def weights(self) -> dict[str, Any]:
        """A copy of the weights of the actor, by name."""
        ...

    def replace(self, weights: dict[str, Any]) -> None:
        """Replaces the weights of the actor.

        Raises:
            ValueError: they belong to another network.
        """
        ...

    def prepare_environments(self, preparation: Callable[[Any], None]) -> None:
        """Calls a function with the environment of each runner, and with each environment that is made later."""
        ...


@dataclass(frozen=True)
class DistrictTask:
    """All that a district is told before it begins."""

    district: District
    number: int  # of the district, from 0
    federation: Federation
    settings: TrainingSettings
    validation: int  # number of validation seeds
    folder: str  # path of the district's folder, on its own machine
    last_round: int | None  # to go on from. None begins.
    cpus_per_runner: int = 1
    scenario: Scenario | None = None  # that all districts divide. None: the district loads its own.
    own: tuple[int, ...] = ()  # numbers of its intersections, if they divide one


@dataclass(frozen=True, eq=False)
class Round:
    """All that leaves a district after a round."""

    update: Update
    results: Iteration | None  # means over the round. None if the district keeps them for itself.


class DistrictTraining:
    """Trains on the traffic of one district, one round at a time.

    With noise, nothing that depends on the traffic leaves the district but its noised updates. Delays, returns and
    losses are written to the table in the district's own folder.

    Args:
        task: of the district.

    Raises:
        TrafficError: the scenario cannot be used, the folder cannot be written, or there is nothing to go on from.
    """

    def __init__(self, task: DistrictTask) -> None:
        self.task = task
        self.scenario = load_scenario(task.district.holds) if task.scenario is None else task.scenario
        self.seeds = seeds_to_validate(self.scenario, task.validation)
        self._make = ScenarioEnvironment(self.scenario, task.settings)
        whole = self._make(1)
        assert isinstance(whole, VectorEnv), "a district has one scenario"
        ensure_sufficient(whole.layout, task.settings)
        self._sizes = sizes_of(whole)
        opened = DistrictFolder.create if task.last_round is None else DistrictFolder.open_folder
        self.folder = opened(Path(task.folder), self.scenario)
        self.rounds, self._agent_steps = 0, 0
        self._begun: SharingLearner | None = None

    @property
    def learner(self) -> "SharingLearner":
        """The learner, once the training has begun."""
        assert self._begun is not None, "the sizes of all districts are known first"
        return self._begun

    def sizes(self) -> Sizes:
        """The sizes of the observations of this district, and of its choice."""
        return self._sizes

    def begin(self, sizes: Sizes) -> dict[str, Any]:
        """Makes the network, with room for all districts, and goes on from the task's last round.

        Args:
            sizes: that have room for all.

        Returns:
            The weights before any training, which depend on the seed alone. Later ones leave as updates.

        Raises:
            FileError: there is nothing to go on from.
        """
        from traffic_marl.learning.rllib.districts.learner import DistrictLearner

        task = self.task
        make: MakeEnvironment = PaddedEnvironment(self._make, sizes)
        if task.own:
            make = PartOf(self._make, task.own, task.number, len(task.federation.members))
        own = Placement(cpus_per_runner=task.cpus_per_runner)
        self._begun = DistrictLearner(self.scenario, task.settings, placement=own, make=make)
        first = self.learner.weights()
        if task.last_round is not None:
            self._restore(task.last_round)
        return first

    def architecture(self) -> dict[str, Any]:
        """The structure of the policy on the network of this district, in plain values."""
        return self.learner.policy().architecture()

    def train(self, common: dict[str, Any], share: float, *, critic_alone: bool = False) -> Round:
        """Takes the common weights, trains for a round, and gives the change of the weights.

        Args:
            common: weights of all districts.
            share: of the budget that is used, 0 to 1.
            critic_alone: whether the policy stays.

        Raises:
            LostProcessError: a process of the district has died.
            TrafficError: a function of the user's own has failed.
        """
        self.learner.replace(common)
        if self.task.own:
            self._tell_others()
        iterations = [
            self.learner.iterate(share, critic_alone=critic_alone) for _ in range(self.task.federation.average_every)
        ]
        results = joined(iterations)
        self.rounds += 1
        self._agent_steps += results.agent_steps
        self._note(results, None)
        update = self._update(change_of(self.learner.weights(), common), results.agent_steps)
        return Round(update, results if self.task.federation.privacy is None else None)

    def _update(self, change: dict[str, Any], agent_steps: int) -> Update:
        """The change as it leaves the district: cut, with noise, in single precision."""
        federation = self.task.federation
        if federation.update_clip is not None:
            change = clipped(change, federation.update_clip)
        if federation.noise is not None:
            assert federation.update_clip is not None, "the federation is checked"
            # Noise from a seed that others know could be subtracted again, so that it comes from the system.
            change = noised(change, federation.noise * federation.update_clip, np.random.default_rng())
        sent = {name: array.astype(np.float32) for name, array in change.items()}
        return Update(sent, agent_steps, self.folder.count_update())

    def _tell_others(self) -> None:
        """Gives the other intersections of the simulation the common policy, which the learner has just taken."""
        self.learner.prepare_environments(partial(_follow, common=self.learner.policy()))

    def measure(self, strategy: NamedStrategy, *, is_policy: bool = False) -> float | None:
        """Mean delay [s/veh] of a strategy on the district's own validation traffic. None if it stays here.

        Args:
            strategy: any.
            is_policy: whether it is the common policy, whose delay belongs into the table.

        Raises:
            TrafficError: the strategy cannot be used.
        """
        delays = self._delays(strategy)
        mean = mean_over_known(delays)
        found = Delays.of([str(seed) for seed in self.seeds], delays, mean)
        if is_policy and found is not None:
            self._note(Iteration(0, None, None, {}), found)
        if self.task.federation.privacy is not None:
            return None
        return nan if mean is None else mean

    def _delays(self, strategy: NamedStrategy) -> Floats:
        """[s/veh] Mean delay for each seed: of the whole scenario, or at the district's own intersections."""
        if not self.task.own:
            return run(self.scenario, strategy, self.seeds).measures.mean_delay
        local = run(self.scenario, strategy, self.seeds, by_movement=True).local
        assert local is not None, "it was asked for"
        return own_delays(local.intersections.total_delay, local.intersections.arrived, self.task.own)

    def _note(self, results: Iteration, delays: Delays | None) -> None:
        """Writes a line of the district's own table, or fills in the delays of the present one."""
        row = progress_row(
            results, number=self.rounds, agent_steps=self._agent_steps, seconds=0.0, pace=None, delays=delays
        )
        told = row if delays is None else {name: value for name, value in row.items() if "validation" in name}
        place = {"iteration": self.rounds, "agent_steps": self._agent_steps}
        self.folder.note({**place, **{name: value for name, value in told.items() if name != "seconds"}})

    def save(self) -> int:
        """Writes the state of the training to the district's folder. Gives the number of rounds, which names it."""
        self.folder.save(self.rounds, self.learner.save)
        return self.rounds

    def _restore(self, number: int) -> None:
        """Goes on from the state after a round.

        Raises:
            FileError: it is missing or damaged.
        """
        state = self.folder.state_of(number)
        try:
            self.learner.restore(state)
        except (TrafficError, LostProcessError):
            raise
        except Exception as error:  # damaged files make the libraries raise anything
            raise damage(Path(self.task.folder), f"the state of round {number}") from error
        self.rounds = number
        self._agent_steps = max((int(row["agent_steps"]) for row in self.folder.rows), default=0)

    def close(self) -> None:
        """Releases processes and memory."""
        if self._begun is not None:
            self._begun.close()


def _follow(environment: PartEnvironment, common: Policy) -> None:
    """Lets the intersections of other districts follow the common policy."""
    environment.common = common


def joined(iterations: Sequence[Iteration]) -> Iteration:
    """The iterations of a round, or of several districts, as one: the sum of their samples, and means of the rest."""
    names = dict.fromkeys(name for each in iterations for name in each.scalars)
    return Iteration(
        agent_steps=sum(each.agent_steps for each in iterations),
        mean_return=_mean([each.mean_return for each in iterations]),
        training_delay=_mean([each.training_delay for each in iterations]),
        scalars={name: fmean(each.scalars[name] for each in iterations if name in each.scalars) for name in names},
    )


def own_delays(total: Any, arrived: Any, own: Sequence[int]) -> Floats:
    """Mean delay [s/veh] of the vehicles at some intersections, for each copy. nan where no vehicle arrives.

    Args:
        total: [veh s] (B, N) delay.
        arrived: [veh] (B, N).
        own: numbers of the intersections.
    """
    delay, vehicles = total[:, list(own)].sum(axis=1), arrived[:, list(own)].sum(axis=1)
    return np.array([d / v if v else nan for d, v in zip(delay, vehicles, strict=True)], np.float64)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
