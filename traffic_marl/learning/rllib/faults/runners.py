"""WatchedRunners: RLlib's runners. A runner that dies or hangs gets a successor, and one whose task fails is told.

RLlib cannot tell a runner that was killed from one whose reward fails in every episode. It starts both again, or gives
both up. Ray can tell them apart: a task that fails has a `RayTaskError`, a process that dies has another error of ray.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from ray.exceptions import RayActorError, RayError, RayTaskError
from ray.rllib.algorithms.algorithm_config import AlgorithmConfig
from ray.rllib.env.env_runner_group import EnvRunnerGroup
from ray.rllib.utils.metrics import ENV_RUNNER_RESULTS, NUM_ENV_STEPS_SAMPLED_LIFETIME

from traffic_marl.errors import one_line
from traffic_marl.learning.iterations import LostProcessError
from traffic_marl.learning.rllib.faults.patience import LEAST, Patience
from traffic_marl.learning.rllib.faults.watched import Calls, WatchedProcesses, kill
from traffic_marl.learning.rllib.metrics import BEGUN_SEEDS
from traffic_marl.learning.rllib.modules import TEAM
from traffic_marl.learning.rllib.sampling.weights import send_weights

LONGEST_SAMPLE = 3600.0  # [s] after which RLlib gives a runner up. Its minute is too short for large networks.
SAMPLING = "sample_get_state_and_metrics"  # RLlib's tag of asynchronous samples
PROBE = 0.2  # [s] to wait in each iteration for an answer of a runner that is being started again
RESTORE = 60.0  # [s] to wait until such a runner has taken over the present state


class NoRunnerError(Exception):
    """All runners have died. Their successors do not answer yet."""


class WatchedRunners(WatchedProcesses):
    """The runners of an algorithm.

    Args:
        group: of RLlib, that has just been built.
    """

    def __init__(self, group: EnvRunnerGroup) -> None:
        super().__init__(group._worker_manager, Patience(LEAST))
        self._group = group
        self.lost = 0  # runners that have died or were killed because they hung
        self.news: list[str] = []  # what has happened since it was last read, in sentences

    def set_actor_state(self, actor_id: int, healthy: bool) -> None:
        """Notes whether a runner answers. RLlib calls it."""
        before = self.is_actor_healthy(actor_id)
        super().set_actor_state(actor_id, healthy)
        if before and not healthy:
            self.lost += 1
            self.news.append(f"runner {actor_id} was lost, {self._present()}")
        elif healthy and not before:
            self.news.append(f"runner {actor_id} is back, {self._present()}")

    def drop_lost(self) -> None:
        """Gives up the runners that do not answer, so that nobody waits for them."""
        for process in self.actor_ids():
            if not self.is_actor_healthy(process):
                kill([self.remove_actor(process)])

    def _present(self) -> str:
        return f"{self.num_healthy_actors()} of {self.num_actors()} sample"

    def _fetch_result(
        self, *, timeout_seconds: float | None = None, mark_healthy: bool = False, **others: Any
    ) -> tuple[Calls, Any]:
        """The answers. RLlib calls it. It starts successors of runners that have died.

        Raises:
            NoRunnerError: the last runner has died. A question to successors that fails is no such case.
            RayTaskError: a task has failed in a process that is alive.
            LostProcessError: a successor cannot be made.
        """
        readies, results = super()._fetch_result(timeout_seconds=timeout_seconds, mark_healthy=mark_healthy, **others)
        failed = {each.actor_id: each.get() for each in results if not each.ok}
        for process, error in failed.items():
            _ensure_no_mistake(error)
            self._replace(process)
        if not mark_healthy and failed and not self.healthy_actor_ids():
            raise NoRunnerError
        return readies, results

    def _is_work(self, timeout: float | None, tag: str | None) -> bool:
        return timeout == LONGEST_SAMPLE or tag == SAMPLING

    def _replace(self, process: int) -> None:
        """Starts a successor of a runner, on any node that has room for it, now or later."""
        kill([self._actors[process]])
        self.patience.forget(process)
        group = self._group
        self._actors[process] = group._make_worker(
            env_creator=group._env_creator,
            validate_env=None,
            worker_index=process,
            num_workers=self.num_actors(),
            recreated_worker=True,
            config=group._remote_config_obj_ref,
        )


def with_successors(config: AlgorithmConfig) -> AlgorithmConfig:
    """A configuration for runners with successors. RLlib itself starts none: it would start those of mistakes, too."""
    return config.fault_tolerance(
        restart_failed_env_runners=False,
        env_runner_health_probe_timeout_s=PROBE,
        env_runner_restore_timeout_s=RESTORE,
    ).callbacks(on_env_runners_recreated=begin_again)


def watch_runners(group: EnvRunnerGroup | None) -> WatchedRunners | None:
    """The runners of a group that has just been built, which are watched from now on. None if there are none."""
    if group is None or group.num_remote_env_runners() == 0:
        return None
    runners = WatchedRunners(group)
    group._worker_manager = runners
    group._ignore_ray_errors_on_env_runners = True  # of those that have successors. All others are raised.
    return runners


def bring_back(algorithm: Any) -> None:
    """Takes runners back that answer again."""
    restored = algorithm.restore_env_runners(algorithm.env_runner_group)
    if restored:
        begin_again(algorithm, algorithm.env_runner_group, restored)


def begin_again(algorithm: Any, env_runner_group: EnvRunnerGroup, env_runner_indices: list[int], **others: Any) -> None:
    """Gives new runners what the others have, and seeds that none has had. RLlib calls it with these names.

    They take over the weights of the learner, and the preparation of environments from the runner of this process.
    """
    send_weights(algorithm, env_runner_indices, RESTORE)
    steps = algorithm.metrics.peek((ENV_RUNNER_RESULTS, NUM_ENV_STEPS_SAMPLED_LIFETIME), default=0)
    begun = begun_seeds(algorithm, env_runner_indices)
    local = env_runner_group.local_env_runner
    exploration = getattr(local.module[TEAM], "exploration", None) if TEAM in local.module else None
    env_runner_group.foreach_env_runner(
        partial(
            _begin_again,
            steps=int(steps),
            begun=begun,
            exploration=exploration,
            preparation=getattr(local, "preparation", None),
        ),
        remote_worker_ids=env_runner_indices,
        local_env_runner=False,
        timeout_seconds=RESTORE,
    )


def _begin_again(
    runner: Any,
    steps: int,
    begun: Mapping[int, int],
    exploration: float | None,
    preparation: Callable[[Any], None] | None,
) -> None:
    """Tells a runner of ours where the training is. RLlib's own runners do not need to know."""
    if TEAM in runner.module:
        runner.prepare(preparation)
        runner.begin_again(steps, begun[runner.worker_index], is_successor=True)
        if exploration is not None:
            runner.module[TEAM].exploration = exploration


def begun_seeds(algorithm: Any, runners: Iterable[int]) -> dict[int, int]:
    """How far runners have come in their seeds, as the metrics have it, by number. A successor has that of both."""
    peek = algorithm.metrics.peek
    return {number: int(peek((ENV_RUNNER_RESULTS, BEGUN_SEEDS, str(number)), default=0)) for number in runners}


def _ensure_no_mistake(error: RayError) -> None:
    """Raises an error that a successor would meet again.

    Raises:
        RayTaskError: a task has failed.
        LostProcessError: a runner has failed while it was made.
    """
    if isinstance(error, RayTaskError) and not isinstance(error.cause, RayError):
        raise error
    if isinstance(error, RayActorError) and error.actor_init_failed:
        reason = one_line(str(error).strip().rpartition("\n")[2])
        raise LostProcessError(f"a runner cannot be started ({reason})") from error
