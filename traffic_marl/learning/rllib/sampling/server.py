"""Weights that a runner pulls from RLlib's server, when there are newer ones."""

from typing import Any

import ray

LONGEST_WAIT = (
    1.0  # [s] for a server that is busy. One that has not answered yet, because it starts, is not waited for.
)


class WeightServer:
    """RLlib's server of newer weights, as one runner sees it.

    Args:
        handle: of the server's process.
    """

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._asked: Any = None  # the request that has no answer yet
        self._patience = 0.0  # [s] of waiting for an answer

    def newer(self, number: int) -> Any:
        """The state with weights newer than those with this number. None if there is none yet, or no answer."""
        if self._asked is None:
            self._asked = self._handle.pull_if_newer.remote(number)
        try:
            state = ray.get(self._asked, timeout=self._patience)
        except ray.exceptions.GetTimeoutError:
            return None
        except ray.exceptions.RayError:  # the server restarts, and the next call asks again
            self._asked, self._patience = None, 0.0
            return None
        self._asked, self._patience = None, LONGEST_WAIT
        return state


def await_server(algorithm: Any) -> None:
    """Waits until an algorithm's server of weights has started, if it has one.

    It takes some seconds, in which runners would sample with the weights that they were made with.
    """
    handle = getattr(algorithm, "_env_runner_state_server", None)
    if handle is not None:
        ray.get(handle.get_version.remote())
