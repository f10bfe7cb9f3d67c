"""Keeper: the process beside the folder of a sweep that other machines speak to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from traffic_marl.learning.sweeps.travelling import Files, packed, unpack

SendBack = Callable[[], None]  # brings the present files of a run to the folder of the sweep


class Keeper:
    """Sends the files of runs to other machines, keeps what comes back, and tells all runs when to stop."""

    def __init__(self) -> None:
        self._is_stopping = False

    def stop(self) -> None:
        """Asks all runs to save, and to end after their present iteration."""
        self._is_stopping = True

    def is_stopping(self) -> bool:
        """Whether the runs are asked to stop."""
        return self._is_stopping

    def fetch(self, path: str) -> Files:
        """The files of a run."""
        return packed(Path(path))

    def keep(self, path: str, files: Files) -> None:
        """Writes the files of a run."""
        unpack(files, Path(path))


def make_keeper() -> Any:
    """A keeper on this machine, which takes no CPU."""
    here = NodeAffinitySchedulingStrategy(own_node(), soft=False)
    return ray.remote(Keeper).options(num_cpus=0, scheduling_strategy=here).remote()


def own_node() -> str:
    """The node of the cluster that this process is on."""
    return str(ray.get_runtime_context().get_node_id())


@contextmanager
def folder_here(keeper: Any, path: str, node: str) -> Iterator[tuple[Path, SendBack]]:
    """In a `with` block, the folder of a run on this machine, and what brings its files back.

    Args:
        keeper: beside the folder of the sweep.
        path: of the run, on the node of the keeper.
        node: of the keeper. On that node the folder itself is used.
    """
    if node == own_node():
        yield Path(path), lambda: None
        return
    with TemporaryDirectory(prefix="traffic_marl_run_") as scratch:
        here = Path(scratch) / Path(path).name
        unpack(ray.get(keeper.fetch.remote(path)), here)
        yield here, lambda: ray.get(keeper.keep.remote(path, packed(here)))
