"""A process of its own that moves one copy."""

import os
import pickle
import subprocess
import sys
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any

from traffic_marl.errors import ProcessError, TrafficError
from traffic_marl.simulators.messages import Failure, Request

PATIENCE = 10  # [s] for a process to end by itself


class CopyProcess:
    """A process that answers requests about one copy. It ends with this object.

    Args:
        name: of the copy, for messages.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._told = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        root = str(Path(__file__).parents[2])
        paths = os.pathsep.join(dict.fromkeys([root, *filter(None, sys.path)]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "traffic_marl.simulators.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._told,
            env=os.environ | {"PYTHONPATH": paths, "PYTHONSAFEPATH": "1"},
        )
        self._end = weakref.finalize(self, _end, self._process, self._told)

    def ask(self, request: Request) -> None:
        """Sends a request. The reply is to be taken before the next one."""
        assert self._process.stdin is not None
        try:
            pickle.dump(request, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except OSError as error:
            raise self._ended() from error

    def take(self) -> Any:
        """The reply to the request before.

        Raises:
            ProcessError: the process has ended.
            TrafficError: the request cannot be fulfilled.
        """
        assert self._process.stdout is not None
        try:
            reply = pickle.load(self._process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise self._ended() from error
        if isinstance(reply, Failure):
            raise self._failed(reply)
        return reply

    def close(self) -> None:
        """Ends the process."""
        self._end()

    def _failed(self, failure: Failure) -> Exception:
        if isinstance(failure.error, TrafficError):
            return failure.error
        failure.error.add_note(f"in the process of {self.name}:\n{failure.traceback}")
        return failure.error

    def _ended(self) -> ProcessError:
        code = self._process.wait()
        self._told.seek(0)
        lines = self._told.read().decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "it has said nothing")
        return ProcessError(self.name, f"its process has ended with code {code}: {last}", "start the run again")


def _end(process: subprocess.Popen[bytes], told: Any) -> None:
    """Closes the streams of a process and waits for its end."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    told.close()
