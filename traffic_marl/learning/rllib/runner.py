"""TeamRunner: RLlib's sampler for whole batches of copies, with one pass of the network a decision."""

import math
from typing import Any, Protocol

import gymnasium as gym
import numpy as np
import ray
import torch
from ray.rllib.core import COMPONENT_RL_MODULE
from ray.rllib.core.columns import Columns
from ray.rllib.env import INPUT_ENV_SINGLE_SPACES, INPUT_ENV_SPACES
from ray.rllib.env.env_runner import EnvRunner
from ray.rllib.utils.checkpoints import Checkpointable
from ray.rllib.utils.metrics import (
    EPISODE_LEN_MEAN,
    EPISODE_RETURN_MEAN,
    NUM_AGENT_STEPS_SAMPLED,
    NUM_AGENT_STEPS_SAMPLED_LIFETIME,
    NUM_ENV_STEPS_SAMPLED,
    NUM_ENV_STEPS_SAMPLED_LIFETIME,
    NUM_EPISODES,
    NUM_EPISODES_LIFETIME,
    NUM_MODULE_STEPS_SAMPLED,
    NUM_MODULE_STEPS_SAMPLED_LIFETIME,
    SAMPLE_TIMER,
    WEIGHTS_SEQ_NO,
)

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.learning.rllib.episode import TeamEpisode
from traffic_marl.learning.rllib.modules import TEAM
from traffic_marl.observation import ObservationLayout

MAKE_ENVIRONMENT = "make_environment"  # where a runner finds the maker of its environment
FRAGMENT = "fragment"  # and how many decisions of each copy one call gives
AGENT_RETURNS = "agent_episode_returns_mean"  # RLlib's name for returns by agent
DRAWS = "draws"  # in a runner's state: where its lots stand


class Environment(Protocol):
    """What a runner steps: `env.VectorEnv`, or what a test puts in its place."""

    copies: int
    intersections: tuple[str, ...]
    layout: ObservationLayout
    actions: int
    steps: int  # decisions of an episode
    seeds: Any
    next_seed: int

    def reset(self) -> Singles:
        """Begins an episode in every copy and gives its observations (B, N, F)."""
        ...

    def step(self, actions: Ints) -> tuple[Singles, Singles, Bools, Bools, dict[str, Any]]:
        """Observations, rewards, terminated, truncated and infos after these actions (B, N)."""
        ...


class MakeEnvironment(Protocol):
    """Makes the environment of a runner; goes with the configuration to other processes."""

    def __call__(self, copies: int, runner: int, runners: int, threads: int | None) -> Environment:
        """An environment of so many copies, whose seeds no other of the runners meets."""
        ...


class TeamRunner(EnvRunner, Checkpointable):  # type: ignore[misc]
    """Steps B copies of the environment and asks the policy once for all of their intersections.

    `sample` gives a list of TeamEpisodes, one for each copy and stretch without an end of an episode in it; an episode
    may go on in the next call. What remains open in between is kept here. The seeds an episode meets follow from the
    number of episodes before it, so a training run that was interrupted goes on with those that come next.
    """

    def __init__(self, config: Any, **others: Any) -> None:
        super().__init__(config=config, **others)
        self.spaces = others.get("spaces") or {}
        self._weights_seq_no = 0
        self._env_runner_state_server: Any = None  # IMPALA and APPO put it here: where newer weights are to be had
        self._observations: Singles | None = None
        torch.set_num_threads(1)
        if self._is_used():
            self.make_env()
        self.make_module()
        self._lots = torch.Generator()
        self._lots.manual_seed(self._seed or 0)

    def _is_used(self) -> bool:
        """Whether this runner is one of those that sample: the local one does only where it is alone."""
        return bool(self.worker_index) or self.config.num_env_runners == 0 or self.config.create_env_on_local_worker

    def make_env(self) -> None:
        """Makes the environment."""
        runners = max(1, self.config.num_env_runners)
        threads = None if self.config.num_env_runners == 0 else max(1, int(self.config.num_cpus_per_env_runner))
        make: MakeEnvironment = self.config.env_config[MAKE_ENVIRONMENT]
        self.env: Any = make(
            self.config.num_envs_per_env_runner, max(0, (self.worker_index or 0) - 1), runners, threads
        )
        self._observations = None

    def get_spaces(self) -> dict[str, tuple[gym.Space[Any], gym.Space[Any]]]:
        """What a module is fed and gives, for the whole team."""
        if self.env is None:
            return dict(self.spaces)
        agents = len(self.env.intersections)
        observed = gym.spaces.Box(-np.inf, np.inf, (agents, self.env.layout.size), np.float32)
        asked = gym.spaces.MultiDiscrete([self.env.actions] * agents)
        return dict.fromkeys((INPUT_ENV_SPACES, INPUT_ENV_SINGLE_SPACES, TEAM), (observed, asked))

    def make_module(self) -> None:
        """Makes the policy, without critic."""
        spec = self.config.get_multi_rl_module_spec(spaces=self.get_spaces(), inference_only=True)
        self.module = spec.build()
        self.module[TEAM].eval()

    def assert_healthy(self) -> None:
        """Holds that the runner is ready."""
        assert self.module is not None

    def stop(self) -> None:
        """Nothing to give back."""

    def sample(
        self,
        *,
        num_timesteps: int | None = None,
        num_episodes: int | None = None,
        explore: bool | None = None,
        force_reset: bool = False,
        **others: Any,
    ) -> list[TeamEpisode]:
        """Moves the copies on and tells what they went through.

        Args:
            num_timesteps: decisions of all copies together; without it and `num_episodes` a fragment for each copy.
            num_episodes: so many episodes instead, from their start, rounded up to whole batches of copies.
            explore: draw the phases; False: take the best. None: as configured.
            force_reset: begin new episodes first.
            others: RLlib's, not used.
        """
        self._pull_weights()
        explores = self.config.explore if explore is None else explore
        if self._observations is None or force_reset or num_episodes is not None:
            self._begin()
        with self.metrics.log_time(SAMPLE_TIMER), torch.inference_mode():
            episodes = self._sample(self._decisions(num_timesteps, num_episodes), explores)
        if num_episodes is not None:
            self._observations = None
        self.metrics.log_value(WEIGHTS_SEQ_NO, self._weights_seq_no, window=1)
        return episodes

    def _decisions(self, num_timesteps: int | None, num_episodes: int | None) -> int:
        """Decisions of each copy that are asked for."""
        copies = int(self.config.num_envs_per_env_runner)
        if num_episodes is not None:
            return int(self.env.steps) * math.ceil(num_episodes / copies)
        if num_timesteps is not None:
            return max(1, math.ceil(num_timesteps / copies))
        return int(self.config.env_config[FRAGMENT])

    def _begin(self) -> None:
        """Begins new episodes, with the seeds that come after those of all decisions so far."""
        runners = max(1, self.config.num_env_runners)
        before = math.ceil(self.num_env_steps_sampled_lifetime / (runners * self.env.copies * self.env.steps))
        self.env.next_seed = max(self.env.next_seed, before * self.env.copies)
        if self.worker_index:  # what a checkpoint keeps of lots is not this runner's: new ones, but always the same
            self._lots.manual_seed(hash((self._seed or 0, before)) % 2**63)
        self._observations = self.env.reset()

    def _sample(self, decisions: int, explores: bool) -> list[TeamEpisode]:
        env, observations = self.env, self._observations
        assert observations is not None, "an episode has begun"
        team = observations.shape[:2]
        columns = {
            Columns.OBS: np.empty((decisions, *observations.shape), np.float32),
            Columns.ACTIONS: np.empty((decisions, *team), np.int64),
            Columns.REWARDS: np.empty((decisions, *team), np.float32),
            Columns.ACTION_LOGP: np.empty((decisions, *team), np.float32),
            Columns.ACTION_DIST_INPUTS: np.empty((decisions, *team, env.actions), np.float32),
        }
        episodes: list[TeamEpisode] = []
        begin = 0
        for now in range(decisions):
            actions, chances, scores = self._decide(observations, explores)
            for name, values in (
                (Columns.OBS, observations),
                (Columns.ACTIONS, actions),
                (Columns.ACTION_LOGP, chances),
                (Columns.ACTION_DIST_INPUTS, scores),
            ):
                columns[name][now] = values
            observations, columns[Columns.REWARDS][now], _, truncated, infos = env.step(actions)
            if truncated[0]:  # all copies end together
                episodes += cut(columns, begin, now + 1, infos["final_observations"], True)
                self._log_episodes(infos["episode"], env.steps)
                begin = now + 1
        if begin < decisions:
            episodes += cut(columns, begin, decisions, observations, False)
        self._observations = observations
        self._log_steps(decisions * env.copies, len(env.intersections))
        return episodes

    def _decide(self, observations: Singles, explores: bool) -> tuple[Ints, Singles, Singles]:
        """Phases (B, N), the logarithm of their probability (B, N), and the scores they come from (B, N, P)."""
        module = self.module[TEAM]
        batch = {Columns.OBS: torch.from_numpy(observations)}
        output = module.forward_exploration(batch) if explores else module.forward_inference(batch)
        scores = output[Columns.ACTION_DIST_INPUTS]
        chances = torch.log_softmax(scores, -1)
        if explores:  # the greatest of the scores with Gumbel noise added is a draw from their softmax
            noise = torch.empty_like(chances).exponential_(generator=self._lots)
            actions = (chances - noise.log()).argmax(-1)
        else:
            actions = chances.argmax(-1)
        chosen = chances.gather(-1, actions.unsqueeze(-1)).squeeze(-1)
        return actions.numpy(), chosen.numpy(), scores.numpy()

    def _log_steps(self, steps: int, agents: int) -> None:
        """Counts decisions of copies, and of intersections under one name for all."""
        for name, count, lifetime in (
            (NUM_ENV_STEPS_SAMPLED, steps, NUM_ENV_STEPS_SAMPLED_LIFETIME),
            ((NUM_AGENT_STEPS_SAMPLED, "all"), steps * agents, (NUM_AGENT_STEPS_SAMPLED_LIFETIME, "all")),
            ((NUM_MODULE_STEPS_SAMPLED, TEAM), steps * agents, (NUM_MODULE_STEPS_SAMPLED_LIFETIME, TEAM)),
        ):
            self.metrics.log_value(name, count, reduce="sum")
            self.metrics.log_value(lifetime, count, reduce="lifetime_sum")
        self._log_env_steps(self._metrics_num_env_steps_sampled, steps)
        self.num_env_steps_sampled_lifetime += steps

    def _log_episodes(self, episode: dict[str, Any], steps: int) -> None:
        """What the episodes that just ended came to, all copies at once."""
        returns = episode["return"]
        self.metrics.log_value(NUM_EPISODES, len(returns), reduce="sum")
        self.metrics.log_value(NUM_EPISODES_LIFETIME, len(returns), reduce="lifetime_sum")
        means = {
            EPISODE_LEN_MEAN: float(steps),
            EPISODE_RETURN_MEAN: float(returns.sum(1).mean()),
            **{name: float(values.mean()) for name, values in episode.items() if name != "return"},
        }
        self.metrics.log_dict(means, window=1)
        self.metrics.log_value((AGENT_RETURNS, "all"), float(returns.mean()), window=1)

    def _pull_weights(self) -> None:
        """Takes newer weights where RLlib has a server for them."""
        if self._env_runner_state_server is None:
            return
        try:
            state = ray.get(self._env_runner_state_server.pull_if_newer.remote(self._weights_seq_no))
        except ray.exceptions.RayError:  # the server is restarting: the next call will find it
            return
        if state is not None:
            self.set_state(state)

    def get_metrics(self) -> Any:
        """What was logged since the last call."""
        return self.metrics.reduce()

    def get_state(self, components: Any = None, *, not_components: Any = None, **others: Any) -> dict[str, Any]:
        """What a checkpoint keeps of a runner."""
        state: dict[str, Any] = {
            NUM_ENV_STEPS_SAMPLED_LIFETIME: self.num_env_steps_sampled_lifetime,
            DRAWS: self._lots.get_state().numpy(),
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
        """Takes over weights that are newer than its own, counts, and where the lots stand, as far as given."""
        if COMPONENT_RL_MODULE in state:
            number = state.get(WEIGHTS_SEQ_NO, 0)
            if number == 0 or number > self._weights_seq_no:
                weights = state[COMPONENT_RL_MODULE]
                self.module.set_state(ray.get(weights) if isinstance(weights, ray.ObjectRef) else weights)
            self._weights_seq_no = max(number, self._weights_seq_no)
        if NUM_ENV_STEPS_SAMPLED_LIFETIME in state:
            self.num_env_steps_sampled_lifetime = state[NUM_ENV_STEPS_SAMPLED_LIFETIME]
        if DRAWS in state:
            self._lots.set_state(torch.from_numpy(state[DRAWS]))

    def get_ctor_args_and_kwargs(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What a runner like this one is made of."""
        return (), {"config": self.config}

    def get_checkpointable_components(self) -> list[tuple[str, Any]]:
        """Its parts that are kept apart."""
        return [(COMPONENT_RL_MODULE, self.module)]


def cut(columns: dict[str, Any], first: int, last: int, following: Singles, is_end: bool) -> list[TeamEpisode]:
    """Decisions first .. last - 1 of columns (T, B, N, ...) as an episode for each copy, without copying.

    Args:
        columns: by name.
        first: the first decision.
        last: one past the last.
        following: (B, N, F) observations after it.
        is_end: whether the episodes ended there.
    """
    return [
        TeamEpisode({name: column[first:last, copy] for name, column in columns.items()}, following[copy], is_end)
        for copy in range(len(following))
    ]
