"""WatchedProcesses: the processes of a group of RLlib, of which those that hang are killed."""

import time
from collections.abc import Iterable
from typing import Any

import ray
from ray.rllib.utils.actor_manager import FaultTolerantActorManager

from traffic_marl.learning.rllib.faults.patience import Patience

Calls = list[Any]  # of ray, which are answered later


class WatchedProcesses(FaultTolerantActorManager):  # type: ignore[misc]
    """Takes the place of RLlib's manager of processes. A call that is not answered in time ends its process.

    Args:
        former: RLlib's own manager, without any call that waits for its answer.
        patience: with the processes.
    """

    def __init__(self, former: FaultTolerantActorManager, patience: Patience) -> None:
        actors = former.actors()
        super().__init__(
            list(actors.values()),
            max_remote_requests_in_flight_per_actor=former._max_remote_requests_in_flight_per_actor,
            init_id=min(actors),
        )
        self.patience = patience
        self._sent: dict[Any, float] = {}  # [s] when a call was sent whose answer is fetched later

    def foreach_actor_async(self, func: Any, tag: str | None = None, **others: Any) -> int:
        """Calls a function of processes without waiting for the answers. RLlib calls it."""
        number: int = super().foreach_actor_async(func, tag, **others)
        now = time.monotonic()
        self._sent = {call: self._sent.get(call, now) for call in self._in_flight_req_to_actor_id}
        return number

    def _fetch_result(
        self,
        *,
        remote_actor_ids: list[int],
        remote_calls: Calls,
        tags: list[Any],
        timeout_seconds: float | None = None,
        **others: Any,
    ) -> tuple[Calls, Any]:
        """The answers. RLlib calls it. Processes whose answers do not come in time are killed, so that they fail."""
        began = time.monotonic()
        patience = self.patience.seconds(remote_actor_ids)
        if remote_calls and (timeout_seconds is None or timeout_seconds > patience):
            silent = _unanswered(remote_calls, patience)
            kill(self._actors[remote_actor_ids[remote_calls.index(call)]] for call in silent)
        readies, results = super()._fetch_result(
            remote_actor_ids=remote_actor_ids,
            remote_calls=remote_calls,
            tags=tags,
            timeout_seconds=timeout_seconds,
            **others,
        )
        for call, result in zip(readies, results, strict=True):
            if result.ok and self._is_work(timeout_seconds, result.tag):
                self.patience.note(result.actor_id, time.monotonic() - self._sent.get(call, began))
        self._kill_late()
        return readies, results

    def _is_work(self, timeout: float | None, tag: str | None) -> bool:
        """Whether a call is the work of the process, and no short question."""
        return timeout is None

    def _kill_late(self) -> None:
        """Kills the processes that have not answered a call in time whose answer is fetched later."""
        now = time.monotonic()
        late = {
            call: process
            for call, (_, process) in self._in_flight_req_to_actor_id.items()
            if now - self._sent.get(call, now) > self.patience.seconds([process])
        }
        silent = {late[call] for call in _unanswered(list(late), 0.0)}
        kill(self._actors[process] for process in sorted(silent))


def _unanswered(calls: Calls, seconds: float) -> Calls:
    """The calls that are not answered within some time [s]."""
    if not calls:
        return []
    _, silent = ray.wait(calls, num_returns=len(calls), timeout=seconds, fetch_local=False)
    return list(silent)


def kill(actors: Iterable[Any]) -> None:
    """Kills processes for good, also those that are stopped by a signal. Calls to them fail then."""
    for actor in actors:
        ray.kill(actor, no_restart=True)
