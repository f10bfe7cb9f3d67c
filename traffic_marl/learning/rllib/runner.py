"""TeamRunner: a runner for RLlib that steps whole batches of copies, with one pass of the network per decision."""

import math
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import ray
import torch
from ray.rllib.core import COMPONENT_RL_MODULE
from ray.rllib.core.columns import Columns
from ray.rllib.env import INPUT_ENV_SINGLE_SPACES, INPUT_ENV_SPACES
from ray.rllib.env.env_runner import EnvRunner
from ray.rllib.utils.checkpoints import Checkpointable
from ray.rllib.utils.metrics import NUM_ENV_STEPS_SAMPLED_LIFETIME, SAMPLE_TIMER, WEIGHTS_SEQ_NO

from traffic_marl.arrays import Singles
from traffic_marl.errors import TrafficError
from traffic_marl.learning.environment import Environment, MakeEnvironment
from traffic_marl.learning.rllib.costs.runner import RunnerClock
from traffic_marl.learning.rllib.episode import TeamEpisode, cut
from traffic_marl.learning.rllib.metrics import log_episodes, log_seeds, log_steps
from traffic_marl.learning.rllib.modules import TEAM
from traffic_marl.learning.rllib.sampling.decisions import decide, empty_columns, write_decisions
from traffic_marl.learning.rllib.sampling.server import WeightServer
from traffic_marl.remarks import silence_warnings

MAKE_ENVIRONMENT = "make_environment"  # key in `env_config`: makes the environment of a runner
FRAGMENT = "fragment"  # key in `env_config`: decisions of each copy in one call of `sample`
RANDOM_STATE = "draws"  # key in the state of a runner, as it has been since version 0.1
OWNER = "runner"  # key in the state of a runner in another process: its number


class TeamRunner(EnvRunner, Checkpointable):  # type: ignore[misc]
    """Steps B copies of the environment and calls the policy once per decision for all their intersections.

    `sample` gives a list of TeamEpisodes: for each copy a stretch of decisions without an end of an episode inside. An
    episode may continue in the next call. The seeds of an episode follow from the number of episodes before it, so
    that a resumed run continues with the next seeds.
    """

    env: Environment

    def __init__(self, config: Any, **others: Any) -> None:
        super().__init__(config=config, **others)
        self.spaces = others.get("spaces") or {}
        self.copies = int(config.num_envs_per_env_runner)  # of the traffic, from the next episode on
        self._clock = RunnerClock(self.metrics, self.worker_index or 0)
        self.preparation: Callable[[Environment], None] | None = None  # is called with each environment
        self._weights_seq_no = 0
        self._server: WeightServer | None = None
        self._observations: Singles | None = None
        self._now = 0  # decisions of the episode so far
        self._told = 0  # place in the seeds that the metrics have
        torch.set_num_threads(1)
        if self._is_used():
            self.make_env()
        self.make_module()
        self._generator = torch.Generator()
        self._generator.manual_seed((self.config.seed or 0) + self._place)

    def _is_used(self) -> bool:
        """Whether this runner samples. The local one does so only if it is alone."""
        return bool(self.worker_index) or self.config.num_env_runners == 0 or self.config.create_env_on_local_worker

    @property
    def _place(self) -> int:
        """Number of this runner among those that sample, from 0. The one in this process is alone."""
        return max(0, (self.worker_index or 0) - 1)

    def make_env(self) -> None:
        """Makes the environment."""
        runners = max(1, self.config.num_env_runners)
        threads = None if self.config.num_env_runners == 0 else max(1, int(self.config.num_cpus_per_env_runner))
        silence_warnings()  # because the process that trains has told the remarks
        make: MakeEnvironment = self.config.env_config[MAKE_ENVIRONMENT]
        self.env = make(self.copies, self._place, runners, threads)
        self.prepare(self.preparation)
        self._observations = None

    def prepare(self, preparation: Callable[[Environment], None] | None) -> None:
        """Calls a function with the environment, and with each that is made later. A runner without one keeps it."""
        self.preparation = preparation
        if preparation is not None and self.env is not None:
            preparation(self.env)

    def get_spaces(self) -> dict[str, tuple[gym.Space[Any], gym.Space[Any]]]:
        """The spaces of observations and actions of the whole team."""
        if self.env is None:
            return dict(self.spaces)
        agents = len(self.env.intersections)
        observed = gym.spaces.Box(-np.inf, np.inf, (agents, self.env.layout.size), np.float32)
        asked = gym.spaces.MultiDiscrete([self.env.num_actions] * agents)
        return dict.fromkeys((INPUT_ENV_SPACES, INPUT_ENV_SINGLE_SPACES, TEAM), (observed, asked))

    def make_module(self) -> None:
        """Makes the policy, without the critic."""
        spec = self.config.get_multi_rl_module_spec(spaces=self.get_spaces(), inference_only=True)
        self.module = spec.build()
        self.module[TEAM].eval()

    def assert_healthy(self) -> None:
        """Asserts that the runner is ready."""
        assert self.module is not None

    def apply(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Calls a function with this runner, as RLlib asks a runner in another process to do.

        An error reaches the caller. RLlib's own method would end the process instead, and the error with it.
        """
        try:
            return func(self, *args, **kwargs)
        except RuntimeError as error:  # of RLlib's own runner, which hides the error of the environment in it
            if isinstance(error.__cause__, TrafficError):
                raise error.__cause__ from None
            raise

    def stop(self) -> None:
        """Does nothing. There is nothing to release."""

    def sample(
        self,
        *,
        num_timesteps: int | None = None,
        num_episodes: int | None = None,
        explore: bool | None = None,
        force_reset: bool = False,
        **others: Any,
    ) -> list[TeamEpisode]:
        """Steps the copies and gives their decisions.

        Args:
            num_timesteps: decisions of all copies together. None, without `num_episodes`: a fragment of each copy.
            num_episodes: number of whole new episodes, rounded up to a multiple of the copies.
            explore: True draws the phases, False takes the best ones, None does as configured.
            force_reset: whether to begin new episodes first.
            others: further arguments of RLlib. They are not used.
        """
        self._pull_weights()
        explores = self.config.explore if explore is None else explore
        if self._observations is None or force_reset or num_episodes is not None:
            self._begin()
        with self.metrics.log_time(SAMPLE_TIMER), self._clock.sampling(), torch.inference_mode():
            episodes = self._sample(self._decisions(num_timesteps, num_episodes), explores)
        if num_episodes is not None:
            self._observations = None
        self.metrics.log_value(WEIGHTS_SEQ_NO, self._weights_seq_no, window=1)
        return episodes

    def sample_get_state_and_metrics(self) -> tuple[Any, dict[str, Any], Any]:
        """Samples, and gives a reference to the samples. Asynchronous algorithms of RLlib call it."""
        episodes = self.sample()
        with self._clock.moving():
            reference = ray.put(episodes)
        return reference, self.get_state(not_components=COMPONENT_RL_MODULE), self.get_metrics()

    def _decisions(self, num_timesteps: int | None, num_episodes: int | None) -> int:
        """Decisions of each copy for one call of `sample`."""
        copies = self.env.copies
        if num_episodes is not None:
            return int(self.env.steps) * math.ceil(num_episodes / copies)
        if num_timesteps is not None:
            return max(1, math.ceil(num_timesteps / copies))
        return int(self.config.env_config[FRAGMENT])

    def begin_again(self, steps: int, begun: int = 0, *, is_successor: bool = False) -> None:
        """Begins new episodes, with a random state and seeds that no runner has had.

        Args:
            steps: decisions of the copies of all runners so far.
            begun: place in the seeds that the metrics have for the number of this runner.
            is_successor: whether the runner before was lost, maybe with seeds that are not in the metrics yet.
        """
        self._told = begun
        self.env.next_seed = max(self.env.next_seed, begun + (self._untold if is_successor else 0))
        self.num_env_steps_sampled_lifetime = steps
        self._generator.manual_seed(hash((self._seed or 0, steps)) % 2**63)
        self._observations = None

    @property
    def _untold(self) -> int:
        """The most seeds that a runner begins before the metrics have them.

        A runner may step the copies of all, and be lost after all samples of an iteration, rounded up to fragments.
        """
        copies = self.config.num_envs_per_env_runner * max(1, self.config.num_env_runners)
        return int(2 * copies * math.ceil(self.config.env_config[FRAGMENT] / self.env.steps))

    def _begin(self) -> None:
        """Begins new episodes with the next seeds after all decisions so far."""
        runners = max(1, self.config.num_env_runners)
        self._resize(self.env.next_seed)
        before = math.ceil(self.num_env_steps_sampled_lifetime / (runners * self.env.copies * self.env.steps))
        self.env.next_seed = max(self.env.next_seed, before * self.env.copies)
        self._observations = self.env.reset()
        self._now = 0

    def _resize(self, next_seed: int) -> bool:
        """Makes a new environment, from this seed on, if the runner is to step another number of copies now."""
        if self.copies == self.env.copies:
            return False
        self.make_env()
        self.env.next_seed = next_seed
        return True

    def _sample(self, decisions: int, explores: bool) -> list[TeamEpisode]:
        """The decisions of all copies, in stretches without the end of an episode inside."""
        episodes: list[TeamEpisode] = []
        left, steps = decisions, 0
        while left:
            stretch = self._stretch(left, explores)
            episodes += stretch
            left -= len(stretch[0])
            steps += len(stretch[0]) * len(stretch)
        self._clock.sampled(episodes, steps, self.env.copies)
        log_steps(self.metrics, steps, len(self.env.intersections))
        self._log_env_steps(self._metrics_num_env_steps_sampled, steps)
        self.num_env_steps_sampled_lifetime += steps
        self._tell_seeds()
        return episodes

    def _tell_seeds(self) -> None:
        """Logs the seeds that have been begun. Those of episodes without a decision yet do not count."""
        if self.worker_index:
            begun = self.env.next_seed - (0 if self._now else self.env.copies)
            log_seeds(self.metrics, self.worker_index, begun - self._told)
            self._told = begun

    def _stretch(self, longest: int, explores: bool) -> list[TeamEpisode]:
        """The next decisions of each copy, up to the end of the episodes, which all copies reach together."""
        env, observations = self.env, self._observations
        assert observations is not None, "an episode has begun"
        length = min(longest, env.steps - self._now)
        columns = empty_columns(length, observations, env.num_actions)
        for now in range(length):
            decisions = decide(self.module[TEAM], env.layout, observations, explores, self._generator)
            write_decisions(columns, now, observations, decisions)
            observations, columns[Columns.REWARDS][now], _, truncated, infos = env.step(decisions[0])
            self._now += 1
            if truncated[0]:
                log_episodes(self.metrics, infos["episode"], env.steps)
                self._continue(observations)
                return cut(columns, now + 1, infos["final_obs"], True, self._weights_seq_no)
        self._observations = observations
        return cut(columns, length, observations, False, self._weights_seq_no)

    def _continue(self, observations: Singles) -> None:
        """Goes on with new episodes, which the environment has begun itself, unless the number of copies changes."""
        self._now = 0
        is_new = self._resize(self.env.next_seed - self.env.copies)
        self._observations = self.env.reset() if is_new else observations

    @property
    def _env_runner_state_server(self) -> Any:
        """The server of newer weights. Asynchronous algorithms of RLlib set it if weights are pulled."""
        return self._server

    @_env_runner_state_server.setter
    def _env_runner_state_server(self, handle: Any) -> None:
        self._server = None if handle is None else WeightServer(handle)

    def _pull_weights(self) -> None:
        """Takes newer weights from the server, if RLlib has one."""
        if self._server is None:
            return
        with self._clock.moving():
            state = self._server.newer(self._weights_seq_no)
        if state is not None:
            self.set_state(state)

    def get_metrics(self) -> Any:
        """The metrics since the last call."""
        return self.metrics.reduce()

    def get_state(self, components: Any = None, *, not_components: Any = None, **others: Any) -> dict[str, Any]:
        """The state of the runner in a checkpoint. It says whose random state it is, if it has a process of its own."""
        state: dict[str, Any] = {
            NUM_ENV_STEPS_SAMPLED_LIFETIME: self.num_env_steps_sampled_lifetime,
            RANDOM_STATE: self._generator.get_state().numpy(),
            **({OWNER: self.worker_index} if self.worker_index else {}),
        }
        if self._check_component(COMPONENT_RL_MODULE, components, not_components):
            state[COMPONENT_RL_MODULE] = self.module.get_state(
                components=self._get_subcomponents(COMPONENT_RL_MODULE, components),
                not_components=self._get_subcomponents(COMPONENT_RL_MODULE, not_components),
                **others,
            )
            state[WEIGHTS_SEQ_NO] = self._weights_seq_no
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes over newer weights, counts and the random state of this runner, as far as they are given."""
        if COMPONENT_RL_MODULE in state:
            number = state.get(WEIGHTS_SEQ_NO, 0)
            if number == 0 or number > self._weights_seq_no:
                self._take(state[COMPONENT_RL_MODULE])
            self._weights_seq_no = max(number, self._weights_seq_no)
        if NUM_ENV_STEPS_SAMPLED_LIFETIME in state:
            self.num_env_steps_sampled_lifetime = state[NUM_ENV_STEPS_SAMPLED_LIFETIME]
        if RANDOM_STATE in state and state.get(OWNER, 0) == (self.worker_index or 0):
            self._generator.set_state(torch.from_numpy(state[RANDOM_STATE]))

    def _take(self, weights: Any) -> None:
        """Takes over weights by module, or those that a reference names."""
        with self._clock.moving():
            arrays = ray.get(weights) if isinstance(weights, ray.ObjectRef) else weights
            self.module.set_state(arrays)
        self._clock.taken(arrays)

    def get_ctor_args_and_kwargs(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of the constructor."""
        return (), {"config": self.config}

    def get_checkpointable_components(self) -> list[tuple[str, Any]]:
        """The parts with a checkpoint of their own."""
        return [(COMPONENT_RL_MODULE, self.module)]
